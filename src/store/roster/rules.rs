//! Which row is believed: what its signer may do, and what a statement may change.

use super::{Roster, Seat, Statement, StoredRow};
use crate::domain::{
    history::{Needs, What},
    id::DeveloperId,
    people::{
        developer::{MemberState, Role},
        permission,
    },
};

/// Why a row is not believed.
#[derive(Debug)]
pub(in crate::store) struct Refused {
    pub why: &'static str,
    /// A developer in the roster signed it, and it was not changed.
    pub is_signed: bool,
}

impl Refused {
    fn unsigned(why: &'static str) -> Self {
        Self {
            why,
            is_signed: false,
        }
    }
}

impl From<&'static str> for Refused {
    fn from(why: &'static str) -> Self {
        Self {
            why,
            is_signed: true,
        }
    }
}

impl Roster {
    /// Believes the row or says why not. The link was compared before. The signature must hold
    /// under the key that the signer has before the row.
    pub fn admit(&mut self, row: &StoredRow) -> Result<(), Refused> {
        let statement = statement_of(row)?;
        let Some(signature) = &row.signature else {
            return match (self.origin, &statement) {
                // From before the history was signed.
                (None, None) => Ok(()),
                _ => Err(Refused::unsigned("it is not signed")),
            };
        };
        let who = DeveloperId::from_stored(row.who.clone());
        if self.origin.is_none() {
            let statement = statement.ok_or("it names no founder")?;
            if !matches!(&*row.what, "organization_founded" | "keys_introduced") {
                return Err("it names no founder".into());
            }
            let founder = founder(&statement, &who)?;
            if !founder
                .keys()
                .is_some_and(|keys| keys.verifies_row(&row.link, signature))
            {
                return Err(Refused::unsigned("its signature is not valid"));
            }
            self.origin = Some(row.link);
            self.apply(&statement);
            return Ok(());
        }
        let nobody = Refused::unsigned("its signer is unknown");
        let signer = self.seat(&who).ok_or(nobody)?;
        if !signer
            .keys()
            .is_some_and(|keys| keys.verifies_row(&row.link, signature))
        {
            return Err(Refused::unsigned("its signature is not valid"));
        }
        let what = may_sign(signer, row, statement.as_ref())?;
        if let Some(statement) = statement {
            self.may_state(&who, what, &statement)?;
            self.apply(&statement);
        }
        Ok(())
    }

    /// Believes the statement of a row that was verified at an earlier sign-in.
    pub fn admit_seen(&mut self, row: &StoredRow) -> Result<(), &'static str> {
        if let Some(statement) = statement_of(row)? {
            if self.origin.is_none() {
                self.origin = Some(row.link);
            }
            self.apply(&statement);
        }
        Ok(())
    }

    fn may_state(
        &self,
        who: &DeveloperId,
        what: What,
        statement: &Statement,
    ) -> Result<(), &'static str> {
        let signer = self.seat(who).ok_or("its signer is unknown")?;
        if statement.introduced.is_some() {
            return Err("it adds keys a second time");
        }
        let [seat] = statement.members.as_slice() else {
            return Err("it does not name exactly one developer");
        };
        self.may_state_seat(signer, what, seat)?;
        let after = self.after(statement);
        if !after.seats().any(Seat::is_admin_with_keys) {
            return Err("it leaves no Developer Admin");
        }
        match &statement.secrets_key {
            Some(key) if key.epoch != self.epoch() + 1 => {
                Err("its secrets key has the wrong number")
            }
            Some(_) if !signer.own || signer.role == Role::AuditUser => {
                Err("its signer cannot replace the secrets key")
            }
            Some(_) => Ok(()),
            None if self.loses(who, seat) => {
                Err("a developer loses access to secrets without a new secrets key")
            }
            None => Ok(()),
        }
    }

    fn may_state_seat(&self, signer: &Seat, what: What, seat: &Seat) -> Result<(), &'static str> {
        let is_self = seat.id == signer.id;
        let before = self.seat(&seat.id);
        if is_self && what == What::PasswordChanged {
            return match before.is_some_and(|before| replaces_keys(before, seat, true)) {
                true => Ok(()),
                false => Err("it changes more than its signer's keys"),
            };
        }
        if !(signer.is_active_admin() && signer.own) {
            return Err("only a Developer Admin can do this");
        }
        let Some(before) = before else {
            let is_new = what == What::DeveloperAdded && seat.is_active() && seat.former.is_none();
            return match is_new && seat.keys().is_some() && !seat.own {
                true => Ok(()),
                false => Err("it does not add a developer"),
            };
        };
        if before.state == MemberState::Removed {
            return Err("it restores a removed developer");
        }
        if before.keys() != seat.keys() && seat.own && before.former.is_none() {
            return Err("it sets the own keys of another developer");
        }
        match is_change(what, before, seat) {
            true => Ok(()),
            false => Err("it changes something that its kind cannot change"),
        }
    }

    /// Whether the developer holds the secrets key, may know it later, and no longer may.
    fn loses(&self, who: &DeveloperId, seat: &Seat) -> bool {
        let Some(before) = self.seat(&seat.id).filter(|before| before.holds_secrets()) else {
            return false;
        };
        let has_others_keys = before.keys() != seat.keys() && seat.id != *who;
        !seat.holds_secrets() || has_others_keys
    }
}

