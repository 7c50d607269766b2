//! Which scopes a search finds: by their names, and by the API operations that they allow. An
//! operation is found by its words (`send sms`), by a request (`GET /restapi/v1.0/account/~`), by a
//! line of code that has one, or by the methods of RingCentral's SDKs (`account().extension().sms()`).

use std::sync::LazyLock;

use url::Url;

use super::operation::{self, Found, Operation, catalogue};
use crate::domain::app::scope::{self, Scope, ScopeId};

/// A scope that a search finds.
#[derive(Debug)]
pub struct FoundScope {
    pub scope: &'static Scope,
    /// The operations that the search names. Empty if only the name of the scope was found.
    pub operations: Vec<&'static Operation>,
}

/// Shorter words are in too many names.
const WORD_MIN: usize = 3;

/// Where names find more scopes than this, operations would only add noise.
const ENOUGH: usize = 5;

/// Words for which the operations have another one.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("add", &["create"]),
    ("change", &["update", "edit"]),
    ("edit", &["update"]),
    ("fetch", &["read", "list"]),
    ("get", &["read", "list"]),
    ("make", &["create"]),
    ("message", &["sms", "post"]),
    ("remove", &["delete"]),
    ("send", &["create"]),
    ("set", &["update"]),
    ("show", &["read", "list"]),
    ("text", &["sms"]),
];

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The operations that a scope allows by itself, without the scopes that it includes.
pub fn operations_of(scope: ScopeId) -> impl Iterator<Item = &'static Operation> {
    let all = catalogue().iter();
    all.filter(move |operation| operation.scope == Some(scope))
}

/// An operation in few words, e.g. `GET …/extension/{extensionId}/sms`.
pub fn brief(operation: &Operation) -> String {
    const ACCOUNT: &str = "/restapi/{apiVersion}/account/{accountId}";
    let path = operation.path.strip_prefix(ACCOUNT);
    match path.filter(|rest| !rest.is_empty()) {
        Some(rest) => format!("{} …{rest}", operation.method),
        None => format!("{} {}", operation.method, operation.path),
    }
}

/// Scopes for a search, best match first. Without a search, the current ones.
pub fn search(query: &str) -> Vec<FoundScope> {
    let called = operations_called(query);
    if !called.is_empty() {
        return by_scope(called);
    }
    let mut by_words = by_scope(operations_with_words(query));
    let by_name = scope::search(query).into_iter().map(|scope| {
        let at = by_words.iter().position(|one| one.scope.id == scope.id);
        let operations = at.map(|at| by_words.remove(at).operations);
        FoundScope {
            scope,
            operations: operations.unwrap_or_default(),
        }
    });
    let mut found: Vec<FoundScope> = by_name.collect();
    if found.len() <= ENOUGH {
        found.extend(by_words);
    }
    found
}

/// Operations with their scopes, in the order of their first operation.
fn by_scope(operations: Vec<&'static Operation>) -> Vec<FoundScope> {
    let mut found: Vec<FoundScope> = Vec::new();
    for operation in operations {
        let Some(id) = operation.scope else {
            continue;
        };
        match found.iter_mut().find(|one| one.scope.id == id) {
            Some(one) => one.operations.push(operation),
            None => found.push(FoundScope {
                scope: id.scope(),
                operations: vec![operation],
            }),
        }
    }
    found
}

/// The operations of a request, of a line of code with one, or of a chain of SDK methods.
fn operations_called(query: &str) -> Vec<&'static Operation> {
    let Some((before, path)) = path_in(query) else {
        return match query.contains("()") {
            true => of_chain(query),
            false => Vec::new(),
        };
    };
    let method = method_in(before);
    let find = |method: &str| match operation::find(method, &path) {
        Found::Operation(found, _) => Some(found),
        Found::OtherMethods(_) | Found::Nothing => None,
    };
    match method {
        Some(method) => find(method).into_iter().collect(),
        None => METHODS.iter().copied().filter_map(find).collect(),
    }
}

