//! What the filter of the apps list looks through, and the SQL of its words.

use rusqlite::types::Value;

use crate::domain::{app::AppSpec, credential::ClientId, text};

/// More words than anybody types; SQLite limits how deep an expression may be.
const WORDS_MAX: usize = 32;

/// Lower case, one thing a line, so that no word matches across two of them.
pub(super) fn search_text(spec: &AppSpec, client_id: &ClientId) -> String {
    let scopes = spec
        .scopes
        .iter()
        .flat_map(|scope| [scope.as_str(), scope.scope().label]);
    let parts = [spec.properties.name.as_str()]
        .into_iter()
        .chain(spec.card.display_name.as_deref())
        .chain([client_id.as_str()])
        .chain(spec.redirect_uris().iter().map(|uri| uri.as_str()))
        .chain(scopes);
    parts.map(text::key).collect::<Vec<_>>().join("\n")
}

/// The word that shows the trash.
const IN_TRASH: &str = "is:deleted";

/// Conditions on `apps.search`, and what they bind. `instr` and not `LIKE`: % and _ are text.
pub(super) struct Filter {
    pub(super) sql: String,
    /// The trash is looked through, and nothing else.
    pub(super) in_trash: bool,
    pub(super) words: Vec<String>,
}

impl Filter {
    /// Every word has to be found. Words after the 32nd are not looked at.
    pub(super) fn of(words: &str) -> Self {
        let mut in_trash = false;
        let mut distinct: Vec<String> = Vec::new();
        for word in words.split_whitespace().map(text::key) {
            if word == IN_TRASH {
                in_trash = true;
            } else if !distinct.contains(&word) {
                distinct.push(word);
            }
        }
        distinct.truncate(WORDS_MAX);
        // As in the partial indices, so that these are used.
        let place = if in_trash {
            "deleted_at IS NOT NULL"
        } else {
            "deleted_at IS NULL"
        };
        let mut sql = vec![place];
        sql.resize(distinct.len() + 1, "instr(search, ?) > 0");
        Self {
            sql: sql.join(" AND "),
            in_trash,
            words: distinct,
        }
    }

    pub(super) fn with(&self, more: impl IntoIterator<Item = Value>) -> Vec<Value> {
        let words = self.words.iter().cloned().map(Value::Text);
        words.chain(more).collect()
    }
}
