//! The API's description (OpenAPI 3.1), made of the handlers and of the table that says who may call them. Nothing in it is
//! written twice: what all routes of a kind answer follows from what they take ([`operation`]).

mod operation;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use utoipa::PartialSchema as _;
use utoipa::openapi::path::Paths;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Server};

use super::problem;
use crate::access::matrix::BASE;
use crate::service::Service;

/// What stands at the head of the description.
const ABOUT: &str = "What Tidegate's pages and commands do, for programs. Sign in with an API token (`tidegate token create`), or \
     with a session, whose `X-CSRF-Token` goes with everything that changes something. `x-least-role` says who may call a \
     route. A refusal is a problem (RFC 9457) and names the field that is at fault.";

/// `GET /openapi.json`: this description. For everybody who may sign in: it says which version this is.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, body = serde_json::Value)))]
pub(super) async fn read(State(_): State<Arc<Service>>) -> Json<OpenApi> {
    Json(document())
}

/// The description.
#[must_use]
pub(crate) fn document() -> OpenApi {
    let mut paths = Paths::new();
    let mut components = ComponentsBuilder::new()
        .schema("Problem", problem::Problem::schema())
        .schema("Fault", problem::Fault::schema())
        .schema("Place", problem::Place::schema())
        .security_scheme("token", token())
        .security_scheme("session", session());
    for (schemas, described, _) in super::routes().into_iter().chain(crate::access::routes()) {
        components = components.schemas_from_iter(schemas);
        for (path, mut item) in described.paths {
            operation::finish(&path, &mut item);
            paths.paths.insert(path, item);
        }
    }
    let info = InfoBuilder::new()
        .title("Tidegate")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(
            LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).build(),
        ));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new(BASE)]))
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

fn token() -> SecurityScheme {
    SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer))
}

fn session() -> SecurityScheme {
    let text = "Set by `POST /session`. Over plain HTTP it is called `tidegate`.";
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "__Host-tidegate",
        text,
    )))
}
