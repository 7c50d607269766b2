//! The scopes of a row, as bits: very many apps have the same ones.

use std::sync::LazyLock;

use crate::domain::{app::scope, text};

/// The two lines of a scope in the search text: its ID in lower case, then its label.
pub(super) static SCOPE_LINES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    scope::catalogue()
        .iter()
        .map(|scope| (text::key(scope.id.as_str()), text::key(scope.label)))
        // Further scopes are kept as text.
        .take(u64::BITS as usize)
        .collect()
});

/// The scopes with this word in their ID or label.
pub(super) fn with(word: &str) -> u64 {
    SCOPE_LINES
        .iter()
        .enumerate()
        .filter(|(_, (id, label))| id.contains(word) || label.contains(word))
        .fold(0, |bits, (bit, _)| bits | 1 << bit)
}
