//! RingCentral's API operations, by method and path: the scope that each needs, and that a path
//! exists even if the local server does not answer it.
//!
//! The catalog is `assets/catalog/operations.json`, one row an operation, embedded at build time.
//! Source: RingCentral's published API description.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use matchit::Router;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::domain::app::scope::ScopeId;

/// RingCentral limits the rate of requests by these groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum RateLimitGroup {
    Light,
    Medium,
    Heavy,
    Auth,
    NoThrottling,
}

/// One row of the catalog.
#[derive(Debug)]
pub struct Operation {
    pub method: &'static str,
    /// With `{name}` for each parameter.
    pub path: &'static str,
    /// The scope that the app needs; some operations need none.
    pub scope: Option<ScopeId>,
    /// The permission that the user's role needs.
    pub user_permission: Option<&'static str>,
    pub rate_limit_group: RateLimitGroup,
    /// RingCentral's `operationId`.
    pub id: &'static str,
}

impl Operation {
    /// Version information and public keys are answered without a token.
    pub fn is_open(&self) -> bool {
        self.rate_limit_group == RateLimitGroup::NoThrottling
    }
}

/// Method, path, scope, user permission, rate limit group, id.
type Row<'a> = (
    &'a str,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    RateLimitGroup,
    &'a str,
);

static SOURCE: &str = include_str!("../../../assets/catalog/operations.json");

fn rows() -> Result<Vec<Row<'static>>, serde_json::Error> {
    serde_json::from_str(SOURCE)
}

// A test proves that the embedded file parses, so the empty list never occurs.
static CATALOGUE: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let ringcentral = rows().unwrap_or_default();
    // Ours: returns the registration of the calling app. No source shows such an operation.
    let ours = (
        "GET",
        "/restapi/{apiVersion}/client-info",
        Some("ReadClientInfo"),
        None,
        RateLimitGroup::Light,
        "readClientInfo",
    );
    ringcentral
        .into_iter()
        .chain([ours])
        .map(
            |(method, path, scope, user_permission, rate_limit_group, id)| Operation {
                method,
                path,
                scope: scope.and_then(ScopeId::find),
                user_permission,
                rate_limit_group,
                id,
            },
        )
        .collect()
});

/// The operations of each path. Methods of a path share a template without parameter names.
static PATHS: LazyLock<Router<Vec<&'static Operation>>> = LazyLock::new(|| {
    let mut by_template: HashMap<String, Vec<&'static Operation>> = HashMap::new();
    for operation in catalogue() {
        let of_path = by_template.entry(template(operation.path)).or_default();
        of_path.push(operation);
    }
    let mut paths = Router::new();
    for (template, operations) in by_template {
        // A test proves that each of them is found.
        let _ = paths.insert(template, operations);
    }
    paths
});

