//! The audit trail, to read and to verify.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tidegate_store::audit::ChainedLine;
use tidegate_store::audit::chain::Verified;
use tokio::sync::mpsc;

use super::address::Query;
use crate::admin::error::Refusal;
use crate::admin::lines;
use crate::service::Service;

/// Lines that are read at once.
const PORTION: u64 = 500;

/// Seconds after which somebody who came second tries again.
const WALK_SECONDS: u64 = 5;

/// Which lines.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Of this time and later, milliseconds since 1970.
    since_ms: i64,
    /// After this number.
    after: i64,
    /// So many at most; absent: all.
    limit: Option<u64>,
}

/// `GET /audit`: lines of JSON, oldest first. It ends with the connection; whoever takes slowly holds nobody up.
#[utoipa::path(get, path = "/audit", params(Wanted), responses((status = 200, body = ChainedLine, content_type = lines::MEDIA, description = "Lines of JSON")))]
pub(crate) async fn read(
    State(service): State<Arc<Service>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let (sender, taken) = mpsc::channel::<Result<String, std::io::Error>>(1);
    tokio::spawn(async move {
        let (mut after, mut left) = (wanted.after, wanted.limit.unwrap_or(u64::MAX));
        while left > 0 {
            let page = service
                .store
                .audit_page(wanted.since_ms, after, PORTION.min(left))
                .await;
            let (Ok(page), false) = (&page, matches!(&page, Ok(page) if page.is_empty())) else {
                if let Err(error) = page {
                    // An answer that breaks off is not taken for a whole one.
                    tracing::error!(%error, "the audit trail could not be read to its end");
                    drop(
                        sender
                            .send(Err(std::io::Error::other("the audit trail cannot be read")))
                            .await,
                    );
                }
                return;
            };
            after = page.last().map_or(after, |line| line.seq);
            left = left.saturating_sub(page.len() as u64);
            if sender.send(Ok(text(page))).await.is_err() {
                return;
            }
        }
    });
    Ok(lines::answer(taken))
}

fn text(page: &[ChainedLine]) -> String {
    let lines = page.iter().filter_map(|line| serde_json::to_string(line).ok());
    lines.map(|line| line + "\n").collect()
}

/// `GET /audit/verify`: walks the whole chain, one at a time: it reads and hashes everything.
#[utoipa::path(get, path = "/audit/verify", responses((status = 200, body = Verified), (status = 429)))]
pub(crate) async fn verify(State(service): State<Arc<Service>>) -> Result<Json<Verified>, Refusal> {
    let busy = || Refusal::later("the audit trail is being verified: try again", WALK_SECONDS);
    let _turn = service.audit_walk.try_lock().map_err(|_| busy())?;
    Ok(Json(service.store.verify_audit().await?))
}
