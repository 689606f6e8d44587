//! Answers in lines of JSON, which come as they are made.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use tokio::sync::mpsc::Receiver;

/// The media type.
pub(crate) const MEDIA: &str = "application/x-ndjson";

/// An answer of whatever comes. It ends where the other side does; whoever takes slowly holds nobody else up.
pub(crate) fn answer<E>(mut taken: Receiver<Result<String, E>>) -> Response
where
    E: Into<axum::BoxError> + Send + 'static,
{
    let stream = futures::stream::poll_fn(move |context| taken.poll_recv(context));
    let media = (CONTENT_TYPE, HeaderValue::from_static(MEDIA));
    ([media], Body::from_stream(stream)).into_response()
}
