//! Reading targets: discovery and drift.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tokio::sync::mpsc;

use super::answers::SurveyLine;
use super::error::{self, Refusal, app};
use super::lines;
use crate::access::actor;
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::service::Service;
use crate::survey::Wanted;

/// `POST /apps/{app}/targets/{target}/survey`: lines of JSON, how far it is, then the report or why there is none.
/// It ends where the client hangs up, and goes on there the next time.
#[utoipa::path(post, path = "/apps/{app}/targets/{target}/survey", request_body = Wanted, responses((status = 200, body = SurveyLine, content_type = lines::MEDIA, description = "Lines of JSON")))]
pub(super) async fn survey(
    State(service): State<Arc<Service>>,
    Path((name, target)): Path<(String, String)>,
    Fields(wanted): Fields<Wanted>,
) -> Result<Response, Refusal> {
    let app = Arc::clone(&app(&service, &name)?);
    let target = Arc::clone(error::target(&app, &target)?);
    let (sender, taken) = mpsc::channel(8);
    tokio::spawn(actor::carried(async move {
        // A bar may miss a step; the last line may not be missed.
        let progress = |found| drop(sender.try_send(line(&SurveyLine::Progress(found))));
        let made = service.survey(&app, &target, wanted, &progress);
        let last = tokio::select! {
            () = sender.closed() => return,
            made = made => match made {
                Ok(report) => SurveyLine::Report(Box::new(report)),
                Err(error) => SurveyLine::Error(error.to_string()),
            },
        };
        drop(sender.send(line(&last)).await);
    }));
    Ok(lines::answer(taken))
}

fn line(line: &SurveyLine) -> serde_json::Result<String> {
    Ok(serde_json::to_string(line)? + "\n")
}
