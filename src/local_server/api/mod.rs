//! Simulates RingCentral's API: token and scope are checked for every operation that exists there,
//! even if it is not answered here.

mod account;
mod empty_page;
mod scope;

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::Response,
};
use serde_json::{Value, json};

use self::{empty_page::empty_page, scope::allowed_by};
use super::{
    Server, Shared,
    answer::{LogContext, Refusal, of_api},
    base_of,
    bearer::{bearer, invalid},
    rate::{Quota, WINDOW_S, limit},
    usage::Called,
};
use crate::{
    domain::{
        app::{App, usage::Outcome},
        oauth::{
            diagnosis::{Cause, Diagnosis},
            operation::{self, Found, Operation, Parameters, RateLimitGroup},
            trial,
        },
    },
    store::Bearer,
};

/// A call whose token and scope are valid.
struct Call<'a> {
    shared: &'a Shared,
    parameters: Parameters,
    bearer: Bearer,
    app: App,
    /// The base URL, as the client sees it.
    base: String,
}

/// Handles all paths outside of OAuth.
pub(super) async fn call(
    State(server): State<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let mut log = LogContext::default();
    let mut seen = Seen::default();
    let done = answered(&server, &method, &uri, &headers, &mut seen, &mut log);
    let agent = headers.get(header::USER_AGENT);
    let is_trial = agent.is_some_and(|agent| agent.as_bytes() == trial::USER_AGENT.as_bytes());
    if let Some(called) = seen.called.filter(|_| !is_trial) {
        server.usage.count(called, outcome(&done));
    }
    let mut response = of_api(done, log);
    seen.quota.onto(response.headers_mut());
    response
}

/// What became known about a call before it was answered.
#[derive(Default)]
struct Seen {
    called: Option<Called>,
    quota: Quota,
}

fn outcome(done: &Result<Value, Refusal>) -> Outcome {
    match done {
        Ok(_) => Outcome::Answered,
        Err(refusal) if refusal.code == NOT_SIMULATED => Outcome::NotSimulated,
        Err(refusal) if refusal.status == StatusCode::FORBIDDEN => Outcome::ScopeMissing,
        Err(_) => Outcome::Failed,
    }
}

/// Checks in RingCentral's order: token, path, rate, scope.
fn answered(
    shared: &Shared,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    seen: &mut Seen,
    log: &mut LogContext,
) -> Result<Value, Refusal> {
    let path = uri.path();
    let found = operation::find(method.as_str(), path);
    if let Found::Operation(operation, _) = &found
        && operation.is_open()
    {
        return open(operation);
    }
    let is_of_oauth = path.starts_with("/restapi/oauth/");
    let is_nothing = matches!(found, Found::Nothing);
    if !operation::is_of_api(path) || is_of_oauth && is_nothing {
        return Err(no_such_path(path));
    }
    let bearer = bearer(shared, headers, uri, None, log)?;
    let app = shared.cache().workspace.client(&bearer.client)?;
    let app = app.ok_or_else(|| invalid("OAU-213", "Token not found", Cause::UnknownClient))?;
    let (operation, parameters) = match found {
        Found::Operation(operation, parameters) => (operation, parameters),
        Found::OtherMethods(methods) => return Err(other_method(&methods)),
        Found::Nothing => return Err(no_such_path(path)),
    };
    let called = seen.called.insert(Called {
        app: app.id.clone(),
        operation,
        allowed_by: None,
    });
    seen.quota = shared.take_call(&bearer, operation.rate_limit_group);
    if seen.quota.is_exhausted() {
        return Err(too_many(operation.rate_limit_group));
    }
    if let Some(scope) = operation.scope {
        called.allowed_by = Some(allowed_by(scope, &bearer, &app)?);
    }
    let call = Call {
        shared,
        parameters,
        bearer,
        app,
        base: base_of(headers),
    };
    simulated(&call, operation, uri)
}

