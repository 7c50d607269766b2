//! Whatever text stands in place of the scopes catalogue, it is read or refused; and whatever is
//! typed, the scopes found for it are those of the catalogue.

use devconsole::domain::app::scope::{self, ScopeId};

pub fn catalogue(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(rows) = scope::rows(&text) {
        let again = scope::rows(&text).expect("read a moment ago");
        assert_eq!(rows, again);
    }
    for found in scope::search(&text) {
        assert_eq!(ScopeId::find(found.id.as_str()), Some(found.id));
    }
    if let Some(id) = ScopeId::find(&text) {
        assert_eq!(id.scope().id, id);
    }
}
