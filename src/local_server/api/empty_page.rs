//! The empty page of a list that is not simulated: the local server has none of its entries.
//!
//! The pages are in `assets/catalog/empty_pages.json`, with the operations that answer with each.
//! Source: the response types of RingCentral's published SDK, July 2026.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::Value;

static SOURCE: &str = include_str!("../../../assets/catalog/empty_pages.json");

/// Source: RingCentral's documentation, "Pagination".
const PER_PAGE: u64 = 100;
const PER_PAGE_MAX: u64 = 1000;

/// A page, and the IDs of the operations that answer with it. In it, `{uri}` stands for the address
/// of the list, `{firstPage}` for that of its page, and `{perPage}` for the size of a page.
#[derive(Deserialize)]
struct Row {
    page: Value,
    operations: Vec<&'static str>,
}

// A test proves that the embedded file parses, so the empty list never occurs.
static PAGES: LazyLock<HashMap<&str, Value>> = LazyLock::new(|| {
    let rows: Vec<Row> = serde_json::from_str(SOURCE).unwrap_or_default();
    let each = rows.into_iter().flat_map(|Row { page, operations }| {
        operations.into_iter().map(move |id| (id, page.clone()))
    });
    each.collect()
});

/// `None` if the operation does not list anything. `uri` is without its query.
pub(super) fn empty_page(operation: &str, uri: &str, query: Option<&str>) -> Option<Value> {
    let mut page = PAGES.get(operation)?.clone();
    let per_page = per_page(query.unwrap_or_default());
    fill(&mut page, uri, per_page);
    Some(page)
}

/// A size out of range is replaced by the default one.
fn per_page(query: &str) -> u64 {
    let asked = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "perPage");
    let asked = asked.and_then(|(_, value)| value.parse().ok());
    asked
        .filter(|asked| (1..=PER_PAGE_MAX).contains(asked))
        .unwrap_or(PER_PAGE)
}

fn fill(value: &mut Value, uri: &str, per_page: u64) {
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                fill(member, uri, per_page);
            }
        }
        Value::String(text) => match text.as_str() {
            "{uri}" => *value = uri.into(),
            "{firstPage}" => *value = format!("{uri}?page=1&perPage={per_page}").into(),
            "{perPage}" => *value = per_page.into(),
            _ => {}
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::oauth::operation::catalogue;

    #[test]
    fn each_page_belongs_to_operations_of_the_catalogue_and_is_filled() {
        let rows: Vec<Row> = serde_json::from_str(SOURCE).unwrap();
        let listed = rows.iter().map(|row| row.operations.len()).sum::<usize>();
        assert_eq!(listed, PAGES.len(), "an operation stands twice");
        for id in PAGES.keys() {
            let operation = catalogue().iter().find(|operation| operation.id == *id);
            let operation = operation.unwrap_or_else(|| panic!("{id}"));
            let is_reading = operation.method == "GET" || operation.path.ends_with(".search");
            assert!(is_reading, "{id}");
            let page = empty_page(id, "http://127.0.0.1/x", None).unwrap();
            assert!(!page.to_string().contains("\"{"), "{page}");
            let lists = page.as_object().unwrap().iter();
            let lists = lists.filter(|(name, value)| *name != "schemas" && value.is_array());
            let all: Vec<_> = lists.map(|(_, list)| list.clone()).collect();
            assert_eq!(all, [json!([])], "{id}");
        }
    }

    #[test]
    fn a_page_has_the_size_that_was_asked_for() {
        let page = |query| empty_page("listCallQueues", "http://h/q", query).unwrap();
        for (query, size) in [
            (None, 100),
            (Some("perPage=7&page=2"), 7),
            (Some("perPage=0"), 100),
            (Some("perPage=1001"), 100),
            (Some("perPage=x"), 100),
        ] {
            assert_eq!(page(query)["paging"]["perPage"], size, "{query:?}");
        }
        assert_eq!(
            page(None),
            json!({
                "uri": "http://h/q",
                "records": [],
                "paging": { "page": 1, "perPage": 100, "totalPages": 0, "totalElements": 0 },
                "navigation": {
                    "firstPage": { "uri": "http://h/q?page=1&perPage=100" },
                    "lastPage": { "uri": "http://h/q?page=1&perPage=100" },
                },
            })
        );
        assert_eq!(empty_page("sendSMS", "", None), None);
    }
}
