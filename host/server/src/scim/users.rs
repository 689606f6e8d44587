//! `/Users`.

use axum::extract::{Extension, Path, State};
use http::{StatusCode, Uri};
use serde_json::Value;
use tidegate_runtime::Occasion;
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::Lookup;
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::present::{self, GroupRef, Meta};
use tidegate_scim::query::{self, ListParams, Projection};
use tidegate_scim::{ResourceKind, user};
use tidegate_store::users::UserRow;
use tidegate_store::{Store, StoreError};

use super::body::Json;
use super::listing::{self, Source};
use super::reply::{Answer, Reply};
use super::{Caller, Endpoint, RequestId};
use crate::change::{self, Change};

/// Users of one app.
#[derive(Debug, Clone)]
struct Users {
    app: i64,
    base_url: String,
}

impl Users {
    fn of(endpoint: &Endpoint, caller: &Caller) -> Self {
        Self {
            app: caller.0.seq,
            base_url: endpoint.service.base_url(&caller.0.id),
        }
    }

    fn render(&self, store: &Store, row: &UserRow, projection: &Projection) -> Result<Value, StoreError> {
        let groups = if projection.wants_groups() {
            Self::groups(store, row)?
        } else {
            Vec::new()
        };
        Ok(self.present(row, &groups, projection))
    }

    fn groups(store: &Store, row: &UserRow) -> Result<Vec<GroupRef>, StoreError> {
        let groups = store.groups_of_user(row.seq)?.into_iter();
        Ok(groups
            .map(|group| GroupRef {
                id: group.id,
                display: group.display,
            })
            .collect())
    }

    fn present(&self, row: &UserRow, groups: &[GroupRef], projection: &Projection) -> Value {
        let meta = Meta {
            id: &row.id,
            created_ms: row.created_ms,
            modified_ms: row.modified_ms,
            version: row.version,
            base_url: &self.base_url,
        };
        present::user(&row.doc, &meta, groups, projection)
    }
}

impl Source for Users {
    type Row = UserRow;
    const KIND: ResourceKind = ResourceKind::User;

    fn total(&self, store: &Store) -> Result<u64, StoreError> {
        Ok(store.app(self.app)?.users)
    }

    fn matching(&self, store: &Store, lookup: &Lookup) -> Result<Vec<UserRow>, StoreError> {
        store.users_matching(self.app, lookup)
    }

    fn page(&self, store: &Store, offset: u64, limit: u64) -> Result<Vec<UserRow>, StoreError> {
        store.users_page(self.app, offset, limit)
    }

    fn after(&self, store: &Store, after: i64, limit: u64) -> Result<Vec<UserRow>, StoreError> {
        store.users_after(self.app, after, limit)
    }

    fn seq(row: &UserRow) -> i64 {
        row.seq
    }

    fn whole(&self, store: &Store, row: &UserRow, needs_groups: bool) -> Result<Value, StoreError> {
        let groups = if needs_groups {
            Self::groups(store, row)?
        } else {
            Vec::new()
        };
        Ok(self.present(row, &groups, &Projection::default()))
    }

    fn shown(&self, store: &Store, row: &UserRow, params: &ListParams) -> Result<Value, StoreError> {
        self.render(store, row, &params.projection)
    }
}

/// `GET /Users`.
pub(super) async fn list(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Answer {
    let params = query::parse(uri.query())?;
    let source = Users::of(&endpoint, &caller);
    let listed = listing::answer(endpoint.service.store.clone(), source, params).await;
    Ok(Reply::ok(listed?))
}

/// `GET /Users/{id}`.
pub(super) async fn read(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Path((_, id)): Path<(String, String)>,
    uri: Uri,
) -> Answer {
    let params = query::parse(uri.query())?;
    let found = endpoint.service.store.user(caller.0.seq, &id).map_err(internal)?;
    let row =
        found.ok_or_else(|| ScimError::not_found(format!("There is no user with id {id:?} in this app.")))?;
    answer(&endpoint, &caller, &row, &params.projection)
}

/// `POST /Users`.
pub(super) async fn create(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    Json(body): Json,
) -> Answer {
    let params = query::parse(uri.query())?;
    let change = Change::begin(&endpoint.service, &caller.0, &request.0, Occasion::Event)?;
    let row = change::user::create(&change, user::create(&body)?).await?;
    let body = Users::of(&endpoint, &caller).render(&endpoint.service.store, &row, &params.projection);
    Ok(Reply::created(body.map_err(internal)?))
}

/// `PUT /Users/{id}`.
pub(super) async fn replace(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Extension(request): Extension<RequestId>,
    Path((_, id)): Path<(String, String)>,
    uri: Uri,
    Json(body): Json,
) -> Answer {
    let params = query::parse(uri.query())?;
    let change = Change::begin(&endpoint.service, &caller.0, &request.0, Occasion::Event)?;
    let row = change::user::update(&change, &id, |current| user::replace(current, &body)).await?;
    answer(&endpoint, &caller, &row, &params.projection)
}

/// `PATCH /Users/{id}`. Answers with the user: Okta and Entra take 200 and 204 alike,
/// strict clients want to see what became of it.
pub(super) async fn patch(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Extension(request): Extension<RequestId>,
    Path((_, id)): Path<(String, String)>,
    uri: Uri,
    Json(body): Json,
) -> Answer {
    let params = query::parse(uri.query())?;
    let operations = PatchRequest::parse(&body)?;
    let change = Change::begin(&endpoint.service, &caller.0, &request.0, Occasion::Event)?;
    let row = change::user::update(&change, &id, |current| user::patch(current, &operations)).await?;
    answer(&endpoint, &caller, &row, &params.projection)
}

/// `DELETE /Users/{id}`.
pub(super) async fn delete(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Extension(request): Extension<RequestId>,
    Path((_, id)): Path<(String, String)>,
) -> Answer<StatusCode> {
    let change = Change::begin(&endpoint.service, &caller.0, &request.0, Occasion::Event)?;
    change::user::delete(&change, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(endpoint: &Endpoint, caller: &Caller, row: &UserRow, projection: &Projection) -> Answer {
    let body = Users::of(endpoint, caller).render(&endpoint.service.store, row, projection);
    Ok(Reply::ok(body.map_err(internal)?))
}

fn internal(error: StoreError) -> ScimError {
    ScimError::internal(error.to_string())
}
