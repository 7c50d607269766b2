//! Apps as a file that people review: read, written and compared. The rules are those of the
//! create-app form: an entry becomes a [`Draft`](crate::screens::create_app::draft::Draft), and its
//! checks make the settings.

mod compare;
mod draft;
mod entry;
mod file;
mod for_serve;
mod link;
mod plan;
mod shape;
#[cfg(test)]
mod tests;
mod update;
mod write;

pub use self::{
    draft::{FindIcon, findings_of},
    entry::{AppEntry, ClientEntry, InteractiveEntry, PartnersEntry},
    file::{File, FileApp, Format},
    for_serve::{AppServeEntry, ForServe, JwtEntry, PersonEntry},
    plan::{Planned, Terms, plan},
    update::{Exported, update},
    write::write,
};

pub use crate::screens::create_app::draft::Facts;

/// What is wrong with a member of a manifest, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the member, e.g. `client.redirect_uris[1]`. Empty for a whole file.
    pub field: String,
    pub message: String,
    /// The rule that it cites, e.g. `RFC 6749 §3.1.2`.
    pub rule: Option<&'static str>,
    pub is_warning: bool,
}

impl Finding {
    pub fn error(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
            rule: None,
            is_warning: false,
        }
    }

    pub fn warning(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            is_warning: true,
            ..Self::error(field, message)
        }
    }

    /// The same, with the name of its app before the member.
    #[must_use]
    pub fn of_app(mut self, app: &str) -> Self {
        self.field = if self.field.is_empty() {
            app.to_owned()
        } else {
            format!("{app}: {}", self.field)
        };
        self
    }
}

/// The known name that a mistyped one is nearest to, if it is near enough to be meant.
fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR: f64 = 0.8;
    known
        .into_iter()
        .map(|name| {
            (
                strsim::jaro_winkler(&typed.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}
