//! One buffered exchange with a granted origin.

#[cfg(target_arch = "wasm32")]
use crate::bindings::generated::tidegate::host::http as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::fakes::http as host;

pub use crate::bindings::generated::tidegate::host::http::{Error, Header, Request, Response};

/// A GET, with the host-held secret of that name, if any.
#[must_use]
pub fn get(url: &str, credential: Option<&str>) -> Request {
    Request {
        method: "GET".into(),
        url: url.into(),
        headers: Vec::new(),
        body: None,
        credential: credential.map(Into::into),
    }
}

/// Sends a request. Redirects are not followed.
///
/// # Errors
/// Not granted, no answer in time, too large, or no connection.
pub fn send(request: &Request) -> Result<Response, Error> {
    host::send(request)
}
