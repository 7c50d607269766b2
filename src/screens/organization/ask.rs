//! The questions of the organization's page.

use crate::{
    desk::{Answer, Ask, Typed},
    domain::{people::developer::NAME_MAX, text},
    request::{ChangeTeam, NewRecoveryKey, TeamDeed},
};

#[derive(Debug)]
pub struct OrganizationName;

impl Ask for OrganizationName {
    fn title(&self) -> &'static str {
        "Rename organization"
    }

    fn question(&self) -> String {
        "Its name, as your apps' users see it".to_owned()
    }

    fn verb(&self) -> &'static str {
        "rename"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if typed.text.is_empty() {
            return Err("Enter a name.".to_owned());
        }
        if text::char_count(typed.text) > NAME_MAX {
            return Err(format!("Shorten the name to {NAME_MAX} characters."));
        }
        let name = text::normal(typed.text).into_owned();
        let deed = TeamDeed::Rename { name };
        Ok(Answer::working(ChangeTeam { deed }))
    }
}

/// The developer's own password, as a confirmation.
#[derive(Debug)]
pub struct PasswordForRecoveryKey;

impl Ask for PasswordForRecoveryKey {
    fn title(&self) -> &'static str {
        "New recovery key"
    }

    fn question(&self) -> String {
        "The old recovery key stops working. Your password, to confirm:".to_owned()
    }

    fn is_secret(&self) -> bool {
        true
    }

    fn verb(&self) -> &'static str {
        "create key"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if typed.secret.is_empty() {
            return Err("Enter your password.".to_owned());
        }
        let password = typed.secret.secret();
        let request = NewRecoveryKey { password };
        Ok(Answer::Request(
            request.into(),
            "Creating a new recovery key",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Prompt;

    #[test]
    fn a_name_that_is_too_long_is_told_while_it_can_be_shortened() {
        let answer = |count| Prompt::new(Box::new(OrganizationName), &"é".repeat(count)).answer();
        assert!(answer(NAME_MAX).is_ok());
        assert!(answer(NAME_MAX + 1).is_err());
        assert!(answer(0).is_err());
    }
}