/// Replaces parameter names by positions: methods of the same path name them differently.
fn template(path: &str) -> String {
    let segments = path.split('/').enumerate().map(|(place, segment)| {
        if segment.starts_with('{') {
            Cow::Owned(format!("{{p{place}}}"))
        } else {
            Cow::Borrowed(segment)
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Every operation this program knows, by path.
pub fn catalogue() -> &'static [Operation] {
    &CATALOGUE
}

/// The result of looking up a request.
#[derive(Debug)]
pub enum Found {
    Operation(&'static Operation, Parameters),
    /// The path exists, with these methods.
    OtherMethods(Vec<&'static str>),
    Nothing,
}

/// The decoded values of a path, by the parameter names of its operation.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// Empty if the path has no such parameter.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }
}

/// Finds the operation of a request. `path` is percent-encoded, as sent.
pub fn find(method: &str, path: &str) -> Found {
    let Ok(matched) = PATHS.at(path) else {
        return Found::Nothing;
    };
    if matched.params.iter().any(|(_, value)| value.is_empty()) {
        return Found::Nothing;
    }
    let values: Vec<Cow<'_, str>> = matched
        .params
        .iter()
        .map(|(_, value)| percent_decode_str(value).decode_utf8_lossy())
        .collect();
    let known: Vec<_> = matched
        .value
        .iter()
        .map(|operation| (*operation, named(operation, &values)))
        .filter(|(_, parameters)| is_version(parameters))
        .collect();
    let methods: Vec<_> = known.iter().map(|(one, _)| one.method).collect();
    // HEAD is answered like GET, without the body (RFC 9110 §9.3.2).
    let wanted = if method == "HEAD" { "GET" } else { method };
    match known.into_iter().find(|(one, _)| one.method == wanted) {
        Some((operation, parameters)) => Found::Operation(operation, parameters),
        None if methods.is_empty() => Found::Nothing,
        None => Found::OtherMethods(methods),
    }
}

fn named(operation: &'static Operation, values: &[Cow<'_, str>]) -> Parameters {
    let names = operation.path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?;
        name.strip_suffix('}')
    });
    let named = names.zip(values.iter().map(|value| value.clone().into_owned()));
    Parameters(named.collect())
}

/// Each part of the API has one version.
fn is_version(parameters: &Parameters) -> bool {
    let is = |name: &str, version: &str| ["", version].contains(&parameters.get(name));
    is("apiVersion", "v1.0") && is("version", "v2")
}

/// Whether a path belongs to the API, judged by its first segment: such a call needs a token,
/// whatever else is wrong with it.
pub fn is_of_api(path: &str) -> bool {
    let asked = first_word(path);
    // The Contact Center API, which the description leaves out.
    let is_known = asked == "cx"
        || catalogue()
            .iter()
            .any(|operation| first_word(operation.path) == asked);
    is_known && !asked.starts_with('.')
}

fn first_word(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::domain::oauth::operation::*;

    fn found(method: &str, path: &str) -> String {
        match find(method, path) {
            Found::Operation(operation, _) => operation.id.to_owned(),
            Found::OtherMethods(methods) => format!("other: {}", methods.join(" ")),
            Found::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn the_embedded_catalogue_is_whole() {
        let rows = rows().unwrap();
        assert_eq!(rows.len(), 506);
        for (row, operation) in rows.iter().zip(catalogue()) {
            assert_eq!(row.2.is_some(), operation.scope.is_some(), "{row:?}");
        }
        let ids: BTreeSet<_> = catalogue().iter().map(|one| one.id).collect();
        assert_eq!(ids.len(), catalogue().len(), "ids are unique");
    }

    #[test]
    fn every_operation_is_found_by_its_path() {
        for operation in catalogue() {
            let path = operation
                .path
                .replace("{apiVersion}", "v1.0")
                .replace("{version}", "v2");
            let segments = path.split('/').map(|segment| {
                if segment.starts_with('{') {
                    "1"
                } else {
                    segment
                }
            });
            let path = segments.collect::<Vec<_>>().join("/");
            assert_eq!(found(operation.method, &path), operation.id, "{path}");
        }
    }

    #[test]
    fn a_path_is_matched_whole_and_its_values_are_decoded() {
        let Found::Operation(operation, parameters) =
            find("GET", "/restapi/v1.0/account/%7E/extension/1%2F2")
        else {
            panic!("not found");
        };
        assert_eq!(operation.id, "readExtension");
        assert_eq!(operation.scope, ScopeId::find("ReadAccounts"));
        assert_eq!(parameters.get("accountId"), "~");
        assert_eq!(parameters.get("extensionId"), "1/2");
        assert_eq!(parameters.get("else"), "");
        for (method, path, expected) in [
            ("HEAD", "/restapi/v1.0/account/~", "readAccountInfo"),
            ("PATCH", "/restapi/v1.0/account/~", "other: GET"),
            ("GET", "/restapi/v2.0/account/~", "nothing"),
            ("GET", "/scim/v1/Users", "nothing"),
            ("POST", "/scim/v2/Users/.search", "scimSearchViaPost2"),
            ("GET", "/restapi/v1.0/account/~/", "nothing"),
            ("GET", "/restapi/v1.0/account//extension", "nothing"),
            ("GET", "/restapi/v1.0/accounts/~", "nothing"),
            (
                "POST",
                "/restapi/v2/number-parser/parse",
                "parsePhoneNumberV2",
            ),
            ("GET", "", "nothing"),
            ("GET", "/%ff/{p1}", "nothing"),
        ] {
            assert_eq!(found(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn the_first_word_of_a_path_tells_whether_it_is_the_apis() {
        for path in [
            "/restapi/x",
            "/team-messaging/v1",
            "/cx/anything",
            "/scim/v2",
        ] {
            assert!(is_of_api(path), "{path}");
        }
        for path in [
            "/",
            "",
            "/nothing",
            "/.well-known/x",
            "/restapix",
            "restapi",
        ] {
            assert!(!is_of_api(path), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_path_is_survived(method in "[A-Z]{0,8}", path in "(/(restapi|v1.0|~|%7E|\\PC{0,8})){0,8}") {
            let _ = find(&method, &path);
            let _ = is_of_api(&path);
        }
    }
}
