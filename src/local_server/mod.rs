//! The local server: honours what the console issued, over HTTP on this machine alone, so that
//! RingCentral's SDKs log in offline. It works while the vault is locked and can be killed at any
//! moment: what was handed out is on disk.
//!
//! Deliberately absent: TLS and any address but the loopback ones.

mod answer;
mod api;
mod authorize;
mod bearer;
mod cache;
mod client;
mod discovery;
mod faults;
mod form;
mod gate;
mod group;
mod home;
mod id_signer;
mod journal;
mod listening;
mod login_sessions;
pub mod offline;
mod openid;
mod pages;
mod rate;
mod redact;
mod token;
mod verify;

use std::{
    future::Future,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware,
    routing::{get, post},
};
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tower::util::MapRequest;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use url::Url;

pub use self::{
    answer::FAULT_HEADER,
    faults::Faults,
    journal::{Journal, line as log_line},
    listening::Listening,
};
use self::{
    cache::Cache,
    client::Guard,
    group::Group,
    login_sessions::LoginSessions,
    rate::{Quota, RateGroup},
};
use crate::{
    domain::{
        oauth::{
            credential::ClientId,
            setup::{Profile, Setup},
        },
        this_machine,
        time::UnixMs,
    },
    store::{StoreError, Workspace},
    vault,
};

/// Ours: what a sign-in page may take of the memory is bounded, whoever asks for it.
const JUDGED_AT_ONCE: usize = 2;

/// What every request shares.
#[derive(Debug)]
struct Shared {
    cache: Mutex<Cache>,
    guard: Mutex<Guard>,
    login_sessions: Mutex<LoginSessions>,
    group: Mutex<Group>,
    /// Passwords that are judged at a time.
    judging: Semaphore,
    rate_group: Option<Mutex<RateGroup>>,
    faults: Arc<Faults>,
    journal: Option<Arc<Journal>>,
    profile: Profile,
    port: u16,
}

type Server = Arc<Shared>;

// A request that panicked left its transaction rolled back: the next one may go on.
impl Shared {
    /// Held for a whole commit of grants: what else is written must not become part of it. It
    /// cannot be taken twice, so who has it hands it on.
    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn login_sessions(&self) -> MutexGuard<'_, LoginSessions> {
        self.login_sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn group(&self) -> MutexGuard<'_, Group> {
        self.group.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_quota(&self, client: &ClientId) -> Quota {
        let Some(group) = &self.rate_group else {
            return Quota::Unlimited;
        };
        let mut group = group.lock().unwrap_or_else(PoisonError::into_inner);
        group.take(client, now())
    }
}

fn now() -> UnixMs {
    UnixMs(Timestamp::now().as_millisecond())
}

/// Where the platform is for whoever asked: the name that they used, which was found to be ours.
fn base_of(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or_default())
}

impl Listening {
    /// Is the platform until `stopped` is over.
    pub async fn answer(
        self,
        workspace: Workspace,
        setup: Setup,
        faults: Arc<Faults>,
        journal: Option<Arc<Journal>>,
        stopped: impl Future<Output = ()>,
    ) -> Result<(), String> {
        let shared = shared(workspace, setup, self.port, faults, journal)?;
        self.serve(answering(Arc::new(shared)), stopped).await
    }
}

fn shared(
    workspace: Workspace,
    setup: Setup,
    port: u16,
    faults: Arc<Faults>,
    journal: Option<Arc<Journal>>,
) -> Result<Shared, String> {
    let mut rng = vault::os_random().map_err(|error| StoreError::from(error).to_string())?;
    Ok(Shared {
        cache: Mutex::new(Cache::new(workspace)),
        guard: Mutex::default(),
        login_sessions: Mutex::new(LoginSessions::new(&mut rng)),
        group: Mutex::default(),
        judging: Semaphore::new(JUDGED_AT_ONCE),
        rate_group: setup.limits_logins.then(Mutex::default),
        faults,
        journal,
        profile: setup.profile,
        port,
    })
}

/// The runtime of the platform's own thread.
pub fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
}

fn router(server: Server) -> Router {
    let faults = || middleware::from_fn_with_state(Arc::clone(&server), gate::faults);
    // Pages of apps under development ask these from other ports (RFC 9700 §2.6: but never the
    // login page).
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
        .fallback(api::call)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(faults())
        .layer(pages_of_this_machine());
    let pages = Router::new()
        .route("/", get(home::home))
        // Browsers ask for it with each page.
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        .route(
            "/restapi/oauth/authorize",
            get(authorize::get).post(authorize::post),
        )
        .route("/restapi/oauth/icons/{sha256}", get(discovery::icon))
        .method_not_allowed_fallback(api::wrong_method)
        .layer(faults());
    pages
        .merge(open_to_pages)
        .layer(DefaultBodyLimit::max(journal::BODY_MAX))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&server),
            journal::record,
        ))
        .with_state(server)
}

/// What a page may read of an answer, beside its body.
const EXPOSED: [HeaderName; 7] = [
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("x-rate-limit-group"),
    HeaderName::from_static("x-rate-limit-limit"),
    HeaderName::from_static("x-rate-limit-remaining"),
    HeaderName::from_static("x-rate-limit-window"),
    HeaderName::from_static(FAULT_HEADER),
];

/// The SDK for pages asks with `credentials: include`, to which a browser wants an answer that
/// allows it. No route here reads a cookie: what is asked proves itself by what it sends.
fn pages_of_this_machine() -> CorsLayer {
    let is_here = |origin: &HeaderValue, _: &Parts| {
        let url = origin
            .to_str()
            .ok()
            .and_then(|origin| Url::parse(origin).ok());
        url.is_some_and(|url| this_machine::is_url(&url))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_here))
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true)
        .expose_headers(EXPOSED)
}

type Answering = MapRequest<Router, fn(Request) -> Request>;

/// A server address that ends with a slash makes one of the SDKs ask for //restapi; the path has to
/// be mended before a route is chosen.
fn answering(server: Server) -> Answering {
    MapRequest::new(router(server), one_slash)
}

fn one_slash(mut request: Request) -> Request {
    let asked = request
        .uri()
        .path_and_query()
        .map_or("", |asked| asked.as_str());
    if asked.starts_with("//")
        && let Ok(mended) = format!("/{}", asked.trim_start_matches('/')).parse::<Uri>()
    {
        *request.uri_mut() = mended;
    }
    request
}
