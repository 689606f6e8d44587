//! `/Users`.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::{Candidate, Condition, Related};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::present::{self, GroupRef, Meta};
use tidegate_scim::query::{self, Projection};
use tidegate_scim::schema::ResourceType;
use tidegate_scim::sort::{SortKey, Sorting};
use tidegate_scim::{ResourceKind, user};
use tidegate_store::users::UserRow;
use tidegate_store::{Store, StoreError};

use super::body::Json;
use super::call::Call;
use super::listing::{Listing, Source};
use super::reply::{self, Answer, Reply};
use crate::apps::App;
use crate::change;

/// Users of one app.
#[derive(Debug, Clone)]
pub(super) struct Users {
    app: Arc<App>,
    base_url: String,
}

/// The groups of a user.
struct Groups<'a> {
    store: &'a Store,
    user: i64,
    base_url: &'a str,
}

impl Users {
    pub(super) fn of(call: &Call) -> Self {
        Self {
            app: Arc::clone(&call.app),
            base_url: call.base_url(),
        }
    }

    fn render(&self, store: &Store, row: &UserRow, projection: &Projection) -> Result<Value, StoreError> {
        let groups = if projection.wants_groups() {
            groups(store, row.seq)?
        } else {
            Vec::new()
        };
        Ok(self.present(row, &groups, projection))
    }

    fn present(&self, row: &UserRow, groups: &[GroupRef], projection: &Projection) -> Value {
        present::user(&self.app.schemas, &row.doc, &self.meta(row), groups, projection)
    }

    fn meta<'a>(&'a self, row: &'a UserRow) -> Meta<'a> {
        Meta {
            id: &row.id,
            created_ms: row.created_ms,
            modified_ms: row.modified_ms,
            version: row.version,
            base_url: &self.base_url,
        }
    }

    fn candidate<'a>(&'a self, store: &'a Store, row: &'a UserRow) -> Candidate<'a, Groups<'a>> {
        Candidate {
            resource_type: self.resource_type(),
            document: &row.doc,
            meta: self.meta(row),
            related: Groups {
                store,
                user: row.seq,
                base_url: &self.base_url,
            },
        }
    }
}

fn groups(store: &Store, user: i64) -> Result<Vec<GroupRef>, StoreError> {
    let groups = store.groups_of_user(user)?.into_iter();
    Ok(groups
        .map(|group| GroupRef {
            id: group.id,
            display: group.display,
        })
        .collect())
}

impl Related for Groups<'_> {
    type Error = StoreError;

    fn has_related(&self) -> Result<bool, StoreError> {
        self.any_related(&mut |_| true)
    }

    fn is_related(&self, id: &str) -> Result<bool, StoreError> {
        Ok(groups(self.store, self.user)?.iter().any(|group| group.id == id))
    }

    fn any_related(&self, test: &mut dyn FnMut(&Value) -> bool) -> Result<bool, StoreError> {
        let groups = groups(self.store, self.user)?;
        Ok(groups
            .iter()
            .any(|group| test(&present::group_entry(self.base_url, group))))
    }
}

impl Source for Users {
    type Row = UserRow;
    const KIND: ResourceKind = ResourceKind::User;

    fn resource_type(&self) -> &ResourceType {
        self.app.schemas.user()
    }

    fn app(&self) -> i64 {
        self.app.seq
    }

    fn total(&self, store: &Store) -> Result<u64, StoreError> {
        Ok(store.app(self.app.seq)?.users)
    }

    fn page(&self, store: &Store, offset: u64, limit: u64) -> Result<Vec<UserRow>, StoreError> {
        store.users_page(self.app.seq, offset, limit)
    }

    fn after(&self, store: &Store, after: i64, limit: u64) -> Result<Vec<UserRow>, StoreError> {
        store.users_after(self.app.seq, after, limit)
    }

    fn rows(&self, store: &Store, seqs: &[i64]) -> Result<Vec<UserRow>, StoreError> {
        store.users_by_seq(seqs)
    }

    fn seq(row: &UserRow) -> i64 {
        row.seq
    }

    fn matches(&self, store: &Store, row: &UserRow, condition: &Condition<'_>) -> Result<bool, StoreError> {
        condition.matches(&self.candidate(store, row))
    }

    fn key(&self, store: &Store, row: &UserRow, sorting: &Sorting<'_>) -> Result<SortKey, StoreError> {
        sorting.key(&self.candidate(store, row))
    }

    fn shown(&self, store: &Store, row: &UserRow, projection: &Projection) -> Result<Value, StoreError> {
        self.render(store, row, projection)
    }
}

/// `GET /Users`.
pub(super) async fn list(call: Call) -> Answer {
    let listing = Listing::new(&call, "Users", call.params.clone());
    Ok(Reply::ok(listing.of(Users::of(&call)).await?.whole()))
}

/// `POST /Users/.search`.
pub(super) async fn search(call: Call, Json(body): Json) -> Answer {
    let listing = Listing::new(&call, "Users", query::search(&body)?);
    Ok(Reply::ok(listing.of(Users::of(&call)).await?.whole()))
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
    let document = user::create(&call.app.schemas, &body)?;
    let row = change::user::create(&call.change()?, call.new_id(), document).await?;
    // Nobody is in a group from birth.
    let body = Users::of(&call).present(&row, &[], &call.params.projection);
    let location = present::location(&call.base_url(), ResourceKind::User, &row.id);
    Ok(Reply::created(body, row.version, location))
}

/// `PUT /Users/{id}`.
pub(super) async fn replace(call: Call, Path((_, id)): Path<(String, String)>, Json(body): Json) -> Answer {
    let edit = |current: &_| user::replace(&call.app.schemas, current, &body);
    let row = change::user::update(&call.change()?, &id, edit).await?;
    answer(&call, &row)
}

/// `PATCH /Users/{id}`. Answers with the user: Okta and Entra take 200 and 204 alike,
/// strict clients want to see what became of it.
pub(super) async fn patch(call: Call, Path((_, id)): Path<(String, String)>, Json(body): Json) -> Answer {
    let operations = PatchRequest::parse(&body)?;
    let edit = |current: &_| user::patch(&call.app.schemas, current, &operations);
    let row = change::user::update(&call.change()?, &id, edit).await?;
    answer(&call, &row)
}

/// `DELETE /Users/{id}`.
pub(super) async fn delete(call: Call, Path((_, id)): Path<(String, String)>) -> Answer {
    change::user::delete(&call.change()?, &id).await?;
    Ok(Reply::no_content())
}

fn answer(call: &Call, row: &UserRow) -> Answer {
    let body = Users::of(call).render(call.store(), row, &call.params.projection);
    Ok(Reply::resource(body.map_err(internal)?, row.version))
}

fn internal(error: StoreError) -> ScimError {
    ScimError::internal(error.to_string())
}
