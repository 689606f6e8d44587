//! Groups (RFC 7643 section 4.2).
//!
//! Members are no part of a group's document: they are a table of their own, and a change of them
//! is a delta, so that one more member costs the same in a group of ten and of a hundred thousand.

mod member;
mod patch;

use serde_json::Value;

pub use member::{MemberCondition, MemberInput, MemberOp};
pub use patch::{GroupPatch, patch};

use crate::ResourceKind;
use crate::canonical;
use crate::document::{Document, check_size, from_body, get, text};
use crate::error::ScimError;
use crate::present;
use crate::rules;
use crate::schema::Schemas;
use crate::user::{check_external_id, check_name};
use crate::view::GroupView;

/// A group as a POST or PUT gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupInput {
    /// The group without members.
    pub document: Document,
    /// The members, without duplicates. None: the request said nothing of them, so those that are
    /// there stay. `[]` and `null` say that there are none.
    pub members: Option<Vec<MemberInput>>,
}

/// The parts of a group that the store indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKeys {
    /// `displayName` as sent; unique by its [`fold`](crate::fold).
    pub display_name: String,
    /// `externalId`, compared exactly.
    pub external_id: Option<String>,
}

/// The group in a POST (RFC 7644 section 3.3).
///
/// # Errors
/// `invalidSyntax`, `invalidValue` with the attribute in the detail, or `tooMany`.
pub fn create(schemas: &Schemas, body: &Value) -> Result<GroupInput, ScimError> {
    let document = from_body(schemas.group(), body)?;
    check(schemas, None, &document)?;
    let members = members(body)?;
    Ok(GroupInput { document, members })
}

/// The group in a PUT (RFC 7644 section 3.5.1): absent attributes go, absent members stay.
///
/// A custom app of Okta sends the whole group with all its members every time; a client that leaves
/// `members` out speaks of the name, and must not empty the group by that.
///
/// # Errors
/// As [`create`].
pub fn replace(schemas: &Schemas, current: &Document, body: &Value) -> Result<GroupInput, ScimError> {
    let mut document = from_body(schemas.group(), body)?;
    rules::keep_immutable(schemas.group(), current, &mut document);
    check_size(&document)?;
    check(schemas, Some(current), &document)?;
    let members = members(body)?;
    Ok(GroupInput { document, members })
}

/// By its plain name or under the core schema's URN, as every attribute.
fn members(body: &Value) -> Result<Option<Vec<MemberInput>>, ScimError> {
    let body = body.as_object();
    let plain = body.and_then(|body| get(body, "members"));
    let qualified = || {
        let urn = body.and_then(|body| get(body, ResourceKind::Group.schema()))?;
        get(urn.as_object()?, "members")
    };
    plain.or_else(qualified).map(member::list).transpose()
}

fn check(schemas: &Schemas, current: Option<&Document>, document: &Document) -> Result<(), ScimError> {
    check_name(document, "displayName")?;
    check_external_id(document)?;
    rules::check(schemas.group(), current, document)
}

/// What the store indexes.
#[must_use]
pub fn keys(document: &Document) -> GroupKeys {
    GroupKeys {
        display_name: text(document, "displayName").unwrap_or_default(),
        external_id: text(document, "externalId"),
    }
}

/// The group as the rules see it.
#[must_use]
pub fn view(schemas: &Schemas, document: &Document, id: &str) -> GroupView {
    GroupView {
        id: id.to_owned(),
        external_id: text(document, "externalId"),
        display_name: text(document, "displayName").unwrap_or_default(),
        raw: canonical::object_to_string(&present::for_rules(schemas.group(), document, id)),
    }
}