/// Whether only the keys differ, both of the pair.
fn replaces_keys(before: &Seat, seat: &Seat, own: bool) -> bool {
    let is_new_pair = seat.sign != before.sign && seat.wrap != before.wrap;
    let expected = seat.keys().map(|keys| before.with_keys(&keys, own));
    is_new_pair && expected.as_ref() == Some(seat)
}

/// Whether a row of this kind may change the developer this way: a row of another kind would hide
/// the change.
fn is_change(what: What, before: &Seat, seat: &Seat) -> bool {
    let state = |state| Seat {
        state,
        ..before.clone()
    };
    match what {
        What::RoleChanged => {
            let role = seat.role;
            *seat
                == Seat {
                    role,
                    ..before.clone()
                }
        }
        What::DeveloperDisabled => *seat == state(MemberState::Disabled),
        What::DeveloperEnabled => *seat == state(MemberState::Active),
        What::DeveloperRemoved => *seat == state(MemberState::Removed),
        What::PasswordReset => replaces_keys(before, seat, false),
        What::DeveloperJoined => before.former.is_some() && replaces_keys(before, seat, true),
        _ => false,
    }
}

/// The one active Developer Admin of a first statement, who signs it.
fn founder<'a>(statement: &'a Statement, who: &DeveloperId) -> Result<&'a Seat, &'static str> {
    let mut with_keys = statement.members.iter().filter(|seat| seat.sign.is_some());
    let founder = with_keys.next().ok_or("it names no founder")?;
    let is_first = statement
        .secrets_key
        .as_ref()
        .is_some_and(|key| key.epoch == 1);
    let is_one = with_keys.next().is_none();
    if founder.id == *who && founder.is_active_admin() && founder.own && is_one && is_first {
        Ok(founder)
    } else {
        Err("its founder is not its signer")
    }
}

fn statement_of(row: &StoredRow) -> Result<Option<Statement>, &'static str> {
    row.statement
        .as_deref()
        .map(|text| serde_json::from_str(text).map_err(|_| "its statement cannot be read"))
        .transpose()
}

/// The kind of the row, if the signer's role allows it.
fn may_sign(
    signer: &Seat,
    row: &StoredRow,
    statement: Option<&Statement>,
) -> Result<What, &'static str> {
    if !signer.is_active() {
        return Err("its signer's access had ended");
    }
    let what = What::from_stored(&row.what).ok_or("its kind is unknown")?;
    if !signer.own {
        let replaces = |seat: &Seat| seat.id == signer.id && seat.own;
        let replaces_keys = statement.is_some_and(|one| one.members.iter().all(replaces));
        return if what == What::PasswordChanged && replaces_keys {
            Ok(what)
        } else {
            Err("its signer had not chosen a password")
        };
    }
    let allowed = match what.needs() {
        Needs::Nothing => Ok(()),
        Needs::Writer => permission::may_write(signer.role, ""),
        Needs::Admin => permission::may_administer(signer.role),
    };
    allowed.map_err(|_| "its signer's role does not allow it")?;
    Ok(what)
}
