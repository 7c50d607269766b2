//! The empty page of a list that is not simulated: the local server has none of its entries.
//!
//! The pages are in `assets/catalog/empty_pages.json`, with the operations that answer with each.
//! Source: the response types of RingCentral's published SDK, July 2026.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::{Map, Value, json};

static SOURCE: &str = include_str!("../../../assets/catalog/empty_pages.json");

/// Source: RingCentral's documentation, "Pagination".
const PER_PAGE: u64 = 100;
const PER_PAGE_MAX: u64 = 1000;

/// A page, and the IDs of the operations that answer with it. In it, `{uri}` stands for the address
/// of the list, `{firstPage}` for that of its page, and `{perPage}` for the size of a page.
#[derive(Deserialize)]
struct Row<'a> {
    page: Value,
    #[serde(borrow)]
    operations: Vec<&'a str>,
}

// A test proves that the embedded file parses, so the empty list never occurs.
static PAGES: LazyLock<HashMap<&str, Value>> = LazyLock::new(|| {
    let rows: Vec<Row<'static>> = serde_json::from_str(SOURCE).unwrap_or_default();
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

/// A page of a list that fits into memory, in the format of most lists.
pub(super) fn page_of(all: Vec<Value>, uri: &str, query: Option<&str>) -> Value {
    let query = query.unwrap_or_default();
    let per_page = per_page(query);
    let size = usize::try_from(per_page).unwrap_or(usize::MAX);
    let total = all.len();
    let pages = total.div_ceil(size).max(1);
    let page = number(query, "page")
        .and_then(|page| usize::try_from(page).ok())
        .filter(|page| (1..=pages).contains(page))
        .unwrap_or(1);
    let before = (page - 1) * size;
    let records: Vec<Value> = all.into_iter().skip(before).take(size).collect();
    let link = |page: usize| json!({ "uri": format!("{uri}?page={page}&perPage={per_page}") });
    let links = [
        ("firstPage", Some(1)),
        ("previousPage", page.checked_sub(1).filter(|page| *page > 0)),
        ("nextPage", Some(page + 1).filter(|page| *page <= pages)),
        ("lastPage", Some(pages)),
    ];
    let links = links.into_iter();
    let navigation: Map<String, Value> = links
        .filter_map(|(name, page)| Some((name.to_owned(), link(page?))))
        .collect();
    json!({
        "uri": format!("{uri}?page={page}&perPage={per_page}"),
        "paging": {
            "page": page,
            "perPage": per_page,
            "pageStart": before,
            "pageEnd": (before + records.len()).saturating_sub(1),
            "totalPages": pages,
            "totalElements": total,
        },
        "records": records,
        "navigation": navigation,
    })
}

/// A size out of range is replaced by the default one.
fn per_page(query: &str) -> u64 {
    number(query, "perPage")
        .filter(|asked| (1..=PER_PAGE_MAX).contains(asked))
        .unwrap_or(PER_PAGE)
}

fn number(query: &str, name: &str) -> Option<u64> {
    let mut all = url::form_urlencoded::parse(query.as_bytes());
    all.find(|(known, _)| known == name)?.1.parse().ok()
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
    use super::*;
    use crate::domain::oauth::operation::catalogue;

    #[test]
    fn each_page_belongs_to_operations_of_the_catalogue_and_is_filled() {
        let rows: Vec<Row<'_>> = serde_json::from_str(SOURCE).unwrap();
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
    fn a_list_is_handed_out_a_page_at_a_time() {
        let all = || (1..=5).map(Value::from).collect::<Vec<_>>();
        let page = |query| page_of(all(), "http://h/x", Some(query));
        let second = page("perPage=2&page=2");
        assert_eq!(second["records"], json!([3, 4]));
        let paging = &second["paging"];
        assert_eq!(
            (&paging["totalPages"], &paging["totalElements"]),
            (&json!(3), &json!(5))
        );
        assert_eq!(
            (&paging["pageStart"], &paging["pageEnd"]),
            (&json!(2), &json!(3))
        );
        let uri = |name: &str| {
            second["navigation"][name]["uri"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(uri("nextPage"), "http://h/x?page=3&perPage=2");
        assert_eq!(uri("previousPage"), "http://h/x?page=1&perPage=2");
        let whole = page("");
        assert_eq!(whole["records"].as_array().map(Vec::len), Some(5));
        assert!(whole["navigation"].get("nextPage").is_none());
        assert_eq!(page("perPage=2&page=9")["paging"]["page"], 1);
        assert_eq!(page_of(Vec::new(), "x", None)["records"], json!([]));
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
