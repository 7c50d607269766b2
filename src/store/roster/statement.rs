//! The statement of a signed row about developers and about the secrets key. Stored and signed as
//! JSON, byte for byte; an unknown or repeated field is refused.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    domain::{
        id::DeveloperId,
        people::developer::{Developer, MemberState, Role},
        text,
    },
    vault::{PublicKeys, SecretsKey},
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct Statement {
    /// The developers that the row changes, each in full.
    pub members: Vec<Seat>,
    /// With a new secrets key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrets_key: Option<StatedKey>,
    /// In the first statement after an upgrade: shows to those who share the key of format 8 that its
    /// signer had it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced: Option<Hex>,
}

/// A statement as this program writes it; `None` if it cannot be read.
pub fn restated(text: &str) -> Option<String> {
    let statement: Statement = serde_json::from_str(text).ok()?;
    serde_json::to_string(&statement).ok()
}

/// A secrets key, by number and check value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct StatedKey {
    pub epoch: u32,
    pub check: Hex,
}

impl StatedKey {
    pub fn of(key: &SecretsKey) -> Self {
        Self {
            epoch: key.epoch(),
            check: Hex(key.check()),
        }
    }
}

/// A developer, as the signed statements have them. The columns of `developers` are a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct Seat {
    pub id: DeveloperId,
    pub name: String,
    pub email: String,
    pub role: Role,
    #[serde(serialize_with = "state_text", deserialize_with = "state_of")]
    pub state: MemberState,
    /// Whether the developer made their keys. An administrator makes the first ones, which can only
    /// sign their own replacement.
    pub own: bool,
    /// `None` after an upgrade, until the developer has signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<Hex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrap: Option<Hex>,
    /// After an upgrade: the SHA-256 of the wrapped key of the older format, which proves the
    /// password of a developer who has not signed in since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Hex>,
}

impl Seat {
    pub fn of(developer: &Developer, keys: &PublicKeys, own: bool) -> Self {
        Self {
            id: developer.id.clone(),
            name: developer.full_name.clone(),
            email: developer.email.as_str().to_owned(),
            role: developer.role,
            state: developer.state,
            own,
            sign: Some(Hex(keys.sign)),
            wrap: Some(Hex(keys.wrap)),
            former: None,
        }
    }

    pub fn keys(&self) -> Option<PublicKeys> {
        Some(PublicKeys {
            sign: self.sign.as_ref()?.0,
            wrap: self.wrap.as_ref()?.0,
        })
    }

    /// The same developer with other keys.
    #[must_use]
    pub fn with_keys(&self, keys: &PublicKeys, own: bool) -> Self {
        Self {
            own,
            sign: Some(Hex(keys.sign)),
            wrap: Some(Hex(keys.wrap)),
            former: None,
            ..self.clone()
        }
    }

    /// The key by which a sign-in finds a developer. The address of a removed developer is free
    /// again: every address has an @, so that their key matches no sign-in.
    pub fn email_key(&self) -> String {
        match self.state {
            MemberState::Removed => format!("removed {}", self.id.as_str()),
            MemberState::Active | MemberState::Disabled => text::key(&self.email),
        }
    }

    pub fn is_active(&self) -> bool {
        self.state == MemberState::Active
    }

    pub fn is_active_admin(&self) -> bool {
        self.is_active() && self.role == Role::DeveloperAdmin
    }

    /// An administrator who has not signed in since an upgrade cannot let others in.
    pub fn is_admin_with_keys(&self) -> bool {
        self.is_active_admin() && self.keys().is_some()
    }

    /// Whether the secrets key is wrapped for this developer.
    pub fn holds_secrets(&self) -> bool {
        self.is_active() && self.role != Role::AuditUser && self.wrap.is_some()
    }
}

fn state_text<S: Serializer>(state: &MemberState, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(state.as_str())
}

fn state_of<'de, D: Deserializer<'de>>(from: D) -> Result<MemberState, D::Error> {
    let text = String::deserialize(from)?;
    MemberState::from_stored(&text).ok_or_else(|| D::Error::custom("unknown state"))
}

/// 32 bytes as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Hex(pub [u8; 32]);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let text: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        to.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut bytes = [0; 32];
        let is_lower_hex = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 64 || !text.bytes().all(is_lower_hex) {
            return Err(D::Error::custom("not 64 hexadecimal digits"));
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(D::Error::custom)?;
            *byte = u8::from_str_radix(digits, 16).map_err(D::Error::custom)?;
        }
        Ok(Self(bytes))
    }
}
