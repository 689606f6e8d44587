//! `/Users`.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::Lookup;
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::present::{self, GroupRef, Meta};
use tidegate_scim::query::{self, ListParams, Projection};
use tidegate_scim::{ResourceKind, user};
use tidegate_store::users::UserRow;
use tidegate_store::{Store, StoreError};

use super::body::Json;
use super::call::Call;
use super::listing::{self, Source};
use super::reply::{self, Answer, Reply};
use crate::change;

/// Users of one app.
#[derive(Debug, Clone)]
pub(super) struct Users {
    app: i64,
    base_url: String,
}

impl Users {
    pub(super) fn of(call: &Call) -> Self {
        Self {
            app: call.app.seq,
            base_url: call.base_url(),
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

    fn by_seq(&self, store: &Store, seq: i64) -> Result<Option<UserRow>, StoreError> {
        store.user_by_seq(seq)
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
        Ok(self.present(row, &groups, &Projection::whole()))
    }

    fn shown(&self, store: &Store, row: &UserRow, params: &ListParams) -> Result<Value, StoreError> {
        self.render(store, row, &params.projection)
    }
}

/// `GET /Users`.
pub(super) async fn list(call: Call) -> Answer {
    let listed = listing::answer(call.store().clone(), Users::of(&call), call.params).await;
    Ok(Reply::ok(listed?))
}

/// `POST /Users/.search`.
pub(super) async fn search(call: Call, Json(body): Json) -> Answer {
    let params = query::search(&body)?;
    let listed = listing::answer(call.store().clone(), Users::of(&call), params).await;
    Ok(Reply::ok(listed?))
}

/// `GET /Users/{id}`.
pub(super) async fn read(call: Call, Path((_, id)): Path<(String, String)>) -> Answer<Response> {
    let found = call.store().user(call.app.seq, &id).map_err(internal)?;
    let row =
        found.ok_or_else(|| ScimError::not_found(format!("There is no user with id {id:?} in this app.")))?;
    if call.held.names(row.version) {
        return Ok(reply::not_modified(row.version));
    }
    Ok(answer(&call, &row)?.into_response())
}

/// `POST /Users`.
pub(super) async fn create(call: Call, Json(body): Json) -> Answer {
    let row = change::user::create(&call.change()?, user::create(&body)?).await?;
    // Nobody is in a group from birth.
    Ok(Reply::created(Users::of(&call).present(
        &row,
        &[],
        &call.params.projection,
    )))
}

/// `PUT /Users/{id}`.
pub(super) async fn replace(call: Call, Path((_, id)): Path<(String, String)>, Json(body): Json) -> Answer {
    let edit = |current: &_| user::replace(current, &body);
    let row = change::user::update(&call.change()?, &id, edit).await?;
    answer(&call, &row)
}

/// `PATCH /Users/{id}`. Answers with the user: Okta and Entra take 200 and 204 alike,
/// strict clients want to see what became of it.
pub(super) async fn patch(call: Call, Path((_, id)): Path<(String, String)>, Json(body): Json) -> Answer {
    let operations = PatchRequest::parse(&body)?;
    let edit = |current: &_| user::patch(current, &operations);
    let row = change::user::update(&call.change()?, &id, edit).await?;
    answer(&call, &row)
}

/// `DELETE /Users/{id}`.
pub(super) async fn delete(call: Call, Path((_, id)): Path<(String, String)>) -> Answer<StatusCode> {
    change::user::delete(&call.change()?, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(call: &Call, row: &UserRow) -> Answer {
    let body = Users::of(call).render(call.store(), row, &call.params.projection);
    Ok(Reply::ok(body.map_err(internal)?))
}

fn internal(error: StoreError) -> ScimError {
    ScimError::internal(error.to_string())
}