/// A path, and the text before it. A URL counts too.
fn path_in(query: &str) -> Option<(&str, String)> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | ')' | ',');
    let word_at = |start: usize| query.get(start..)?.split(is_end).next();
    if let Some(start) = query.find("https://").or_else(|| query.find("http://")) {
        let url = Url::parse(word_at(start)?).ok()?;
        return Some((query.get(..start)?, url.path().to_owned()));
    }
    let start = query.find('/')?;
    let path = word_at(start)?.split(['?', '#']).next()?;
    Some((query.get(..start)?, path.to_owned()))
}

fn method_in(text: &str) -> Option<&'static str> {
    let mut words = text.split(|c: char| !c.is_ascii_alphabetic());
    let last = words.rfind(|word| !word.is_empty())?;
    METHODS
        .into_iter()
        .find(|method| method.eq_ignore_ascii_case(last))
}

/// `rc.restapi().account().extension().sms().post()`, as RingCentral's newer SDKs write it.
fn of_chain(query: &str) -> Vec<&'static Operation> {
    let mut steps: Vec<String> = query
        .split('.')
        .filter_map(|step| {
            let (name, _) = step.split_once('(')?;
            let name = name.rsplit(|c: char| !c.is_alphanumeric()).next()?;
            Some(words_of(name).join("-"))
        })
        .collect();
    let method = match steps.last().map(String::as_str) {
        Some("get" | "list" | "read") => Some("GET"),
        Some(last) => METHODS
            .into_iter()
            .find(|method| method.eq_ignore_ascii_case(last)),
        None => None,
    };
    if method.is_some() {
        steps.pop();
    }
    let has_steps = |operation: &&Operation| {
        let names = operation.path.split('/').skip(1);
        let names: Vec<&str> = names.filter(|name| !name.starts_with('{')).collect();
        names.ends_with(&steps.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let all = catalogue()
        .iter()
        .filter(|one| method.is_none_or(|method| one.method == method));
    match steps.is_empty() {
        true => Vec::new(),
        false => all.filter(has_steps).collect(),
    }
}

/// The words of each operation: its method, its path and its `operationId`.
static WORDS: LazyLock<Vec<(Vec<String>, &'static Operation)>> = LazyLock::new(|| {
    let words = |operation: &'static Operation| {
        let names = operation.path.split(['/', '-']);
        let names = names.filter(|name| !name.starts_with('{'));
        let mut words: Vec<String> = names.flat_map(words_of).collect();
        words.extend(words_of(operation.id));
        words.push(operation.method.to_ascii_lowercase());
        words.sort_unstable();
        words.dedup();
        (words, operation)
    };
    catalogue().iter().map(words).collect()
});

/// `readUserCallLog` and `A2PSMS` in small words: read user call log, a2psms.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_small = true;
    for c in name.chars() {
        let is_small = !c.is_uppercase();
        match words.last_mut() {
            Some(word) if is_small || !was_small => word.extend(c.to_lowercase()),
            _ => words.push(c.to_lowercase().collect()),
        }
        was_small = is_small;
    }
    words
}

