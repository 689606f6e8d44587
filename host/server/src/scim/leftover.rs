//! Bodies that nobody read.
//!
//! A refusal often needs the head of a request only. Were the connection closed then, with bytes
//! still on their way, the client's system would throw the answer away and report a broken
//! connection: no status, no reason, no Retry-After. So what is left is read and forgotten, within
//! bounds; where there is more, the answer says that the connection ends (RFC 9112 section 9.6).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONNECTION, EXPECT};
use http::{HeaderValue, Version};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::sync::oneshot;

/// Bytes that are read and forgotten. Twice the largest bulk request, and more than a client sends by mistake.
const MOST_BYTES: usize = 8 << 20;
/// Time for it.
const MOST_TIME: Duration = Duration::from_secs(5);

/// What a handler may leave of a body. None: there is no body.
pub(super) struct Leftover(Option<Left>);

struct Left {
    asks_first: bool,
    http1: bool,
    body: oneshot::Receiver<Body>,
}

impl Leftover {
    /// Lends the body to the handler.
    pub(super) fn lend(request: &mut Request) -> Self {
        if request.body().is_end_stream() {
            return Self(None);
        }
        // Who asks before sending has sent nothing yet.
        let asks_first = request.headers().contains_key(EXPECT);
        let http1 = request.version() < Version::HTTP_2;
        let (back, left) = oneshot::channel();
        let lent = Lent {
            body: Some(std::mem::take(request.body_mut())),
            back: Some(back),
        };
        *request.body_mut() = Body::new(lent);
        Self(Some(Left {
            asks_first,
            http1,
            body: left,
        }))
    }

    /// Reads what came back.
    pub(super) async fn read(self, response: &mut Response) {
        let Some(Left {
            asks_first,
            http1,
            body,
        }) = self.0
        else {
            return;
        };
        let Ok(body) = body.await else { return };
        let read = !asks_first && matches!(tokio::time::timeout(MOST_TIME, forget(body)).await, Ok(true));
        if !read && http1 {
            response
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// Whether the body ended within the bound.
async fn forget(mut body: Body) -> bool {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > MOST_BYTES {
        return false;
    }
    let mut read = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > MOST_BYTES {
            return false;
        }
    }
    true
}

/// A body that comes back unless it was read to its end.
struct Lent {
    body: Option<Body>,
    back: Option<oneshot::Sender<Body>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = std::task::ready!(Pin::new(body).poll_frame(context));
        if matches!(frame, None | Some(Err(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (
            self.body.take().filter(|body| !body.is_end_stream()),
            self.back.take(),
        ) {
            // Nobody waits any more when the client is gone.
            drop(back.send(body));
        }
    }
}
