//! One request as its handler sees it: who calls, under which id, and what the query string
//! and the preconditions ask for.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use tidegate_runtime::Occasion;
use tidegate_scim::error::ScimError;
use tidegate_scim::query::{self, ListParams};

use super::observe::RequestId;
use super::origin::Base;
use super::{Caller, Endpoint, Refused};
use crate::apps::App;
use crate::change::{Change, Precondition};

/// Everything but path and body.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The app behind address and token.
    pub(super) app: Arc<App>,
    /// What the client wants to see.
    pub(super) params: ListParams,
    /// `If-None-Match`: versions that the client holds already.
    pub(super) held: Precondition,
    base: Base,
    request: String,
    if_match: Precondition,
    /// The id that a new resource gets, where others name it before it is there (bulk).
    id: Option<String>,
    endpoint: Endpoint,
}

impl Call {
    /// Begins a write by this client.
    pub(super) fn change(&self) -> Result<Change<'_>, ScimError> {
        let change = Change::begin(&self.endpoint.service, &self.app, &self.request, Occasion::Event)?;
        Ok(change.requiring(self.if_match.clone()))
    }

    /// One operation of a bulk request as a request of its own.
    pub(super) fn operation(&self, number: usize, if_match: Precondition, id: Option<String>) -> Self {
        Self {
            params: ListParams::default(),
            held: Precondition::default(),
            if_match,
            id,
            request: format!("{}.{number}", self.request),
            ..self.clone()
        }
    }

    /// The id of a resource that is to be made. Time-ordered, so that rows of one import lie
    /// together in the index.
    pub(super) fn new_id(&self) -> String {
        self.id
            .clone()
            .unwrap_or_else(|| uuid::Uuid::now_v7().to_string())
    }

    /// The app's base URL as this client reaches it.
    pub(super) fn base_url(&self) -> String {
        self.base.of(&self.app.id)
    }

    /// The store.
    pub(super) fn store(&self) -> &tidegate_store::Store {
        &self.endpoint.service.store
    }

    /// The endpoint's bounds.
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}

impl FromRequestParts<Endpoint> for Call {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, endpoint: &Endpoint) -> Result<Self, Refused> {
        // All are there: the layers in front refuse a request without.
        let caller = parts.extensions.get::<Caller>().cloned();
        let request = parts.extensions.get::<RequestId>().cloned();
        let base = parts.extensions.get::<Base>().cloned();
        let (Some(Caller(app)), Some(RequestId(request)), Some(base)) = (caller, request, base) else {
            return Err(ScimError::internal("a request came past the layers").into());
        };
        Ok(Self {
            app,
            params: query::parse(parts.uri.query())?,
            held: Precondition::read(&parts.headers, &http::header::IF_NONE_MATCH),
            base,
            request,
            if_match: Precondition::read(&parts.headers, &http::header::IF_MATCH),
            id: None,
            endpoint: endpoint.clone(),
        })
    }
}
