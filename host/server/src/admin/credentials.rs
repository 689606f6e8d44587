//! Secrets that the host attaches to requests of policies.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::{HeaderName, HeaderValue, StatusCode};
use tidegate_directory::egress::Origin;
use tidegate_store::credentials::Credential;

use super::answers::{CredentialSummary, PutCredential};
use super::error::{Refusal, app, check_name};
use crate::service::Service;

/// `GET /apps/{app}/credentials`: names and origins; a secret is never shown.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<CredentialSummary>>, Refusal> {
    let app = app(&service, &name)?;
    let summary = |(name, origins): (String, Vec<String>)| CredentialSummary { name, origins };
    let known = service.store.credentials(app.seq)?;
    Ok(Json(known.into_iter().map(summary).collect()))
}

/// `PUT /apps/{app}/credentials/{credential}`: stores it, or replaces it. The next request of a policy
/// has it; no version needs to be activated again.
pub(super) async fn put(
    State(service): State<Arc<Service>>,
    Path((name, credential)): Path<(String, String)>,
    Json(wanted): Json<PutCredential>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    let name = check_name("a credential", &credential)?.to_owned();
    let refuse = |message: String| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message);
    if wanted.origins.is_empty() {
        return Err(refuse(
            "a credential needs an origin that it may be sent to".into(),
        ));
    }
    let origins = wanted.origins.iter().map(|text| {
        let origin = Origin::of(text)
            .ok_or_else(|| refuse(format!("{text:?} is no origin, such as https://hr.example.com")))?;
        Ok(origin.to_string())
    });
    let origins = origins.collect::<Result<_, Refusal>>()?;
    HeaderName::from_bytes(wanted.header.as_bytes())
        .map_err(|_| refuse(format!("{:?} is no header name", wanted.header)))?;
    // Says what is wrong, not what was sent: it is a secret.
    HeaderValue::from_str(&wanted.value).map_err(|_| refuse("the value cannot stand in a header".into()))?;
    let credential = Credential {
        name,
        origins,
        header: wanted.header,
        value: wanted.value,
    };
    service.store.put_credential(app.seq, credential).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /apps/{app}/credentials/{credential}`.
pub(super) async fn remove(
    State(service): State<Arc<Service>>,
    Path((name, credential)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    service.store.remove_credential(app.seq, &credential).await?;
    Ok(StatusCode::NO_CONTENT)
}
