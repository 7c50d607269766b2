//! Texts of a manifest as entries of the form.

use crate::{
    domain::{app::scope, text},
    form::{Entry, Rows},
    manifest::{Finding, nearest},
};

pub(super) fn take<T>(read: Result<T, Finding>, found: &mut Vec<Finding>) -> Option<T> {
    read.map_err(|finding| found.push(finding)).ok()
}

/// One of a few words.
pub(super) fn of_words<T: Copy>(
    member: &str,
    word: &str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, Finding> {
    let known = all.iter().find(|one| name(**one) == word);
    known.copied().ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        let message = match words.split_last() {
            Some((last, rest)) => format!("Use {} or {last}.", rest.join(", ")),
            None => String::new(),
        };
        Finding::error(member, message)
    })
}

/// A text of one line. A paste into the form is cleaned; a file is refused, because what is stored
/// would not be what was reviewed.
pub(super) fn line(text: Option<&String>, member: &str, found: &mut Vec<Finding>) -> Entry {
    let text = text.map_or("", |text| text.trim());
    if text::one_line(text) != text {
        found.push(invisible(member));
    }
    Entry::new(text)
}

pub(super) fn invisible(member: &str) -> Finding {
    Finding::error(
        member,
        "Remove the characters that cannot be seen, e.g. line breaks and tabs.",
    )
}

pub(super) fn rows(texts: &[String], member: &str, found: &mut Vec<Finding>) -> Rows {
    for (nth, text) in texts.iter().enumerate() {
        let field = format!("{member}[{nth}]");
        if text.trim().is_empty() {
            found.push(Finding::error(field, "Remove the empty text."));
        } else if text::one_line(text) != *text {
            found.push(invisible(&field));
        }
    }
    Rows::of(texts.iter().map(String::as_str))
}

pub(super) fn unknown_scope(name: &str) -> String {
    let name = text::displayable(name);
    let ids = scope::catalogue().iter().map(|scope| scope.id.as_str());
    match nearest(&name, ids) {
        Some(near) => format!("Unknown scope {name}. Did you mean {near}?"),
        None => format!("Unknown scope {name}. devconsole scopes list shows all."),
    }
}
