//! Resources and lists as the client reads them (RFC 7643 section 3, RFC 7644 section 3.4.2).
//!
//! What is written here comes back: Okta reads a resource, changes it and sends the whole of it as
//! PUT. So there are no nulls and no secrets in it.

use scim_v2::schema_urns;
use serde_json::{Map, Value, json};

use crate::ResourceKind;
use crate::document::Document;
use crate::query::Projection;
use crate::schema::{ResourceType, Schemas};
use crate::time;

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
pub fn user(
    schemas: &Schemas,
    document: &Document,
    meta: &Meta<'_>,
    groups: &[GroupRef],
    projection: &Projection,
) -> Value {
    let mut resource = bare(schemas.user(), document, meta.id);
    if projection.wants_groups() {
        let groups = groups.iter().map(|group| group_entry(meta.base_url, group));
        resource.insert("groups".to_owned(), groups.collect());
    }
    finish(schemas.user(), resource, meta, projection)
}

/// A group (RFC 7643 section 4.2). `None` for members leaves them out, for those that were not
/// asked for or are too many to send unasked.
#[must_use]
pub fn group(
    schemas: &Schemas,
    document: &Document,
    meta: &Meta<'_>,
    members: Option<&[MemberRef]>,
    projection: &Projection,
) -> Value {
    let mut resource = bare(schemas.group(), document, meta.id);
    if let Some(members) = members.filter(|_| projection.wants_members()) {
        let members = members.iter().map(|member| member_entry(meta.base_url, member));
        resource.insert("members".to_owned(), members.collect());
    }
    finish(schemas.group(), resource, meta, projection)
}

/// An entry of a user's `groups`.
#[must_use]
pub fn group_entry(base_url: &str, group: &GroupRef) -> Value {
    json!({
        "value": group.id,
        "$ref": location(base_url, ResourceKind::Group, &group.id),
        "display": group.display,
        "type": "direct",
    })
}

/// An entry of a group's `members`.
#[must_use]
pub fn member_entry(base_url: &str, member: &MemberRef) -> Value {
    let mut entry = json!({
        "value": member.id,
        "$ref": location(base_url, ResourceKind::User, &member.id),
        "type": ResourceKind::User.name(),
    });
    if let (Some(entry), Some(display)) = (entry.as_object_mut(), &member.display) {
        entry.insert("display".to_owned(), display.as_str().into());
    }
    entry
}

/// Some of a group's members as an answer shows them, for groups that are sent in portions. None:
/// they are not shown.
#[must_use]
pub fn members(
    schemas: &Schemas,
    base_url: &str,
    members: &[MemberRef],
    projection: &Projection,
) -> Option<Vec<Value>> {
    let entries = members
        .iter()
        .map(|member| member_entry(base_url, member))
        .collect();
    let attribute = schemas.group().core().attribute("members");
    match projection.attribute(None, "members", attribute, entries) {
        Some(Value::Array(entries)) => Some(entries),
        _ => None,
    }
}

/// A page of a list (RFC 7644 section 3.4.2). `total` counts all matches, not the page.
#[must_use]
pub fn list(resources: Vec<Value>, total: u64, start_index: u64) -> Value {
    let mut list = list_frame(resources.len(), total, Some(start_index), None);
    list.insert("Resources".to_owned(), resources.into());
    Value::Object(list)
}

/// A page without its resources. By index it has a `start_index`; by cursor (RFC 9865 section 2) it
/// has none, and `next` leads to the next page, if there is one.
#[must_use]
pub fn list_frame(
    count: usize,
    total: u64,
    start_index: Option<u64>,
    next: Option<&str>,
) -> Map<String, Value> {
    let mut frame = Map::new();
    frame.insert("schemas".to_owned(), json!([schema_urns::LIST_RESPONSE]));
    frame.insert("totalResults".to_owned(), total.into());
    frame.extend(start_index.map(|index| ("startIndex".to_owned(), index.into())));
    frame.insert("itemsPerPage".to_owned(), count.into());
    frame.extend(next.map(|next| ("nextCursor".to_owned(), next.into())));
    frame
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
pub(crate) fn bare(resource_type: &ResourceType, document: &Document, id: &str) -> Map<String, Value> {
    let mut resource = Map::new();
    resource.insert("schemas".to_owned(), self::schemas(resource_type, document));
    resource.insert("id".to_owned(), id.into());
    resource.extend(document.iter().map(|(key, value)| (key.clone(), value.clone())));
    resource
}

/// The same without what no client is ever shown: what rules may see.
pub(crate) fn for_rules(resource_type: &ResourceType, document: &Document, id: &str) -> Map<String, Value> {
    Projection::default().apply(resource_type, bare(resource_type, document, id))
}

/// `schemas`: the core one and those of the extensions that the resource has.
pub(crate) fn schemas(resource_type: &ResourceType, document: &Document) -> Value {
    let extensions = document
        .iter()
        .filter(|(key, value)| key.contains(':') && value.is_object());
    let core = std::iter::once(resource_type.core().id.as_str());
    core.chain(extensions.map(|(urn, _)| urn.as_str()))
        .map(Value::from)
        .collect()
}

/// `schemas` is about this answer: an extension of which nothing is shown is not named (RFC 7643
/// section 3).
fn name_only_what_is_there(resource_type: &ResourceType, shown: &mut Map<String, Value>) {
    let Some(Value::Array(mut urns)) = shown.get_mut("schemas").map(Value::take) else {
        return;
    };
    let core = resource_type.core().id.as_str();
    urns.retain(|urn| {
        urn.as_str()
            .is_some_and(|urn| urn == core || shown.contains_key(urn))
    });
    if let Some(schemas) = shown.get_mut("schemas") {
        *schemas = urns.into();
    }
}

/// `meta` (RFC 7643 section 3.1).
pub(crate) fn meta(kind: ResourceKind, meta: &Meta<'_>) -> Value {
    json!({
        "resourceType": kind.name(),
        "created": time::format_ms(meta.created_ms),
        "lastModified": time::format_ms(meta.modified_ms),
        "location": location(meta.base_url, kind, meta.id),
        "version": etag(meta.version),
    })
}

fn finish(
    resource_type: &ResourceType,
    mut resource: Map<String, Value>,
    meta: &Meta<'_>,
    projection: &Projection,
) -> Value {
    resource.insert("meta".to_owned(), self::meta(resource_type.kind(), meta));
    let mut shown = projection.apply(resource_type, resource);
    name_only_what_is_there(resource_type, &mut shown);
    Value::Object(shown)
}
