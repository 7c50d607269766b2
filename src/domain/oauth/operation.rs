//! RingCentral's API operations, by method and path: the scope that each needs, and that a path
//! exists even if the local server does not answer it.
//!
//! The catalog is `assets/catalog/operations.json`, one row an operation, embedded at build time.
//! Source: RingCentral's published API description.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use matchit::{Params, Router};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::domain::app::scope::ScopeId;

/// RingCentral limits the rate of requests by these groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum RateLimitGroup {
    Light,
    Medium,
    Heavy,
    Auth,
    NoThrottling,
}

/// One row of the catalog.
#[derive(Debug, PartialEq, Eq)]
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

/// Paths that RingCentral published before, each with its successor, to which old programs are
/// matched. Source: RingCentral's API description of February 2021, and its guides.
const SUCCESSORS: &[(&str, &str)] = &[
    (
        "/restapi/{apiVersion}/account/{accountId}/a2p-sms/batch",
        "/restapi/{apiVersion}/account/{accountId}/a2p-sms/batches",
    ),
    (
        "/restapi/{apiVersion}/account/{accountId}/a2p-sms/batch/{batchId}",
        "/restapi/{apiVersion}/account/{accountId}/a2p-sms/batches/{batchId}",
    ),
    (
        "/restapi/{apiVersion}/account/{accountId}/department/{groupId}/members",
        "/restapi/{apiVersion}/account/{accountId}/call-queues/{groupId}/members",
    ),
    (
        "/restapi/{apiVersion}/account/{accountId}/extension/{extensionId}/ringout",
        "/restapi/{apiVersion}/account/{accountId}/extension/{extensionId}/ring-out",
    ),
    (
        "/restapi/{apiVersion}/account/{accountId}/extension/{extensionId}/ringout/{ringoutId}",
        "/restapi/{apiVersion}/account/{accountId}/extension/{extensionId}/ring-out/{ringoutId}",
    ),
    (
        "/restapi/v1.0/number-parser/parse",
        "/restapi/v2/number-parser/parse",
    ),
    (
        "/analytics/phone/performance/v1/accounts/{accountId}/calls/aggregate",
        "/analytics/calls/v1/accounts/{accountId}/aggregation/fetch",
    ),
    (
        "/analytics/phone/performance/v1/accounts/{accountId}/calls/timeline",
        "/analytics/calls/v1/accounts/{accountId}/timeline/fetch",
    ),
];

/// The same for whole parts of the API: below the first path, everything is as below the second.
const MOVED: &[(&str, &str)] = &[
    ("/restapi/v1.0/glip/", "/team-messaging/v1/"),
    ("/scim/", "/scim/{version}/"),
];

/// An operation, as one of its paths leads to it.
#[derive(Debug)]
struct Route {
    operation: &'static Operation,
    /// Of the parameters in the path, in its order.
    names: Vec<&'static str>,
}

impl Route {
    /// Each part of the API has one version.
    fn fits(&self, values: &Params<'_, '_>) -> bool {
        self.named(values).all(|(name, value)| match name {
            "apiVersion" => value == "v1.0",
            "version" => value == "v2",
            _ => true,
        })
    }

    fn named<'a>(
        &'a self,
        values: &'a Params<'_, '_>,
    ) -> impl Iterator<Item = (&'static str, &'a str)> {
        let values = values.iter().map(|(_, value)| value);
        self.names.iter().copied().zip(values)
    }

    fn parameters(&self, values: &Params<'_, '_>) -> Parameters {
        let decoded = |value| Cow::into_owned(percent_decode_str(value).decode_utf8_lossy());
        let all = self.named(values);
        Parameters(all.map(|(name, value)| (name, decoded(value))).collect())
    }
}

