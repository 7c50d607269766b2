//! The local platform: honours what the console issued, over HTTP on this machine alone, so that
//! the vendor's SDKs log in offline. It works while the vault is locked and can be killed at any
//! moment: what was handed out is on disk.
//!
//! Deliberately absent: TLS and any address but the loopback ones.

mod answer;
mod client;
mod group;
mod resources;
mod token;
mod verify;

use std::{
    io::Write as _,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use tokio::net::TcpListener;

use self::{client::Guard, group::Group, verify::Signatures};
use crate::{args::Args, domain::time::UnixMs, store::Workspace, vault::KdfCost};

/// What every request shares.
#[derive(Debug)]
struct Shared {
    workspace: Mutex<Workspace>,
    guard: Mutex<Guard>,
    group: Mutex<Group>,
    signatures: Mutex<Signatures>,
    port: u16,
}

type Platform = Arc<Shared>;

impl Shared {
    fn workspace(&self) -> MutexGuard<'_, Workspace> {
        // A request that panicked left its transaction rolled back: the next one may go on.
        self.workspace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn group(&self) -> MutexGuard<'_, Group> {
        self.group.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signatures(&self) -> MutexGuard<'_, Signatures> {
        self.signatures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> UnixMs {
    UnixMs(Timestamp::now().as_millisecond())
}

/// Serves until it is killed. Says where on standard output once it listens.
pub fn serve(args: &Args, port: u16) -> Result<ExitCode, (String, u8)> {
    let failed = |error: &dyn std::fmt::Display| (error.to_string(), 1);
    let folder = args.data_dir().map_err(|error| failed(&error))?;
    let opened = Workspace::open(&folder, KdfCost::default()).map_err(|error| failed(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(|error| failed(&error))?;
    runtime.block_on(listen(opened.workspace, port))
}

async fn listen(workspace: Workspace, port: u16) -> Result<ExitCode, (String, u8)> {
    let refused = |error: std::io::Error| {
        (
            format!("Port {port} of 127.0.0.1 cannot be listened on: {error}."),
            1,
        )
    };
    let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .await
        .map_err(refused)?;
    let port = four.local_addr().map_err(refused)?.port();
    let app = router(Arc::new(Shared {
        workspace: Mutex::new(workspace),
        guard: Mutex::default(),
        group: Mutex::default(),
        signatures: Mutex::default(),
        port,
    }));
    // A machine without IPv6 has no ::1, and one where something else has the port is served on
    // the other address.
    if let Ok(six) = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        let app = app.clone();
        tokio::spawn(async move { axum::serve(six, app).await });
    }
    // Whoever closed standard output does not wait for it.
    let _ = writeln!(std::io::stdout(), "listening on http://127.0.0.1:{port}");
    axum::serve(four, app).await.map_err(refused)?;
    Ok(ExitCode::SUCCESS)
}

fn router(platform: Platform) -> Router {
    Router::new()
        .route("/restapi/oauth/token", post(token::token))
        .route("/restapi/oauth/revoke", post(token::revoke))
        .route("/restapi/oauth/jwks", get(resources::jwks))
        .route(
            "/.well-known/oauth-authorization-server",
            get(resources::metadata),
        )
        .route("/restapi", get(resources::versions))
        .route("/restapi/v1.0", get(resources::version))
        .route("/restapi/v1.0/account/{account}", get(resources::account))
        .route(
            "/restapi/v1.0/account/{account}/extension/{extension}",
            get(resources::extension),
        )
        .fallback(resources::missing)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&platform),
            from_here_alone,
        ))
        .with_state(platform)
}

/// A page elsewhere that was given a name which leads here (DNS rebinding) is told nothing.
async fn from_here_alone(
    State(platform): State<Platform>,
    request: Request,
    next: Next,
) -> Response {
    if is_ours(request.headers(), platform.port) {
        next.run(request).await
    } else {
        (
            StatusCode::MISDIRECTED_REQUEST,
            "This server answers to 127.0.0.1, [::1] and localhost alone.\n",
        )
            .into_response()
    }
}

fn is_ours(headers: &HeaderMap, port: u16) -> bool {
    let Some(host) = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
    else {
        return false;
    };
    ["127.0.0.1", "[::1]", "localhost"]
        .iter()
        .any(|name| host == format!("{name}:{port}") || (port == 80 && host == *name))
}
