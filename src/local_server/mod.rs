//! The local server: accepts the credentials of the console over HTTP on this machine, so that
//! RingCentral's SDKs can log in offline. It works while the vault is locked, and can be killed at
//! any moment: issued tokens are on disk.
//!
//! Deliberately absent: TLS, and any but loopback addresses.

mod answer;
mod api;
mod authorize;
mod bearer;
mod body;
mod cache;
mod client;
mod connections;
mod control;
mod discovery;
mod faults;
mod form;
mod gate;
mod home;
mod id_signer;
mod journal;
mod kept_log;
mod listening;
mod login_sessions;
mod media_type;
pub mod offline;
mod openid;
mod openid_scopes;
mod pages;
mod rate;
mod redact;
mod scopes;
mod shown;
mod sign_in;
mod throttle;
mod token;
mod usage;
mod usage_document;
mod verify;

use std::{
    future::Future,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware,
    routing::{get, post},
};
use jiff::Timestamp;
use tower::util::MapRequest;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use url::Url;

pub use self::{
    answer::FAULT_HEADER,
    body::whole_body,
    control::Control,
    faults::Faults,
    gate::for_port,
    journal::{Journal, line as log_line},
    kept_log::LogEntry,
    listening::Listening,
    usage_document::{AppUsage, UsageDocument},
};
use self::{
    cache::Cache,
    login_sessions::LoginSessions,
    rate::{Caller, Quota, RateGroups},
    sign_in::Door,
    throttle::Throttle,
    token::CommitGroup,
    usage::UsageLog,
};
use crate::{
    domain::{
        id::DeveloperId,
        oauth::{
            credential::ClientId,
            operation::RateLimitGroup,
            setup::{Profile, RateLimits, Setup},
        },
        this_machine,
        time::UnixMs,
    },
    store::{Bearer, StoreError, Workspace},
    vault,
};

/// The state that all requests share.
#[derive(Debug)]
struct Shared {
    cache: Mutex<Cache>,
    secret_throttle: Mutex<Throttle>,
    login_sessions: Mutex<LoginSessions>,
    group: Mutex<CommitGroup>,
    door: Door,
    limits: RateLimits,
    rate_groups: Mutex<RateGroups>,
    usage: UsageLog,
    faults: Arc<Faults>,
    journal: Option<Arc<Journal>>,
    control: Option<Arc<Control>>,
    consent: Option<DeveloperId>,
    profile: Profile,
    port: u16,
}

/// How the local server runs.
#[derive(Debug, Default)]
pub struct Options {
    pub setup: Setup,
    pub faults: Arc<Faults>,
    pub journal: Option<Arc<Journal>>,
    /// Tests can read the log and switch faults on over HTTP.
    pub control: Option<Arc<Control>>,
    /// Signs in and allows every app, without a page.
    pub consent: Option<DeveloperId>,
}

type Server = Arc<Shared>;

// A panicked request has rolled its transaction back, so the next one can use these.
impl Shared {
    /// Locked during a whole commit of grants, so that other writes do not become part of it.
    /// Locking it again would deadlock: functions that hold it pass it on.
    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn secret_throttle(&self) -> MutexGuard<'_, Throttle> {
        self.secret_throttle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn login_sessions(&self) -> MutexGuard<'_, LoginSessions> {
        self.login_sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn group(&self) -> MutexGuard<'_, CommitGroup> {
        self.group.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For a login, which is counted for its app alone.
    fn take_login(&self, client: &ClientId) -> Quota {
        if self.limits == RateLimits::Off {
            return Quota::Unlimited;
        }
        let caller = Caller {
            client: client.clone(),
            person: None,
        };
        self.take(caller, RateLimitGroup::Auth)
    }

    fn take_call(&self, bearer: &Bearer, group: RateLimitGroup) -> Quota {
        if self.limits != RateLimits::All {
            return Quota::Unlimited;
        }
        let caller = Caller {
            client: bearer.client.clone(),
            person: Some(bearer.owner.clone()),
        };
        self.take(caller, group)
    }

    fn take(&self, caller: Caller, group: RateLimitGroup) -> Quota {
        let groups = self.rate_groups.lock();
        let mut groups = groups.unwrap_or_else(PoisonError::into_inner);
        groups.take(caller, group, now())
    }
}

fn now() -> UnixMs {
    UnixMs(Timestamp::now().as_millisecond())
}

/// The base URL of this server, under the name that the client uses. The gate has checked the name.
fn base_of(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or_default())
}

