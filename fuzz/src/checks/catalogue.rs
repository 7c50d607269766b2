//! Any text in place of the scope catalog is read or refused; any search finds only scopes of the
//! catalog.

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
