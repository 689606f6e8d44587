//! `tidegate:host/http`: one buffered exchange with a granted origin.

use std::time::Duration;

use tidegate_directory::egress::Origin;

use crate::bindings::host::http::{Error, Header, Host, Request, Response};
use crate::capabilities::{HttpCall, HttpFailure};
use crate::state::HostState;

impl Host for HostState {
    async fn send(&mut self, request: Request) -> wasmtime::Result<Result<Response, Error>> {
        let call = match self.admit_http(request) {
            Ok(call) => call,
            Err(error) => return Ok(Err(error)),
        };
        let answer = match self.capabilities.send(self.scope(), call).await {
            Ok(answer) => answer,
            Err(HttpFailure::Denied(text)) => return Ok(Err(Error::Denied(self.deny(text)))),
            Err(other) => return Ok(Err(failure(other))),
        };
        self.http_bytes_left = self.http_bytes_left.saturating_sub(answer.body.len());
        Ok(Ok(Response {
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

impl HostState {
    /// Budget and grants: what is left of a request that may be sent.
    fn admit_http(&mut self, request: Request) -> Result<HttpCall, Error> {
        if !self.spend_call() {
            return Err(Error::Denied("the budget of host calls is used up".into()));
        }
        let Some(origin) = Origin::of(&request.url) else {
            return Err(Error::InvalidRequest(
                "the URL must be absolute, http or https".into(),
            ));
        };
        if !self.grants.http.permits(&request.method, &origin) {
            let what = format!("{} {origin} is not granted", request.method);
            return Err(Error::Denied(self.deny(what)));
        }
        if let Some(name) = &request.credential
            && !self.grants.http.permits_credential(name)
        {
            let what = format!("the credential {name:?} is not granted");
            return Err(Error::Denied(self.deny(what)));
        }
        if self.http_calls_left == 0 {
            let what = format!(
                "more than {} HTTP requests in one decision",
                self.grants.http.calls
            );
            return Err(Error::Denied(self.deny(what)));
        }
        self.http_calls_left -= 1;
        let grant = &self.grants.http;
        let body = request.body.unwrap_or_default();
        if body.len() > grant.max_body_bytes.min(self.http_bytes_left) {
            return Err(Error::TooLarge);
        }
        self.http_bytes_left -= body.len();
        Ok(HttpCall {
            method: request.method,
            url: request.url,
            headers: request
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            body,
            credential: request.credential,
            max_body_bytes: grant.max_body_bytes.min(self.http_bytes_left),
            timeout: Duration::from_millis(grant.timeout_millis),
            networks: grant.networks.clone(),
        })
    }
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
