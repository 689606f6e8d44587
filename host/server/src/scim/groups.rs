//! `/Groups`.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;
use tidegate_scim::ResourceKind;
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::{Candidate, Condition};
use tidegate_scim::group::{self, MemberOp};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::present::{self, MemberRef, Meta};
use tidegate_scim::query::{self, Projection};
use tidegate_scim::schema::ResourceType;
use tidegate_scim::sort::{SortKey, Sorting};
use tidegate_store::groups::GroupRow;
use tidegate_store::{Store, StoreError};

use super::body::Json;
use super::call::Call;
use super::listing::{Item, Listed, Listing, Source};
use super::members::{self, Members, Part, Portions};
use super::reply::{self, Answer, Reply};
use crate::apps::App;
use crate::change;
use crate::change::group::Edited;

/// A group with more members than this is not sent back after a write: no client asks for
/// it, and a write must not cost more in a large group.
const ECHOED_MEMBERS: i64 = 256;

/// Answers with more members than this are sent while they are read.
const STREAMED_MEMBERS: i64 = 4_000;

/// Groups of one app.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    app: Arc<App>,
    base_url: String,
}

impl Groups {
    pub(super) fn of(call: &Call) -> Self {
        Self {
            app: Arc::clone(&call.app),
            base_url: call.base_url(),
        }
    }

    fn render(&self, store: &Store, row: &GroupRow, projection: &Projection) -> Result<Value, StoreError> {
        let members = if projection.wants_members() {
            Some(members::all(store, row.seq)?)
        } else {
            None
        };
        Ok(self.present(row, members.as_deref(), projection))
    }

    /// After a write: without the members of a large group.
    fn echo(&self, store: &Store, row: &GroupRow, projection: &Projection) -> Result<Value, StoreError> {
        if row.members > ECHOED_MEMBERS && !projection.asks_for_members() {
            return Ok(self.present(row, None, projection));
        }
        self.render(store, row, projection)
    }

    fn present(&self, row: &GroupRow, members: Option<&[MemberRef]>, projection: &Projection) -> Value {
        present::group(&self.app.schemas, &row.doc, &self.meta(row), members, projection)
    }

    /// A list; one with many members is sent while they are read.
    pub(super) fn list(&self, store: &Store, projection: &Projection, listed: Listed<GroupRow>) -> Response {
        if !listed.is_large() {
            return Reply::ok(listed.whole()).into_response();
        }
        let (before, items) = listed.open();
        reply::streamed(None, self.portions(store, projection, before, items, "]}").body())
    }

    fn portions(
        &self,
        store: &Store,
        projection: &Projection,
        before: String,
        items: Vec<Item<GroupRow>>,
        after: &'static str,
    ) -> Portions {
        let parts = items.into_iter().rev().map(|item| match item {
            Item::Shown(value) => Part::Whole(value),
            Item::Large(row) => Part::Group(row.seq, self.present(&row, None, projection)),
        });
        Portions {
            store: store.clone(),
            app: Arc::clone(&self.app),
            base_url: self.base_url.clone(),
            projection: projection.clone(),
            before,
            parts: parts.collect(),
            after,
        }
    }

    fn meta<'a>(&'a self, row: &'a GroupRow) -> Meta<'a> {
        Meta {
            id: &row.id,
            created_ms: row.created_ms,
            modified_ms: row.modified_ms,
            version: row.version,
            base_url: &self.base_url,
        }
    }

    fn candidate<'a>(&'a self, store: &'a Store, row: &'a GroupRow) -> Candidate<'a, Members<'a>> {
        Candidate {
            resource_type: self.resource_type(),
            document: &row.doc,
            meta: self.meta(row),
            related: Members {
                store,
                group: row.seq,
                count: row.members,
                base_url: &self.base_url,
            },
        }
    }
}

impl Source for Groups {
    type Row = GroupRow;
    const KIND: ResourceKind = ResourceKind::Group;

    fn resource_type(&self) -> &ResourceType {
        self.app.schemas.group()
    }

    fn app(&self) -> i64 {
        self.app.seq
    }

    fn total(&self, store: &Store) -> Result<u64, StoreError> {
        Ok(store.app(self.app.seq)?.groups)
    }

    fn page(&self, store: &Store, offset: u64, limit: u64) -> Result<Vec<GroupRow>, StoreError> {
        store.groups_page(self.app.seq, offset, limit)
    }

    fn after(&self, store: &Store, after: i64, limit: u64) -> Result<Vec<GroupRow>, StoreError> {
        store.groups_after(self.app.seq, after, limit)
    }

    fn rows(&self, store: &Store, seqs: &[i64]) -> Result<Vec<GroupRow>, StoreError> {
        store.groups_by_seq(seqs)
    }

    fn seq(row: &GroupRow) -> i64 {
        row.seq
    }

    fn matches(&self, store: &Store, row: &GroupRow, condition: &Condition<'_>) -> Result<bool, StoreError> {
        condition.matches(&self.candidate(store, row))
    }

    fn key(&self, store: &Store, row: &GroupRow, sorting: &Sorting<'_>) -> Result<SortKey, StoreError> {
        sorting.key(&self.candidate(store, row))
    }

