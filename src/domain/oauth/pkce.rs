//! Proof Key for Code Exchange (RFC 7636): the challenge that a client sends to the login page, and
//! whether its verifier matches.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// RFC 7636 §4.1, in characters.
pub const VERIFIER_MIN: usize = 43;
pub const VERIFIER_MAX: usize = 128;

/// How the challenge is calculated from the verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Plain,
    S256,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub method: Method,
    text: String,
}

/// Why a challenge was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    #[error("code_challenge_method must be S256 or plain")]
    Method,
    #[error("code_challenge must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~")]
    Text,
}

impl Challenge {
    /// Without a method it is `plain` (RFC 7636 §4.3).
    pub fn parse(text: &str, method: Option<&str>) -> Result<Self, ChallengeError> {
        let method = match method {
            None | Some("plain") => Method::Plain,
            Some("S256") => Method::S256,
            Some(_) => return Err(ChallengeError::Method),
        };
        if !is_verifier(text) {
            return Err(ChallengeError::Text);
        }
        Ok(Self {
            method,
            text: text.to_owned(),
        })
    }

    /// Wraps a stored challenge, which was checked when it arrived.
    pub fn from_stored(text: impl Into<String>, is_s256: bool) -> Self {
        Self {
            method: if is_s256 { Method::S256 } else { Method::Plain },
            text: text.into(),
        }
    }

    pub fn is_s256(&self) -> bool {
        self.method == Method::S256
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Compares in constant time.
    pub fn accepts(&self, verifier: &str) -> bool {
        if !is_verifier(verifier) {
            return false;
        }
        let shown = match self.method {
            Method::Plain => verifier.to_owned(),
            Method::S256 => s256(verifier),
        };
        shown.as_bytes().ct_eq(self.text.as_bytes()).into()
    }
}

/// The challenge of a verifier under S256 (RFC 7636 §4.2).
pub fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

fn is_verifier(text: &str) -> bool {
    (VERIFIER_MIN..=VERIFIER_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::oauth::pkce::*;

    /// From RFC 7636, appendix B, and from RingCentral's documentation.
    const PAIRS: [(&str, &str); 2] = [
        (
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        (
            "pIUgx4tiqFpaOUz0HMc_QbIyQlL901w8mRmkrmhEJ_E",
            "_drLS7o5FwkfUiBhlq2hwJnK_SC6yE7sKOde5O1fdzk",
        ),
    ];

    #[test]
    fn published_pairs_fit_and_no_others_do() {
        for (nth, (verifier, challenge)) in PAIRS.into_iter().enumerate() {
            let kept = Challenge::parse(challenge, Some("S256")).unwrap();
            assert!(kept.accepts(verifier));
            assert!(!kept.accepts(challenge));
            assert!(!kept.accepts(PAIRS[1 - nth].0));
            let plain = Challenge::parse(verifier, None).unwrap();
            assert!(plain.accepts(verifier));
            assert!(!plain.accepts(challenge));
        }
    }

    #[test]
    fn a_challenge_has_the_length_and_the_letters_of_the_standard() {
        let long = "a".repeat(128);
        assert!(Challenge::parse(&long, Some("plain")).is_ok());
        for (text, method, why) in [
            ("a".repeat(42), None, ChallengeError::Text),
            ("a".repeat(129), None, ChallengeError::Text),
            ("ü".repeat(30), None, ChallengeError::Text),
            ("=".repeat(43), Some("S256"), ChallengeError::Text),
            (long, Some("s256"), ChallengeError::Method),
        ] {
            assert_eq!(Challenge::parse(&text, method), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn only_the_verifier_itself_fits(a in "[A-Za-z0-9._~-]{43,128}", b in "[A-Za-z0-9._~-]{43,128}") {
            let kept = Challenge::parse(&s256(&a), Some("S256")).unwrap();
            prop_assert!(kept.accepts(&a));
            prop_assert_eq!(kept.accepts(&b), a == b);
        }
    }
}
