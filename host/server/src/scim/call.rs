//! One request as its handler sees it: who calls, under which id, and what the query string
//! and the preconditions ask for.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use tidegate_runtime::Occasion;
use tidegate_scim::error::ScimError;
use tidegate_scim::query::{self, ListParams};

use super::layers::RequestId;
use super::{Caller, Endpoint, Refused};
use crate::apps::App;
use crate::change::{Change, Precondition};

/// Everything but path and body.
#[derive(Debug)]
pub(super) struct Call {
    /// The app behind address and token.
    pub(super) app: Arc<App>,
    /// What the client wants to see.
    pub(super) params: ListParams,
    /// `If-None-Match`: versions that the client holds already.
    pub(super) held: Precondition,
    request: String,
    if_match: Precondition,
    endpoint: Endpoint,
}

impl Call {
    /// Begins a write by this client.
    pub(super) fn change(&self) -> Result<Change<'_>, ScimError> {
        let change = Change::begin(&self.endpoint.service, &self.app, &self.request, Occasion::Event)?;
        Ok(change.requiring(self.if_match.clone()))
    }

    /// The app's base URL.
    pub(super) fn base_url(&self) -> String {
        self.endpoint.service.base_url(&self.app.id)
    }

    /// The store.
    pub(super) fn store(&self) -> &tidegate_store::Store {
        &self.endpoint.service.store
    }
}

impl FromRequestParts<Endpoint> for Call {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, endpoint: &Endpoint) -> Result<Self, Refused> {
        // Both are there: the layers in front refuse a request without.
        let caller = parts.extensions.get::<Caller>().cloned();
        let request = parts.extensions.get::<RequestId>().cloned();
        let (Some(Caller(app)), Some(RequestId(request))) = (caller, request) else {
            return Err(ScimError::internal("a request came past the layers").into());
        };
        Ok(Self {
            app,
            params: query::parse(parts.uri.query())?,
            held: Precondition::read(&parts.headers, &http::header::IF_NONE_MATCH),
            request,
            if_match: Precondition::read(&parts.headers, &http::header::IF_MATCH),
            endpoint: endpoint.clone(),
        })
    }
}
