//! What happens, as server-sent events: the page asks for the part that changed.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use http::Method;
use http::request::Parts;
use sha2::{Digest, Sha256};

use super::{Api, PageError};

/// How often it is looked whether something changed.
const LOOK: Duration = Duration::from_secs(2);

/// `GET /admin/live`: one event whenever the status has changed. It ends when the session does.
pub(super) async fn changes(
    State(api): State<Api>,
    browser: Parts,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, PageError> {
    // Whoever is not signed in learns it at once.
    let first = status(&api, &browser).await?;
    let changes = futures::stream::unfold((api, browser, first), |(api, browser, mut last)| async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let now = status(&api, &browser).await.ok()?;
            if now != last {
                last = now;
                let event = Event::default().event("changed").data("status");
                return Some((Ok(event), (api, browser, last)));
            }
        }
    });
    Ok(Sse::new(changes).keep_alive(KeepAlive::default()))
}

async fn status(api: &Api, browser: &Parts) -> Result<[u8; 32], PageError> {
    let said = api.send(browser, Method::GET, "/status", &(), None).await?;
    said.json::<serde::de::IgnoredAny>()?;
    Ok(Sha256::digest(&said.body).into())
}
