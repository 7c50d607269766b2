//! Simulates RingCentral's API: token and scope are checked for every operation that exists there,
//! even if it is not answered here.

mod account;

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Server, Shared,
    answer::{LogContext, Refusal, of_api},
    base_of,
    bearer::{bearer, invalid},
};
use crate::{
    domain::{
        app::{
            App,
            scope::{ScopeId, ScopeSet},
        },
        oauth::{
            diagnosis::{Cause, Diagnosis},
            operation::{self, Found, Operation, Parameters},
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
    let done = answered(&server, &method, &uri, &headers, &mut log);
    of_api(done, log)
}

/// Checks in RingCentral's order: token, path, scope.
fn answered(
    shared: &Shared,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
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
    if let Some(scope) = operation.scope {
        must_have(scope, &bearer, &app)?;
    }
    let call = Call {
        shared,
        parameters,
        bearer,
        app,
        base: base_of(headers),
    };
    match operation.id {
        "readAccountInfo" => account::account(&call),
        "readExtension" => account::extension(&call),
        "readClientInfo" => Ok(account::client_info(&call)),
        _ => Err(not_simulated(operation)),
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

/// A scope also grants the scopes that it includes.
fn must_have(scope: ScopeId, bearer: &Bearer, app: &App) -> Result<(), Refusal> {
    let granted = || bearer.scope.split(' ');
    let is_included = || {
        let all: ScopeSet = granted().filter_map(ScopeId::find).collect();
        all.included().iter().any(|(one, _)| *one == scope)
    };
    if granted().any(|one| one == scope.as_str()) || is_included() {
        return Ok(());
    }
    let message = format!(
        "In order to call this API endpoint, application needs to have [{scope}] permission"
    );
    Err(Refusal::bad("InsufficientPermissions", "CMN-401", message)
        .with_status(StatusCode::FORBIDDEN)
        .because(Diagnosis::of_scope(app, scope))
        .naming(scope.as_str()))
}

fn not_simulated(operation: &Operation) -> Refusal {
    let what = format!("{} {} ({})", operation.method, operation.path, operation.id);
    let message = format!(
        "Operation is not supported by the local server: {}. RingCentral supports it",
        operation.id
    );
    Refusal::bad("CMN-202", "CMN-202", message)
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