impl Listening {
    /// Runs the local server until `stopped` is done.
    pub async fn answer(
        self,
        workspace: Workspace,
        options: Options,
        stopped: impl Future<Output = ()>,
    ) -> Result<(), String> {
        let server = Arc::new(shared(workspace, options, self.port)?);
        let writing = tokio::spawn(usage::write_now_and_then(Arc::clone(&server)));
        self.serve(answering(Arc::clone(&server)), stopped).await;
        writing.abort();
        usage::write_last(&server);
        Ok(())
    }
}

fn shared(workspace: Workspace, options: Options, port: u16) -> Result<Shared, String> {
    let setup = options.setup;
    let mut rng = vault::os_random().map_err(|error| StoreError::from(error).to_string())?;
    Ok(Shared {
        cache: Mutex::new(Cache::new(workspace)),
        secret_throttle: Mutex::new(Throttle::after(client::FREE_TRIES)),
        login_sessions: Mutex::new(LoginSessions::new(&mut rng)),
        group: Mutex::default(),
        door: Door::default(),
        limits: setup.limits,
        rate_groups: Mutex::default(),
        usage: UsageLog::default(),
        faults: options.faults,
        journal: options.journal,
        control: options.control,
        consent: options.consent,
        profile: setup.profile,
        port,
    })
}

/// The async runtime of the server's thread.
pub fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
}

fn router(server: Server) -> Router {
    let faults = || middleware::from_fn_with_state(Arc::clone(&server), gate::faults);
    // Pages on other ports of this machine may call these, but never the login page (RFC 9700
    // §2.6).
    let open_to_pages = Router::new()
        .route("/restapi/oauth/token", post(token::token))
        .route("/restapi/oauth/revoke", post(token::revoke))
        .route("/restapi/oauth/introspect", post(token::introspect))
        .route("/restapi/oauth/jwks", get(discovery::jwks))
        .route(
            "/restapi/oauth/userinfo",
            get(openid::user_info).post(openid::user_info),
        )
        .route(
            "/.well-known/oauth-authorization-server",
            get(discovery::metadata),
        )
        .route(
            "/.well-known/openid-configuration",
            get(discovery::metadata),
        )
        .route_layer(middleware::from_fn(whole_body))
        .fallback(api::call)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(faults())
        .layer(pages_of_this_machine());
    let pages = Router::new()
        .route("/", get(home::home))
        // Browsers request it with each page.
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        .route(
            "/restapi/oauth/authorize",
            get(authorize::get).post(authorize::post),
        )
        .route("/restapi/oauth/icons/{sha256}", get(discovery::icon))
        .route_layer(middleware::from_fn(whole_body))
        .method_not_allowed_fallback(api::wrong_method)
        .layer(faults());
    let logged = pages
        .merge(open_to_pages)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&server),
            journal::record,
        ));
    // Neither logged nor made to fail.
    let control = server.control.clone();
    let control = control.map(|control| control::router(control, server.port));
    control.unwrap_or_default().merge(logged).with_state(server)
}

/// Headers that a page may read.
const EXPOSED: [HeaderName; 7] = [
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("x-rate-limit-group"),
    HeaderName::from_static("x-rate-limit-limit"),
    HeaderName::from_static("x-rate-limit-remaining"),
    HeaderName::from_static("x-rate-limit-window"),
    HeaderName::from_static(FAULT_HEADER),
];

/// The browser SDK sends `credentials: include`, which needs an explicit permission. No route here
/// reads a cookie: requests prove themselves by their contents.
fn pages_of_this_machine() -> CorsLayer {
    let is_here = |origin: &HeaderValue, _: &Parts| {
        let url = origin
            .to_str()
            .ok()
            .and_then(|origin| Url::parse(origin).ok());
        url.is_some_and(|url| {
            ["http", "https"].contains(&url.scheme()) && this_machine::is_url(&url)
        })
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_here))
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true)
        .expose_headers(EXPOSED)
}

type Answering = MapRequest<Router, fn(Request) -> Request>;

/// Marks a request whose path began with more than one slash.
#[derive(Clone, Copy)]
struct MoreSlashes;

/// With a base URL that ends in a slash, one SDK requests //restapi. The path must be corrected
/// before routing.
fn answering(server: Server) -> Answering {
    MapRequest::new(router(server), one_slash)
}

fn one_slash(mut request: Request) -> Request {
    let mut parts = request.uri().clone().into_parts();
    let asked = parts
        .path_and_query
        .as_ref()
        .map_or("", |asked| asked.as_str());
    if asked.starts_with("//")
        && let Ok(corrected) = format!("/{}", asked.trim_start_matches('/')).parse()
    {
        parts.path_and_query = Some(corrected);
        if let Ok(corrected) = Uri::from_parts(parts) {
            *request.uri_mut() = corrected;
            request.extensions_mut().insert(MoreSlashes);
        }
    }
    request
}
