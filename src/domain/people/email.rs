//! E-mail addresses of developers, who sign in with them.
//!
//! Deliberately stricter than RFC 5321: no quoted names, no comments, no address literals, ASCII
//! only. One person must not have two addresses that look alike.

use std::fmt;

use email_address::Options;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::text;

/// Longest address, in bytes (RFC 5321 §4.5.3.1.3, less the angle brackets).
pub const MAX_BYTES: usize = 254;
/// Longest part before the `@`, in bytes (RFC 5321 §4.5.3.1.1).
const LOCAL_MAX_BYTES: usize = 64;
/// Longest label of a domain, in bytes (RFC 1035 §2.3.4).
const LABEL_MAX_BYTES: usize = 63;

/// Each displays as an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmailError {
    #[error("Type an e-mail address")]
    Empty,
    #[error("Shorten it to 254 characters, 64 of them before the @")]
    TooLong,
    #[error("Use ASCII only: xn--… for an international domain")]
    NotAscii,
    #[error("Enter it as name@example.com")]
    NoAt,
    #[error("Remove spaces, quotes, brackets and comments: name@example.com")]
    BadName,
    #[error("Enter the full domain, with a period: name@example.com")]
    DomainNeedsPeriod,
    #[error("Correct the domain after the @")]
    BadDomain,
}

/// A valid address, as typed, without surrounding spaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        if !text.is_ascii() {
            return Err(EmailError::NotAscii);
        }
        let (name, domain) = text.rsplit_once('@').ok_or(EmailError::NoAt)?;
        if text.len() > MAX_BYTES || name.len() > LOCAL_MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        if name.contains('"') || !email_address::EmailAddress::is_valid_local_part(name) {
            return Err(EmailError::BadName);
        }
        check_domain(domain)?;
        let options = Options::default()
            .with_required_tld()
            .without_domain_literal()
            .without_display_text();
        match email_address::EmailAddress::parse_with_options(text, options) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err(EmailError::BadName),
        }
    }

    /// Wraps an address that was checked before, e.g. one from the workspace.
    pub fn from_stored(address: impl Into<String>) -> Self {
        Self(address.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form for comparing addresses. RFC 5321 §2.4 allows the part before the `@` to depend on
    /// case, but no mail service in use does.
    pub fn key(&self) -> String {
        text::key(&self.0)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_domain(domain: &str) -> Result<(), EmailError> {
    if !domain.is_empty() && !domain.contains('.') {
        return Err(EmailError::DomainNeedsPeriod);
    }
    // A last label of digits means an IPv4 address.
    let ends_in_number = domain
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if ends_in_number || !domain.split('.').all(is_label) {
        return Err(EmailError::BadDomain);
    }
    Ok(())
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_MAX_BYTES).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::people::email::*;

    #[test]
    fn addresses_in_use_are_accepted() {
        for good in [
            "ada@example.com",
            "Ada.Lovelace+console@mail.example.co.uk",
            "o'hara@example.org",
            "a_b-c@1and1.example",
            "ada@xn--mnchen-3ya.example",
        ] {
            assert_eq!(EmailAddress::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn every_rule_has_its_instruction() {
        let long_name = format!("{}@example.com", "a".repeat(65));
        let long = format!("a@{}com", "abcdefg.".repeat(32));
        for (text, expected) in [
            ("", EmailError::Empty),
            ("  ", EmailError::Empty),
            ("ada", EmailError::NoAt),
            (long_name.as_str(), EmailError::TooLong),
            (long.as_str(), EmailError::TooLong),
            ("adä@example.com", EmailError::NotAscii),
            ("ada@exämple.com", EmailError::NotAscii),
            ("@example.com", EmailError::BadName),
            ("ada lovelace@example.com", EmailError::BadName),
            ("\"ada\"@example.com", EmailError::BadName),
            ("ada(comment)@example.com", EmailError::BadName),
            ("Ada <ada@example.com>", EmailError::BadName),
            (".ada@example.com", EmailError::BadName),
            ("a..da@example.com", EmailError::BadName),
            ("ada@home@example.com", EmailError::BadName),
            ("ada\u{1b}@example.com", EmailError::BadName),
            ("ada@localhost", EmailError::DomainNeedsPeriod),
            ("ada@", EmailError::BadDomain),
            ("ada@example.", EmailError::BadDomain),
            ("ada@exa mple.com", EmailError::BadDomain),
            ("ada@-example.com", EmailError::BadDomain),
            ("ada@exa_mple.com", EmailError::BadDomain),
            ("ada@127.0.0.1", EmailError::BadDomain),
            ("ada@[127.0.0.1]", EmailError::BadDomain),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn spaces_around_go_and_case_does_not_tell_people_apart() {
        let typed = EmailAddress::parse(" Ada@Example.com\n").unwrap();
        assert_eq!(typed.as_str(), "Ada@Example.com");
        assert_eq!(typed.key(), "ada@example.com");
        let stored = serde_json::to_string(&typed).unwrap();
        assert_eq!(stored, r#""Ada@Example.com""#);
        assert_eq!(EmailAddress::from_stored("Ada@Example.com"), typed);
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_settled(
            text in prop_oneof![any::<String>(), "[ -~]{0,12}@[ -~]{0,12}", "[a-z.+]{1,8}@[a-z.-]{1,12}"]
        ) {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
                prop_assert!(address.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