fn simulated(call: &Call<'_>, operation: &Operation, uri: &Uri) -> Result<Value, Refusal> {
    match operation.id {
        "readAccountInfo" => account::account(call),
        "listExtensions" => account::extensions(call, uri),
        "readExtension" => account::extension(call),
        "readClientInfo" => Ok(account::client_info(call)),
        id => {
            let address = format!("{}{}", call.base, uri.path());
            let page = empty_page(id, &address, uri.query());
            let page = page.ok_or_else(|| not_simulated(operation))?;
            // A list of an account that does not exist is not empty.
            account::must_exist(call)?;
            Ok(page)
        }
    }
}

fn open(operation: &Operation) -> Result<Value, Refusal> {
    let version = json!({ "versionString": "devconsole", "uriString": "v1.0" });
    match operation.id {
        "readAPIVersions" => Ok(json!({ "apiVersions": [version] })),
        "readAPIVersion" => Ok(version),
        _ => Err(not_simulated(operation)),
    }
}

fn too_many(group: RateLimitGroup) -> Refusal {
    let most = limit(group).unwrap_or_default();
    Refusal::bad("CMN-301", "CMN-301", "Request rate exceeded")
        .with_status(StatusCode::TOO_MANY_REQUESTS)
        .after_s(u64::from(WINDOW_S))
        .because(Diagnosis {
            cause: Cause::RateExceeded,
            detail: Some(format!(
                "The rate group is {group:?}: {most} calls a minute for an app and a person."
            )),
        })
}

const NOT_SIMULATED: &str = "CMN-202";

fn not_simulated(operation: &Operation) -> Refusal {
    let what = format!("{} {} ({})", operation.method, operation.path, operation.id);
    let right = match operation.scope {
        Some(scope) => format!("The scope {scope} is right"),
        None => "The call is right".to_owned(),
    };
    let message = format!(
        "{right}: only the local server lacks the operation {}, RingCentral has it",
        operation.id
    );
    Refusal::bad(NOT_SIMULATED, NOT_SIMULATED, message)
        .with_status(StatusCode::NOT_IMPLEMENTED)
        .because(Diagnosis {
            cause: Cause::NotSimulated,
            detail: Some(format!("The operation is {what}.")),
        })
}

fn no_such_path(path: &str) -> Refusal {
    let message = format!("Invalid URI: {path}");
    Refusal::bad("CMN-120", "CMN-120", message)
        .with_status(StatusCode::NOT_FOUND)
        .because(Cause::NotFound)
        .hiding(path)
}

fn other_method(methods: &[&str]) -> Refusal {
    Refusal::bad(
        "DEV-405",
        "DEV-405",
        "This path does not support this method",
    )
    .with_status(StatusCode::METHOD_NOT_ALLOWED)
    .because(Diagnosis {
        cause: Cause::NotAnEndpoint,
        detail: Some(format!("It supports {}.", methods.join(", "))),
    })
    .allowing(methods)
}

/// The account has no such resource.
fn not_found(parameter: &str) -> Refusal {
    let message = format!("Resource for parameter [{parameter}] is not found");
    Refusal::bad("CMN-102", "CMN-102", message)
        .with_status(StatusCode::NOT_FOUND)
        .because(Cause::ResourceNotFound)
        .naming_parameter(parameter, None)
}

/// The answer for a path whose methods the router knows: an endpoint of OAuth, or a page.
pub(super) async fn wrong_method(uri: Uri) -> Response {
    const CODE: &str = "DEV-405";
    let is_of_oauth = uri.path().starts_with("/restapi/oauth/");
    let error = if is_of_oauth { "invalid_request" } else { CODE };
    let message = "This endpoint does not support this method";
    let refusal = Refusal::bad(error, CODE, message)
        .with_status(StatusCode::METHOD_NOT_ALLOWED)
        .because(Cause::NotAnEndpoint);
    let mut log = LogContext::default();
    log.refused(&refusal);
    log.onto(if is_of_oauth {
        refusal.of_oauth()
    } else {
        refusal.of_api()
    })
}
