//! `tidegate:host/http`: one buffered exchange with a granted origin.

use crate::bindings::host::http::{Error, Header, Host, Request, Response};
use crate::capabilities::{HttpCall, HttpFailure};
use crate::state::HostState;

impl Host for HostState {
    async fn send(&mut self, request: Request) -> wasmtime::Result<Result<Response, Error>> {
        if !self.spend_call() {
            return Ok(Err(Error::Denied("the budget of host calls is used up".into())));
        }
        let Some(origin) = origin(&request.url) else {
            return Ok(Err(Error::InvalidRequest(
                "the URL must be absolute, http or https".into(),
            )));
        };
        if !self.grants.permits_http(&request.method, &origin) {
            let what = format!("{} {origin} is not granted", request.method);
            return Ok(Err(Error::Denied(self.deny(what))));
        }
        if request.credential.is_some() {
            let what = "no credential is granted".to_owned();
            return Ok(Err(Error::Denied(self.deny(what))));
        }
        let max_body_bytes = self.grants.http.max_body_bytes;
        let body = request.body.unwrap_or_default();
        if body.len() > max_body_bytes {
            return Ok(Err(Error::TooLarge));
        }
        let call = HttpCall {
            method: request.method,
            url: request.url,
            headers: request
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            body,
            max_body_bytes,
        };
        Ok(self
            .capabilities
            .send(&self.app, call)
            .await
            .map_err(failure)
            .map(|answer| Response {
                status: answer.status,
                headers: answer
                    .headers
                    .into_iter()
                    .map(|(name, value)| Header { name, value })
                    .collect(),
                body: answer.body,
            }))
    }
}

/// Scheme, host and port of an absolute URL, as written. Anything unusual in the
/// authority (user information, white space) is refused rather than interpreted.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let plain = authority
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    let known = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (known && plain && !authority.is_empty()).then(|| format!("{scheme}://{authority}"))
}

fn failure(failure: HttpFailure) -> Error {
    match failure {
        HttpFailure::Denied(text) => Error::Denied(text),
        HttpFailure::InvalidRequest(text) => Error::InvalidRequest(text),
        HttpFailure::Timeout => Error::Timeout,
        HttpFailure::TooLarge => Error::TooLarge,
        HttpFailure::Transport(text) => Error::Transport(text),
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_taken_whole_or_not_at_all() {
        assert_eq!(
            origin("https://hr.example.com:8443/a?b#c").as_deref(),
            Some("https://hr.example.com:8443")
        );
        assert_eq!(origin("https://user@hr.example.com/"), None);
        assert_eq!(origin("https://hr.example.com\\@evil.org/"), None);
        assert_eq!(origin("ftp://hr.example.com/"), None);
        assert_eq!(origin("/relative"), None);
    }
}
