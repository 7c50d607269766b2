//! The local server without a network: takes a request, returns its answer and its log entry. For
//! tests and fuzzing.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, header},
};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::{
    Answering, Faults, Journal, Options, answering, body, connections::Limits, runtime, shared,
};
use crate::domain::oauth::setup::{PORT, Setup};
use crate::{domain::oauth::exchange::Exchange, store::Workspace};

#[derive(Debug)]
pub struct Offline {
    runtime: Runtime,
    answering: Answering,
    /// Faults that a test can arm.
    pub faults: Arc<Faults>,
    log: Arc<Mutex<Vec<Exchange>>>,
}

/// An answer with its log entry.
#[derive(Debug)]
pub struct Came {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub log: Vec<Exchange>,
}

impl Offline {
    pub fn new(workspace: Workspace, setup: Setup) -> Result<Self, String> {
        let log: Arc<Mutex<Vec<Exchange>>> = Arc::default();
        let told = Arc::clone(&log);
        let journal = Journal::new(Box::new(move |exchange| {
            let mut log = told.lock().unwrap_or_else(PoisonError::into_inner);
            log.push(exchange);
        }));
        let faults: Arc<Faults> = Arc::default();
        let options = Options {
            setup,
            faults: Arc::clone(&faults),
            journal: Some(Arc::new(journal)),
            ..Options::default()
        };
        let shared = shared(workspace, options, PORT)?;
        Ok(Self {
            runtime: runtime().map_err(|error| error.to_string())?,
            answering: answering(Arc::new(shared)),
            faults,
            log,
        })
    }

    /// Sends a request as if to the server's own address. `None` if it is not valid HTTP.
    pub fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<Came> {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body.to_vec())).ok()?;
        let host = format!("127.0.0.1:{PORT}").parse().ok()?;
        request.headers_mut().insert(header::HOST, host);
        let answering = self.answering.clone();
        let (status, headers, body) = self.runtime.block_on(async {
            let request = body::in_memory(request, Limits::default().deadline).await;
            // The router cannot fail: errors are answers.
            let Ok(response) = answering.oneshot(request).await;
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
            (parts.status.as_u16(), parts.headers, body.to_vec())
        });
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Came {
            status,
            headers,
            body,
            log: log.drain(..).collect(),
        })
    }
}