/// The operations of each path. Methods of a path share a template without parameter names.
static PATHS: LazyLock<Router<Vec<Route>>> = LazyLock::new(|| {
    let mut by_template: HashMap<String, Vec<Route>> = HashMap::new();
    for operation in catalogue() {
        for path in paths_to(operation.path) {
            // Parameters that only the successor has come first.
            let (all, sent) = (names_in(operation.path), names_in(&path).count());
            let lacking = all.clone().count().saturating_sub(sent);
            let route = Route {
                operation,
                names: all.skip(lacking).collect(),
            };
            by_template.entry(template(&path)).or_default().push(route);
        }
    }
    let mut paths = Router::new();
    for (template, routes) in by_template {
        // A test proves that each of them is found.
        let _ = paths.insert(template, routes);
    }
    paths
});

/// The path itself, and those that it succeeds.
fn paths_to(path: &str) -> Vec<String> {
    let mut all = vec![path.to_owned()];
    let former = SUCCESSORS
        .iter()
        .filter(|(_, successor)| *successor == path);
    all.extend(former.map(|(former, _)| (*former).to_owned()));
    for (former, successor) in MOVED {
        let below = path.strip_prefix(successor);
        all.extend(below.map(|below| format!("{former}{below}")));
    }
    all
}

fn names_in(path: &str) -> impl Iterator<Item = &str> + Clone {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

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

static IDS: LazyLock<HashMap<&str, &'static Operation>> =
    LazyLock::new(|| catalogue().iter().map(|one| (one.id, one)).collect());

pub fn by_id(id: &str) -> Option<&'static Operation> {
    IDS.get(id).copied()
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
    let values = &matched.params;
    if values.iter().any(|(_, value)| value.is_empty()) {
        return Found::Nothing;
    }
    // HEAD is answered like GET, without the body (RFC 9110 §9.3.2).
    let wanted = if method == "HEAD" { "GET" } else { method };
    let known = || matched.value.iter().filter(|route| route.fits(values));
    if let Some(route) = known().find(|route| route.operation.method == wanted) {
        return Found::Operation(route.operation, route.parameters(values));
    }
    let methods: Vec<_> = known().map(|route| route.operation.method).collect();
    if methods.is_empty() {
        Found::Nothing
    } else {
        Found::OtherMethods(methods)
    }
}

/// Whether a path belongs to the API, judged by its first segment: such a call needs a token,
/// whatever else is wrong with it.
pub fn is_of_api(path: &str) -> bool {
    PARTS.contains(first_word(path))
}

static PARTS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let known = catalogue()
        .iter()
        .map(|operation| first_word(operation.path));
    // The Contact Center API, which the description leaves out.
    let all = known.chain(["cx"]);
    all.filter(|word| !word.starts_with('.')).collect()
});

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
    fn a_former_path_leads_to_its_successor() {
        for (former, successor) in SUCCESSORS {
            for operation in catalogue().iter().filter(|one| one.path == *successor) {
                let path = former
                    .replace("{apiVersion}", "v1.0")
                    .replace(['{', '}'], "");
                assert_eq!(found(operation.method, &path), operation.id, "{path}");
            }
            let is_known = catalogue().iter().any(|one| one.path == *successor);
            assert!(is_known, "{successor}");
            assert!(
                catalogue().iter().all(|one| one.path != *former),
                "{former}"
            );
        }
        let Found::Operation(operation, parameters) =
            find("PATCH", "/restapi/v1.0/glip/chats/12/posts/34")
        else {
            panic!("not found");
        };
        assert_eq!(operation.id, "patchGlipPostNew");
        assert_eq!(operation.scope, ScopeId::find("TeamMessaging"));
        let ids = ["chatId", "postId"].map(|name| parameters.get(name));
        assert_eq!(ids, ["12", "34"]);
        let Found::Operation(operation, parameters) = find("GET", "/scim/Users/7") else {
            panic!("not found");
        };
        assert_eq!(operation.id, "scimGetUser2");
        assert_eq!(parameters.get("scimUserId"), "7");
        assert_eq!(found("GET", "/restapi/v2/glip/chats"), "nothing");
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
