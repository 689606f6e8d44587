//! Resources and lists as the client reads them (RFC 7643 section 3, RFC 7644 section 3.4.2).
//!
//! What is written here comes back: Okta reads a resource, changes it and sends the whole of it as
//! PUT. So there are no nulls and no secrets in it.

use jiff::Timestamp;
use scim_v2::schema_urns;
use serde_json::{Map, Value, json};

use crate::ResourceKind;
use crate::document::Document;
use crate::query::Projection;

/// What the server knows of a resource beyond its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta<'a> {
    /// The id.
    pub id: &'a str,
    /// When it was created, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was last changed.
    pub modified_ms: i64,
    /// Counts changes; the weak entity tag.
    pub version: i64,
    /// The SCIM base URL of the app, without a slash at the end.
    pub base_url: &'a str,
}

/// A group that a user is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRef {
    /// The group's id.
    pub id: String,
    /// Its `displayName`.
    pub display: String,
}

/// A user that is in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRef {
    /// The user's id.
    pub id: String,
    /// What the user is called, if known.
    pub display: Option<String>,
}

/// A user (RFC 7643 section 4.1).
#[must_use]
pub fn user(document: &Document, meta: &Meta<'_>, groups: &[GroupRef], projection: &Projection) -> Value {
    let kind = ResourceKind::User;
    let mut resource = bare(kind, document, meta.id);
    if projection.wants_groups() {
        let groups = groups.iter().map(|group| {
            json!({
                "value": group.id,
                "$ref": location(meta.base_url, ResourceKind::Group, &group.id),
                "display": group.display,
                "type": "direct",
            })
        });
        resource.insert("groups".to_owned(), groups.collect());
    }
    finish(kind, resource, meta, projection)
}

/// A group (RFC 7643 section 4.2). `None` for members leaves them out, for those that were not
/// asked for or are too many to send unasked.
#[must_use]
pub fn group(
    document: &Document,
    meta: &Meta<'_>,
    members: Option<&[MemberRef]>,
    projection: &Projection,
) -> Value {
    let kind = ResourceKind::Group;
    let mut resource = bare(kind, document, meta.id);
    if let Some(members) = members.filter(|_| projection.wants_members()) {
        // A third of a large group's answer, and no client needs it.
        let with_display = projection.requests("members", "display");
        let members = members.iter().map(|member| {
            let mut entry = json!({
                "value": member.id,
                "$ref": location(meta.base_url, ResourceKind::User, &member.id),
                "type": ResourceKind::User.name(),
            });
            if let (true, Some(entry), Some(display)) = (with_display, entry.as_object_mut(), &member.display)
            {
                entry.insert("display".to_owned(), display.as_str().into());
            }
            entry
        });
        resource.insert("members".to_owned(), members.collect());
    }
    finish(kind, resource, meta, projection)
}

/// A page of a list (RFC 7644 section 3.4.2). `total` counts all matches, not the page.
#[must_use]
pub fn list(resources: Vec<Value>, total: u64, start_index: u64) -> Value {
    json!({
        "schemas": [schema_urns::LIST_RESPONSE],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

/// The URL of a resource, for `meta.location`, `$ref` and the `Location` header.
#[must_use]
pub fn location(base_url: &str, kind: ResourceKind, id: &str) -> String {
    format!("{}/{}/{id}", base_url.trim_end_matches('/'), kind.endpoint())
}

/// The weak entity tag of a version (RFC 7644 section 3.14).
#[must_use]
pub fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// The document with its id and its schemas, without anything that changes by itself.
pub(crate) fn bare(kind: ResourceKind, document: &Document, id: &str) -> Map<String, Value> {
    let extensions = document
        .iter()
        .filter(|(key, value)| key.contains(':') && value.is_object());
    let schemas = std::iter::once(kind.schema()).chain(extensions.map(|(urn, _)| urn.as_str()));
    let mut resource = Map::new();
    resource.insert("schemas".to_owned(), schemas.map(Value::from).collect());
    resource.insert("id".to_owned(), id.into());
    resource.extend(document.iter().map(|(key, value)| (key.clone(), value.clone())));
    resource
}

fn finish(
    kind: ResourceKind,
    mut resource: Map<String, Value>,
    meta: &Meta<'_>,
    projection: &Projection,
) -> Value {
    resource.insert(
        "meta".to_owned(),
        json!({
            "resourceType": kind.name(),
            "created": time(meta.created_ms),
            "lastModified": time(meta.modified_ms),
            "location": location(meta.base_url, kind, meta.id),
            "version": etag(meta.version),
        }),
    );
    Value::Object(projection.apply(resource))
}

/// A time outside the calendar can only be a fault of ours; 1970 shows that without failing reads.
fn time(ms: i64) -> String {
    format!("{:.3}", Timestamp::from_millisecond(ms).unwrap_or_default())
}
