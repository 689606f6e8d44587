//! One operation of a bulk request, and its part of the answer.

use std::collections::HashMap;

use axum::extract::Path;
use http::StatusCode;
use serde_json::{Map, Value};
use tidegate_scim::ResourceKind;
use tidegate_scim::bulk::{BulkAction, BulkOperation, REFERENCE, Resolve, resolve};
use tidegate_scim::error::ScimError;
use tidegate_scim::present;

use super::super::body::Json;
use super::super::call::Call;
use super::super::reply::Reply;
use super::super::{Refused, groups, users};
use crate::change::Precondition;

/// What became of an operation.
#[derive(Debug)]
pub(super) enum Outcome {
    Done(Done),
    /// With where the resource is that it was about, if it is there.
    Refused(ScimError, Option<String>),
}

/// What was done.
#[derive(Debug)]
pub(super) struct Done {
    status: StatusCode,
    location: String,
    version: Option<String>,
}

/// Carries one action out, as the request that it stands for: under the name and for the version
/// that its operation says.
pub(super) async fn carry_out(
    call: &Call,
    operation: Option<&BulkOperation>,
    action: BulkAction,
    number: usize,
    ids: &HashMap<String, String>,
) -> Outcome {
    let id_of = |name: &str| {
        ids.get(name)
            .map_or(Resolve::Unknown, |id| Resolve::Id(id.clone()))
    };
    let resolved = |mut data: Value| {
        resolve(&mut data, &id_of);
        Json(data)
    };
    let named = |id: &str| match id.strip_prefix(REFERENCE).and_then(|name| ids.get(name)) {
        Some(id) => id.clone(),
        None => id.to_owned(),
    };
    let version = operation.and_then(|operation| operation.version.as_deref());
    let if_match = version.map_or_else(Precondition::default, Precondition::of_tag);
    let name = operation.and_then(|operation| operation.bulk_id.as_ref());
    let new_id = name.and_then(|name| ids.get(name)).cloned();
    let call = |if_match, id| call.operation(number, if_match, id);
    let base_url = call(Precondition::default(), None).base_url();
    let kind = action.kind();
    let is_new = matches!(action, BulkAction::Create { .. });
    let path = |id: &str| Path((String::new(), named(id)));
    let (id, answer) = match action {
        BulkAction::Create { kind, data } => {
            let id = new_id.clone().unwrap_or_default();
            let call = call(Precondition::default(), new_id);
            let answer = match kind {
                ResourceKind::User => users::create(call, resolved(data)).await,
                ResourceKind::Group => groups::create(call, resolved(data)).await,
            };
            (id, answer)
        }
        BulkAction::Replace { kind, id, data } => {
            let call = call(if_match, None);
            let answer = match kind {
                ResourceKind::User => users::replace(call, path(&id), resolved(data)).await,
                ResourceKind::Group => groups::replace(call, path(&id), resolved(data)).await,
            };
            (named(&id), answer)
        }
        BulkAction::Modify { kind, id, data } => {
            let call = call(if_match, None);
            let answer = match kind {
                ResourceKind::User => users::patch(call, path(&id), resolved(data)).await,
                ResourceKind::Group => groups::patch_unseen(call, path(&id), resolved(data)).await,
            };
            (named(&id), answer)
        }
        BulkAction::Delete { kind, id } => {
            let call = call(if_match, None);
            let answer = match kind {
                ResourceKind::User => users::delete(call, path(&id)).await,
                ResourceKind::Group => groups::delete(call, path(&id)).await,
            };
            (named(&id), answer)
        }
    };
    let location = present::location(&base_url, kind, &id);
    match answer {
        Ok(Reply { status, version, .. }) => Outcome::Done(Done {
            status,
            location,
            version: version.map(present::etag),
        }),
        // Of a create that failed there is nothing anywhere (RFC 7644 section 3.7.3).
        Err(Refused(error)) => Outcome::Refused(error, Some(location).filter(|_| !is_new)),
    }
}

/// An operation's part of the answer (RFC 7644 section 3.7).
#[derive(Debug)]
pub(super) struct Entry {
    method: String,
    bulk_id: Option<String>,
    location: Option<String>,
    version: Option<String>,
    status: u16,
    error: Option<ScimError>,
}

impl Entry {
    pub(super) fn new(operation: &BulkOperation, outcome: Outcome) -> Self {
        let entry = Self {
            method: operation.method.clone(),
            bulk_id: operation.bulk_id.clone(),
            location: None,
            version: None,
            status: 0,
            error: None,
        };
        match outcome {
            Outcome::Done(done) => Self {
                location: Some(done.location),
                version: done.version,
                status: done.status.as_u16(),
                ..entry
            },
            Outcome::Refused(error, location) => Self {
                location,
                status: error.status,
                error: Some(error),
                ..entry
            },
        }
    }

    /// What was done turned out to be less than was asked.
    pub(super) fn conflict(&mut self, error: ScimError) {
        self.status = error.status;
        self.version = None;
        self.error = Some(error);
    }

    pub(super) fn into_json(self) -> Value {
        let mut entry = Map::new();
        entry.insert("method".into(), self.method.into());
        entry.extend(self.bulk_id.map(|id| ("bulkId".to_owned(), id.into())));
        entry.extend(
            self.location
                .map(|location| ("location".to_owned(), location.into())),
        );
        entry.extend(self.version.map(|version| ("version".to_owned(), version.into())));
        entry.insert("status".into(), self.status.to_string().into());
        entry.extend(self.error.map(|error| ("response".to_owned(), error.body())));
        Value::Object(entry)
    }
}
