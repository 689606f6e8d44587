//! `/Groups`.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;
use tidegate_scim::ResourceKind;
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::Lookup;
use tidegate_scim::group::{self, MemberOp};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::present::{self, MemberRef, Meta};
use tidegate_scim::query::{self, ListParams, Projection};
use tidegate_store::groups::GroupRow;
use tidegate_store::{Store, StoreError};

use super::body::Json;
use super::call::Call;
use super::listing::{self, Source};
use super::reply::{self, Answer, Reply};
use crate::change;
use crate::change::group::Edited;

/// Members that are read at a time.
const PORTION: u64 = 2_000;

/// A group with more members than this is not sent back after a write: no client asks for
/// it, and a write must not cost more in a large group.
const ECHOED_MEMBERS: i64 = 256;

/// Groups of one app.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    app: i64,
    base_url: String,
}

impl Groups {
    pub(super) fn of(call: &Call) -> Self {
        Self {
            app: call.app.seq,
            base_url: call.base_url(),
        }
    }

    fn render(&self, store: &Store, row: &GroupRow, projection: &Projection) -> Result<Value, StoreError> {
        let members = if projection.wants_members() {
            Some(members(store, row.seq)?)
        } else {
            None
        };
        Ok(self.present(row, members.as_deref(), projection))
    }

    /// After a write: without the members of a large group.
    fn echo(&self, store: &Store, row: &GroupRow, projection: &Projection) -> Result<Value, StoreError> {
        if row.members > ECHOED_MEMBERS {
            return Ok(self.present(row, None, projection));
        }
        self.render(store, row, projection)
    }

    fn present(&self, row: &GroupRow, members: Option<&[MemberRef]>, projection: &Projection) -> Value {
        let meta = Meta {
            id: &row.id,
            created_ms: row.created_ms,
            modified_ms: row.modified_ms,
            version: row.version,
            base_url: &self.base_url,
        };
        present::group(&row.doc, &meta, members, projection)
    }
}

fn members(store: &Store, group: i64) -> Result<Vec<MemberRef>, StoreError> {
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let page = store.members(group, after, PORTION)?;
        let Some(last) = page.last() else {
            return Ok(all);
        };
        after = last.seq;
        all.extend(page.into_iter().map(|row| MemberRef {
            id: row.view.id,
            display: Some(row.view.user_name),
        }));
    }
}

impl Source for Groups {
    type Row = GroupRow;
    const KIND: ResourceKind = ResourceKind::Group;

    fn total(&self, store: &Store) -> Result<u64, StoreError> {
        Ok(store.app(self.app)?.groups)
    }

    fn matching(&self, store: &Store, lookup: &Lookup) -> Result<Vec<GroupRow>, StoreError> {
        store.groups_matching(self.app, lookup)
    }

    fn page(&self, store: &Store, offset: u64, limit: u64) -> Result<Vec<GroupRow>, StoreError> {
        store.groups_page(self.app, offset, limit)
    }

    fn after(&self, store: &Store, after: i64, limit: u64) -> Result<Vec<GroupRow>, StoreError> {
        store.groups_after(self.app, after, limit)
    }

    fn by_seq(&self, store: &Store, seq: i64) -> Result<Option<GroupRow>, StoreError> {
        store.group_by_seq(seq)
    }

    fn seq(row: &GroupRow) -> i64 {
        row.seq
    }

    fn whole(&self, store: &Store, row: &GroupRow, needs_members: bool) -> Result<Value, StoreError> {
        let members = if needs_members {
            Some(members(store, row.seq)?)
        } else {
            None
        };
        Ok(self.present(row, members.as_deref(), &Projection::whole()))
    }

    fn shown(&self, store: &Store, row: &GroupRow, params: &ListParams) -> Result<Value, StoreError> {
        self.render(store, row, &params.projection)
    }
}

/// `GET /Groups`.
pub(super) async fn list(call: Call) -> Answer {
    let listed = listing::answer(call.store().clone(), Groups::of(&call), call.params).await;
    Ok(Reply::ok(listed?))
}

/// `POST /Groups/.search`.
pub(super) async fn search(call: Call, Json(body): Json) -> Answer {
    let params = query::search(&body)?;
    let listed = listing::answer(call.store().clone(), Groups::of(&call), params).await;
    Ok(Reply::ok(listed?))
}

/// `GET /Groups/{id}`.
pub(super) async fn read(call: Call, Path((_, id)): Path<(String, String)>) -> Answer<Response> {
    let found = call.store().group(call.app.seq, &id).map_err(internal)?;
    let row = found
        .ok_or_else(|| ScimError::not_found(format!("There is no group with id {id:?} in this app.")))?;
    if call.held.names(row.version) {
        return Ok(reply::not_modified(row.version));
    }
    // Members of a large group take a while to read.
    let (groups, store, projection) = (Groups::of(&call), call.store().clone(), call.params.projection);
    let work = move || groups.render(&store, &row, &projection).map_err(internal);
    let shown = tokio::task::spawn_blocking(work).await;
    let shown = shown.map_err(|error| ScimError::internal(error.to_string()))?;
    Ok(Reply::ok(shown?).into_response())
}

/// `POST /Groups`.
pub(super) async fn create(call: Call, Json(body): Json) -> Answer {
    let row = change::group::create(&call.change()?, group::create(&body)?).await?;
    let body = Groups::of(&call).echo(call.store(), &row, &call.params.projection);
    Ok(Reply::created(body.map_err(internal)?))
}

/// `PUT /Groups/{id}`. Without `members`, the members stay.
pub(super) async fn replace(call: Call, Path((_, id)): Path<(String, String)>, Json(body): Json) -> Answer {
    let edit = |current: &_| {
        let input = group::replace(current, &body)?;
        let members = input.members.map(MemberOp::Replace).into_iter().collect();
        Ok(Edited {
            doc: input.document,
            members,
        })
    };
    let row = change::group::update(&call.change()?, &id, edit).await?;
    let body = Groups::of(&call).echo(call.store(), &row, &call.params.projection);
    Ok(Reply::ok(body.map_err(internal)?))
}

/// `PATCH /Groups/{id}`. 204 for a large group: see [`ECHOED_MEMBERS`].
pub(super) async fn patch(
    call: Call,
    Path((_, id)): Path<(String, String)>,
    Json(body): Json,
) -> Answer<Response> {
    let operations = PatchRequest::parse(&body)?;
    let edit = |current: &_| {
        let patched = group::patch(current, &operations)?;
        Ok(Edited {
            doc: patched.document,
            members: patched.members,
        })
    };
    let row = change::group::update(&call.change()?, &id, edit).await?;
    if row.members > ECHOED_MEMBERS && call.params.projection.wants_members() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let body = Groups::of(&call).render(call.store(), &row, &call.params.projection);
    Ok(Reply::ok(body.map_err(internal)?).into_response())
}

/// `DELETE /Groups/{id}`.
pub(super) async fn delete(call: Call, Path((_, id)): Path<(String, String)>) -> Answer<StatusCode> {
    change::group::delete(&call.change()?, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn internal(error: StoreError) -> ScimError {
    ScimError::internal(error.to_string())
}
