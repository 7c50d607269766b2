//! Reads the body of a request before it is answered: whole, in bounded time and memory.

use std::{future::poll_fn, pin::Pin, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tokio::time::timeout;

/// Most bytes of a body that are kept.
const BODY_MAX: usize = 64 * 1024;
/// Most bytes of a body that are read. RingCentral takes faxes of up to 50 MB.
const READ_MAX: usize = 64 * 1024 * 1024;

/// In place of a body that is too large, too late or incomplete: how it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NotWhole(StatusCode);

/// The request with its body in memory. Of a body that is too large the rest is read and dropped: a
/// client that is still sending would be cut off before it reads the answer.
pub(super) async fn in_memory(request: Request, deadline: Duration) -> Request {
    let (parts, mut body) = request.into_parts();
    let kept = timeout(deadline, kept_of(&mut body)).await;
    match kept.unwrap_or(Err(NotWhole(StatusCode::REQUEST_TIMEOUT))) {
        Ok(kept) => Request::from_parts(parts, kept.into()),
        Err(refused) => {
            let mut request = Request::from_parts(parts, Body::empty());
            request.extensions_mut().insert(refused);
            request
        }
    }
}

async fn kept_of(body: &mut Body) -> Result<Bytes, NotWhole> {
    let (mut kept, mut seen) = (Vec::new(), 0_usize);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
        let frame = frame.map_err(|_| NotWhole(StatusCode::BAD_REQUEST))?;
        let data = frame.into_data().unwrap_or_default();
        seen = seen.saturating_add(data.len());
        if seen <= BODY_MAX {
            kept.extend_from_slice(&data);
        }
        if seen > READ_MAX {
            break;
        }
    }
    if seen > BODY_MAX {
        return Err(NotWhole(StatusCode::PAYLOAD_TOO_LARGE));
    }
    Ok(kept.into())
}

/// For the endpoints that read their body. An operation of the API is answered whatever is sent to
/// it, e.g. a fax.
pub async fn whole_body(request: Request, next: Next) -> Response {
    match request.extensions().get() {
        Some(NotWhole(status)) => status.into_response(),
        None => next.run(request).await,
    }
}
