//! The question before secrets are replaced.

use crate::{
    desk::{Answer, Ask, Question, Typed},
    domain::{
        id::DeveloperId,
        oauth::credential::OVERLAP_HOURS_MAX,
        people::readable::{Count, Marks},
    },
    request::ReplaceReadable,
};

/// With at least one client secret, which may keep working for some hours.
#[derive(Debug)]
pub struct Replace {
    pub developer: DeveloperId,
    pub marks: Marks,
    pub count: Count,
}

impl Ask for Replace {
    fn title(&self) -> &'static str {
        "Rotate and revoke"
    }

    fn question(&self) -> String {
        let what = self.count.with_verbs("rotate", "revoke");
        format!(
            "{what}? Keep the old client secrets working for how many hours? 0 to {OVERLAP_HOURS_MAX}; 0 ends them now."
        )
    }

    fn verb(&self) -> &'static str {
        "rotate"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        match typed.text.parse() {
            Ok(overlap_hours) if overlap_hours <= OVERLAP_HOURS_MAX => {
                let request = ReplaceReadable {
                    developer: self.developer.clone(),
                    marks: self.marks.clone(),
                    overlap_hours,
                };
                Ok(Answer::working(request))
            }
            _ => Err(format!("Enter a number from 0 to {OVERLAP_HOURS_MAX}.")),
        }
    }
}

impl Replace {
    /// JWT credentials end at once.
    pub fn without_client_secrets(self) -> Question {
        let what = self.count.with_verbs("rotate", "revoke");
        let request = ReplaceReadable {
            developer: self.developer,
            marks: self.marks,
            overlap_hours: 0,
        };
        Question {
            title: "Revoke",
            text: format!("{what}? Logins with a revoked credential fail at once."),
            yes: "revoke",
            then: request.into(),
            other: None,
        }
    }
}
