//! The local server: honours what the console issued, over HTTP on this machine alone, so that
//! RingCentral's SDKs log in offline. It works while the vault is locked and can be killed at any
//! moment: what was handed out is on disk.
//!
//! Deliberately absent: TLS and any address but the loopback ones.

mod answer;
mod api;
mod authorize;
mod bearer;
mod browsers;
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
pub mod offline;
mod openid;
mod pages;
mod rate;
mod records;
mod redact;
mod token;
mod verify;

use std::{
    future::Future,
    io::{self, Write as _},
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware,
    routing::{get, post},
};
use clap::ValueEnum;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tower::util::MapRequest;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use url::Url;

pub use self::{answer::FAULT_HEADER, faults::Faults, journal::Journal, listening::Listening};
use self::{browsers::Browsers, client::Guard, group::Group, rate::RateGroup, records::Records};
use crate::{
    args::Args,
    domain::{credential::ClientId, redirect_uri::LoopbackPort, this_machine, time::UnixMs},
    store::{StoreError, Workspace},
    vault::{self, KdfCost},
};

/// Whose rules hold where the platform departs from the standards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// As the platform is documented and was observed
    #[default]
    #[value(name = "ringcentral")]
    RingCentral,
    /// As RFC 6749, RFC 9700 and OAuth 2.1 have it
    Strict,
}

impl Profile {
    pub fn label(self) -> &'static str {
        match self {
            Self::RingCentral => "ringcentral",
            Self::Strict => "strict",
        }
    }

    /// RingCentral compares redirect URIs exactly.
    pub fn loopback_port(self) -> LoopbackPort {
        match self {
            Self::RingCentral => LoopbackPort::Exact,
            Self::Strict => LoopbackPort::FreeForNative,
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::RingCentral => Self::Strict,
            Self::Strict => Self::RingCentral,
        }
    }
}

/// Ours: a port that an `.env` file can name.
pub const PORT: u16 = 8228;

/// Ours: what a sign-in page may take of the memory is bounded, whoever asks for it.
const JUDGED_AT_ONCE: usize = 2;

/// How the platform is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// 0 for any that is free.
    pub port: u16,
    pub profile: Profile,
    /// The rate group Auth: five logins a minute for an app.
    pub limits_logins: bool,
}

/// What every request shares.
#[derive(Debug)]
struct Shared {
    records: Mutex<Records>,
    guard: Mutex<Guard>,
    browsers: Mutex<Browsers>,
    group: Mutex<Group>,
    /// Passwords that are judged at a time.
    judging: Semaphore,
    rate_group: Option<Mutex<RateGroup>>,
    faults: Arc<Faults>,
    journal: Option<Arc<Journal>>,
    profile: Profile,
    port: u16,
}

type Platform = Arc<Shared>;

// A request that panicked left its transaction rolled back: the next one may go on.
impl Shared {
    /// Held for a whole commit of grants: what else is written must not become part of it. It
    /// cannot be taken twice, so who has it hands it on.
    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn browsers(&self) -> MutexGuard<'_, Browsers> {
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn group(&self) -> MutexGuard<'_, Group> {
        self.group.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` while logins are not limited; else what is left, `None` for nothing.
    fn take_from_rate_group(&self, client: &ClientId) -> Option<Option<u32>> {
        let group = self.rate_group.as_ref()?;
        let mut group = group.lock().unwrap_or_else(PoisonError::into_inner);
        Some(group.take(client, now()))
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
        records: Mutex::new(Records::new(workspace)),
        guard: Mutex::default(),
        browsers: Mutex::new(Browsers::new(&mut rng)),
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

/// Serves until it is killed. Says where on standard output once it listens; with `log`, a line
/// for each request on standard error.
pub fn serve(args: &Args, setup: Setup, log: bool) -> Result<ExitCode, (String, u8)> {
    let failed = |error: &dyn std::fmt::Display| (error.to_string(), 1);
    let folder = args.data_dir().map_err(|error| failed(&error))?;
    // A mistyped folder would be served as an empty workspace, and every client be unknown.
    let nobody = || {
        let problem = format!(
            "Nobody has signed up in {}: start devconsole there first, or name another folder with --data-dir.",
            folder.display()
        );
        (problem, 1)
    };
    let runtime = runtime().map_err(|error| failed(&error))?;
    let journal = log.then(|| {
        Arc::new(Journal::new(Box::new(|exchange| {
            // A closed standard error leaves nobody to tell.
            let _ = writeln!(io::stderr(), "{}", journal::line(exchange));
        })))
    });
    runtime.block_on(async {
        let port = setup.port;
        // Before the workspace is opened, which may change it.
        let listening = Listening::at(port).await.map_err(|error| {
            let problem = format!("Port {port} of 127.0.0.1 cannot be listened on: {error}.");
            (problem, 1)
        })?;
        let opened = Workspace::open_signed_up(&folder, KdfCost::default());
        let opened = opened.map_err(|error| failed(&error))?.ok_or_else(nobody)?;
        // Whoever closed standard output does not wait for it.
        let at = format!("listening on http://127.0.0.1:{}", listening.port);
        let _ = writeln!(io::stdout(), "{at}");
        let faults = Arc::default();
        let ended = listening
            .answer(
                opened.workspace,
                setup,
                faults,
                journal,
                std::future::pending(),
            )
            .await;
        ended.map_err(|problem| (problem, 1))?;
        Ok(ExitCode::SUCCESS)
    })
}

fn router(platform: Platform) -> Router {
    let faults = || middleware::from_fn_with_state(Arc::clone(&platform), gate::faults);
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
        .route_layer(middleware::from_fn(gate::whole_body))
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
        .route_layer(middleware::from_fn(gate::whole_body))
        .method_not_allowed_fallback(api::wrong_method)
        .layer(faults());
    pages
        .merge(open_to_pages)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&platform),
            journal::record,
        ))
        .with_state(platform)
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

/// In a request whose path began with more than one slash.
#[derive(Clone, Copy)]
struct MoreSlashes;

/// A server address that ends with a slash makes one of the SDKs ask for //restapi; the path has to
/// be mended before a route is chosen.
fn answering(platform: Platform) -> Answering {
    MapRequest::new(router(platform), one_slash)
}

fn one_slash(mut request: Request) -> Request {
    let mut parts = request.uri().clone().into_parts();
    let asked = parts
        .path_and_query
        .as_ref()
        .map_or("", |asked| asked.as_str());
    if asked.starts_with("//")
        && let Ok(mended) = format!("/{}", asked.trim_start_matches('/')).parse()
    {
        parts.path_and_query = Some(mended);
        if let Ok(mended) = Uri::from_parts(parts) {
            *request.uri_mut() = mended;
            request.extensions_mut().insert(MoreSlashes);
        }
    }
    request
}