    fn shown(&self, store: &Store, row: &GroupRow, projection: &Projection) -> Result<Value, StoreError> {
        self.render(store, row, projection)
    }

    fn is_large(&self, rows: &[GroupRow], projection: &Projection) -> bool {
        projection.wants_members() && rows.iter().map(|row| row.members).sum::<i64>() > STREAMED_MEMBERS
    }
}

/// `GET /Groups`.
pub(super) async fn list(call: Call) -> Answer<Response> {
    let params = call.params.clone();
    let listed = Listing::new(&call, "Groups", params.clone())
        .of(Groups::of(&call))
        .await?;
    Ok(Groups::of(&call).list(call.store(), &params.projection, listed))
}

/// `POST /Groups/.search`.
pub(super) async fn search(call: Call, Json(body): Json) -> Answer<Response> {
    let params = query::search(&body)?;
    let listed = Listing::new(&call, "Groups", params.clone())
        .of(Groups::of(&call))
        .await?;
    Ok(Groups::of(&call).list(call.store(), &params.projection, listed))
}

/// `GET /Groups/{id}`. The members of a large group are sent while they are read.
pub(super) async fn read(call: Call, Path((_, id)): Path<(String, String)>) -> Answer<Response> {
    let found = call.store().group(call.app.seq, &id).map_err(internal)?;
    let row = found
        .ok_or_else(|| ScimError::not_found(format!("There is no group with id {id:?} in this app.")))?;
    if call.held.names(row.version) {
        return Ok(reply::not_modified(row.version));
    }
    whole(&call, row)
}

/// All of a group that was asked for.
fn whole(call: &Call, row: GroupRow) -> Answer<Response> {
    let (groups, projection) = (Groups::of(call), &call.params.projection);
    if groups.is_large(std::slice::from_ref(&row), projection) {
        let version = row.version;
        let portions = groups.portions(
            call.store(),
            projection,
            String::new(),
            vec![Item::Large(row)],
            "",
        );
        return Ok(reply::streamed(Some(version), portions.body()));
    }
    let shown = groups.render(call.store(), &row, projection).map_err(internal)?;
    Ok(Reply::resource(shown, row.version).into_response())
}

/// `POST /Groups`.
pub(super) async fn create(call: Call, Json(body): Json) -> Answer {
    let input = group::create(&call.app.schemas, &body)?;
    let row = change::group::create(&call.change()?, call.new_id(), input).await?;
    let body = Groups::of(&call).echo(call.store(), &row, &call.params.projection);
    let location = present::location(&call.base_url(), ResourceKind::Group, &row.id);
    Ok(Reply::created(body.map_err(internal)?, row.version, location))
}

/// `PUT /Groups/{id}`. Without `members`, the members stay.
pub(super) async fn replace(call: Call, Path((_, id)): Path<(String, String)>, Json(body): Json) -> Answer {
    let edit = |current: &_| {
        let input = group::replace(&call.app.schemas, current, &body)?;
        let members = input.members.map(MemberOp::Replace).into_iter().collect();
        Ok(Edited {
            doc: input.document,
            members,
        })
    };
    let row = change::group::update(&call.change()?, &id, edit).await?;
    let body = Groups::of(&call).echo(call.store(), &row, &call.params.projection);
    Ok(Reply::resource(body.map_err(internal)?, row.version))
}

/// `PATCH /Groups/{id}`. 204 for a large group (see [`ECHOED_MEMBERS`]), unless its members were asked for
/// by name (RFC 7644 section 3.5.2).
pub(super) async fn patch(
    call: Call,
    Path((_, id)): Path<(String, String)>,
    Json(body): Json,
) -> Answer<Response> {
    let row = patched(&call, &id, &body).await?;
    let projection = &call.params.projection;
    if row.members > ECHOED_MEMBERS && projection.wants_members() && !projection.asks_for_members() {
        return Ok(Reply::changed(row.version).into_response());
    }
    whole(&call, row)
}

/// The same in a bulk request, which shows versions only.
pub(super) async fn patch_unseen(
    call: Call,
    Path((_, id)): Path<(String, String)>,
    Json(body): Json,
) -> Answer {
    let row = patched(&call, &id, &body).await?;
    Ok(Reply {
        status: StatusCode::OK,
        ..Reply::changed(row.version)
    })
}

async fn patched(call: &Call, id: &str, body: &Value) -> Result<GroupRow, ScimError> {
    let operations = PatchRequest::parse(body)?;
    let edit = |current: &_| {
        let patched = group::patch(&call.app.schemas, current, &operations)?;
        Ok(Edited {
            doc: patched.document,
            members: patched.members,
        })
    };
    change::group::update(&call.change()?, id, edit).await
}

/// `DELETE /Groups/{id}`.
pub(super) async fn delete(call: Call, Path((_, id)): Path<(String, String)>) -> Answer {
    change::group::delete(&call.change()?, &id).await?;
    Ok(Reply::no_content())
}

fn internal(error: StoreError) -> ScimError {
    ScimError::internal(error.to_string())
}
