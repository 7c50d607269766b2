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

/// Conditions on `apps.search`, and what they bind. `instr` and not `LIKE`: % and _ are text.
pub(super) struct Filter {
    pub(super) sql: String,
    pub(super) words: Vec<String>,
}

impl Filter {
    /// Every word has to be found. Words after the 32nd are not looked at.
    pub(super) fn of(words: &str) -> Self {
        let mut distinct: Vec<String> = Vec::new();
        for word in words.split_whitespace().map(text::key) {
            if !distinct.contains(&word) {
                distinct.push(word);
            }
        }
        distinct.truncate(WORDS_MAX);
        let sql = match distinct.len() {
            0 => "1".to_owned(),
            count => vec!["instr(search, ?) > 0"; count].join(" AND "),
        };
        Self {
            sql,
            words: distinct,
        }
    }

    pub(super) fn with(&self, more: impl IntoIterator<Item = Value>) -> Vec<Value> {
        let words = self.words.iter().cloned().map(Value::Text);
        words.chain(more).collect()
    }
}
