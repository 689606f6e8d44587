//! HTTP on a policy's behalf, with a secret that the policy knows by name only.

use tidegate_directory::egress::{self, EgressError, Exchange, Origin};
use tidegate_runtime::capabilities::{HttpAnswer, HttpCall, HttpFailure};
use tidegate_store::Store;

use crate::apps::App;

/// Sends one request.
pub(super) async fn send(store: &Store, app: &App, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
    let secret_headers = match &call.credential {
        Some(name) => vec![secret(store, app, name, &call.url)?],
        None => Vec::new(),
    };
    let answer = egress::send(Exchange {
        method: call.method,
        url: call.url,
        headers: call.headers,
        secret_headers,
        body: call.body,
        max_body_bytes: call.max_body_bytes,
        timeout: call.timeout,
        networks: call.networks,
    });
    let answer = answer.await.map_err(failure)?;
    Ok(HttpAnswer {
        status: answer.status,
        headers: answer.headers,
        body: answer.body,
    })
}

/// The header of a secret that may go to this address. A secret has origins of its own: a policy
/// that may call two services cannot show the secret of one to the other.
fn secret(store: &Store, app: &App, name: &str, url: &str) -> Result<(String, String), HttpFailure> {
    let found = store.credential(app.seq, name).map_err(|error| {
        tracing::error!(app = app.name, credential = name, %error, "a credential was not read");
        HttpFailure::Transport("the credential cannot be read".into())
    })?;
    let denied = |text: String| HttpFailure::Denied(text);
    let found = found.ok_or_else(|| denied(format!("the app has no credential {name:?}")))?;
    let wanted = Origin::of(url);
    let may = |origin: &String| Origin::of(origin).is_some_and(|origin| Some(origin) == wanted);
    if !found.origins.iter().any(may) {
        return Err(denied(format!(
            "the credential {name:?} is not for {}",
            wanted.map_or_else(String::new, |origin| origin.to_string())
        )));
    }
    Ok((found.header, found.value))
}

fn failure(error: EgressError) -> HttpFailure {
    match error {
        EgressError::Denied(text) => HttpFailure::Denied(text),
        EgressError::InvalidRequest(text) => HttpFailure::InvalidRequest(text),
        EgressError::Timeout => HttpFailure::Timeout,
        EgressError::TooLarge => HttpFailure::TooLarge,
        EgressError::Transport(text) => HttpFailure::Transport(text),
    }
}