/// Operations that have each word of the search: those with the shortest paths first, and of these
/// the ones that only read, because an app should ask for no more than it needs.
fn operations_with_words(query: &str) -> Vec<&'static Operation> {
    let words: Vec<String> = query
        .split(|c: char| !c.is_alphanumeric())
        .flat_map(words_of)
        .filter(|word| word.len() >= WORD_MIN)
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    let has = |known: &[String], word: &str| {
        let synonyms = SYNONYMS.iter().filter(|(typed, _)| *typed == word);
        let mut meant = synonyms.flat_map(|(_, others)| *others).copied();
        let starts = |wanted: &str| known.iter().any(|one| one.starts_with(wanted));
        starts(word) || meant.any(starts)
    };
    let fitting = WORDS
        .iter()
        .filter(|(known, _)| words.iter().all(|word| has(known, word)));
    let mut found: Vec<&'static Operation> = fitting.map(|(_, operation)| *operation).collect();
    found.sort_by_key(|one| (one.path.split('/').count(), one.method != "GET"));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(query: &str) -> Option<&'static str> {
        search(query).first().map(|one| one.scope.id.as_str())
    }

    #[test]
    fn a_scope_is_found_by_what_an_app_calls() {
        for (query, wanted) in [
            ("send sms", "SMS"),
            ("send text", "SMS"),
            ("get user call-log", "ReadCallLog"),
            (
                "GET /restapi/v1.0/account/~/extension/~/presence",
                "ReadPresence",
            ),
            (
                "PUT /restapi/v1.0/account/~/extension/~/presence",
                "EditPresence",
            ),
            ("/restapi/v1.0/account/~/extension/~/sms", "SMS"),
            (
                "POST https://platform.ringcentral.com/restapi/v1.0/account/~/extension/~/sms?x=1",
                "SMS",
            ),
            (
                "platform.post('/restapi/v1.0/account/~/extension/~/sms', body)",
                "SMS",
            ),
            (
                "platform.get('/restapi/v1.0/account/~/extension/~/presence').then(r => r.json())",
                "ReadPresence",
            ),
            (
                "await rc.restapi().account().extension().sms().post()",
                "SMS",
            ),
            ("extension().callLog().list()", "ReadCallLog"),
            ("callLog().delete()", "EditCallLog"),
            ("readUserCallLog", "ReadCallLog"),
        ] {
            let found = search(query);
            let ids: Vec<&str> = found.iter().map(|one| one.scope.id.as_str()).collect();
            assert_eq!(ids.first(), Some(&wanted), "{query}: {ids:?}");
        }
    }

    #[test]
    fn a_request_finds_its_own_scope_and_no_other() {
        for operation in catalogue() {
            let path = operation
                .path
                .replace("{apiVersion}", "v1.0")
                .replace("{version}", "v2");
            let found = search(&format!("{} {path}", operation.method));
            let ids: Vec<_> = found.iter().map(|one| one.scope.id).collect();
            if let Some(scope) = operation.scope {
                assert_eq!(ids, [scope], "{} {path}", operation.method);
            }
        }
    }

    #[test]
    fn names_come_before_operations_and_nothing_stands_twice() {
        assert_eq!(first("read accounts"), Some("ReadAccounts"));
        for query in ["sms", "call", "message store", "presence"] {
            let mut ids: Vec<_> = search(query).iter().map(|one| one.scope.id).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{query}");
        }
        assert!(search("zzz").is_empty());
        // A path that is being typed finds what its words find.
        let typed = "GET /restapi/v1.0/account/~/extension/~/unified-pres";
        assert_eq!(first(typed), Some("ReadPresence"));
    }

    #[test]
    fn a_scope_that_is_found_by_name_has_the_call_that_was_meant() {
        let found = search("send sms");
        let calls: Vec<String> = found[0].operations.iter().map(|one| brief(one)).collect();
        assert_eq!(found[0].scope.id.as_str(), "SMS");
        assert_eq!(calls[0], "POST …/extension/{extensionId}/sms", "{calls:?}");
    }

    #[test]
    fn an_operation_is_told_in_few_words() {
        let sms = operations_of(ScopeId::find("SMS").unwrap()).map(brief);
        let sms: Vec<String> = sms.collect();
        assert!(
            sms.contains(&"POST …/extension/{extensionId}/sms".to_owned()),
            "{sms:?}"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_search_is_survived(query in "\\PC{0,60}", path in "(/(restapi|v1.0|~|\\PC{0,6})){0,6}") {
            let _ = search(&query);
            let _ = search(&format!("GET {path}"));
            let _ = search(&format!("{query}()"));
        }
    }
}
