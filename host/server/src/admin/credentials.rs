//! Secrets that the host attaches to requests of policies.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::{HeaderName, HeaderValue, StatusCode};
use tidegate_directory::egress::Origin;
use tidegate_store::credentials::Credential;

use super::answers::{CredentialSummary, PutCredential};
use super::error::{Refusal, app, check_name};
use super::problem::Place;
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::service::Service;

/// `GET /apps/{app}/credentials`: names and origins; a secret is never shown.
#[utoipa::path(get, path = "/apps/{app}/credentials", responses((status = 200, body = Vec<CredentialSummary>)))]
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
#[utoipa::path(put, path = "/apps/{app}/credentials/{credential}", request_body = PutCredential, responses((status = 204)))]
pub(super) async fn put(
    State(service): State<Arc<Service>>,
    Path((name, credential)): Path<(String, String)>,
    Fields(wanted): Fields<PutCredential>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    let name = check_name("a credential", &credential)
        .map_err(|refusal| refusal.of_parameter("credential"))?
        .to_owned();
    if wanted.origins.is_empty() {
        let text = "a credential needs an origin that it may be sent to";
        return Err(Refusal::unfit("origins", text));
    }
    let origins = wanted.origins.iter().enumerate().map(|(index, text)| {
        let refuse = || {
            let text = format!("{text:?} is no origin, such as https://hr.example.com");
            let place = Place::of_field(["origins", &index.to_string()]);
            Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, text).at(place)
        };
        Ok(Origin::of(text).ok_or_else(refuse)?.to_string())
    });
    let origins = origins.collect::<Result<_, Refusal>>()?;
    HeaderName::from_bytes(wanted.header.as_bytes())
        .map_err(|_| Refusal::unfit("header", format!("{:?} is no header name", wanted.header)))?;
    // Says what is wrong, not what was sent: it is a secret.
    HeaderValue::from_str(&wanted.value)
        .map_err(|_| Refusal::unfit("value", "the value cannot stand in a header"))?;
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
#[utoipa::path(delete, path = "/apps/{app}/credentials/{credential}", responses((status = 204)))]
pub(super) async fn remove(
    State(service): State<Arc<Service>>,
    Path((name, credential)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    service.store.remove_credential(app.seq, &credential).await?;
    Ok(StatusCode::NO_CONTENT)
}
