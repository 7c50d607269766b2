//! The questions of an app's page.

use crate::{
    desk::{Answer, Ask, Typed},
    domain::{id::AppId, oauth::credential::OVERLAP_HOURS_MAX, text},
    request::{ChangeApp, Deed},
};

#[derive(Debug)]
pub struct OverlapHours {
    pub app: AppId,
}

impl Ask for OverlapHours {
    fn title(&self) -> &'static str {
        "Rotate Client Secret"
    }

    fn question(&self) -> String {
        format!(
            "Keep the old secret working for how many hours? 0 to {OVERLAP_HOURS_MAX}; 0 ends it now."
        )
    }

    fn verb(&self) -> &'static str {
        "rotate"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        match typed.text.parse() {
            Ok(overlap_hours) if overlap_hours <= OVERLAP_HOURS_MAX => {
                Ok(Answer::working(ChangeApp {
                    app: self.app.clone(),
                    deed: Deed::Rotate { overlap_hours },
                }))
            }
            _ => Err(format!("Enter a number from 0 to {OVERLAP_HOURS_MAX}.")),
        }
    }
}

/// The app's name, as a confirmation.
#[derive(Debug)]
pub struct PurgeName {
    pub app: AppId,
    pub name: String,
}

impl Ask for PurgeName {
    fn title(&self) -> &'static str {
        "Delete permanently"
    }

    fn question(&self) -> String {
        format!(
            "Its settings and secrets cannot be restored. To confirm, type the app's name: {}",
            text::displayable(&self.name)
        )
    }

    fn verb(&self) -> &'static str {
        "delete"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if !text::is_same(typed.text, &self.name) {
            return Err("This is not the app's name.".to_owned());
        }
        Ok(Answer::working(ChangeApp {
            app: self.app.clone(),
            deed: Deed::Purge,
        }))
    }
}
