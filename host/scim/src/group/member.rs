//! Members of a group, and changes of them.

use std::collections::HashMap;

use scim_v2::filter::{AttrExp, CompValue, CompareOp, ValFilter};
use serde_json::{Map, Value, json};

use crate::ResourceKind;
use crate::document::get;
use crate::error::ScimError;
use crate::filter::EntryCondition;
use crate::limits::{MAX_ID, MAX_MEMBERS, MAX_STRING};
use crate::schema::ResourceType;
use crate::text::quote;

/// A member as a client names it. Okta sends no `type` and no `$ref`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberInput {
    /// The user's id, as this server issued it; the server checks that it exists.
    pub value: String,
    /// What the client calls the member.
    pub display: Option<String>,
}

/// One change of a group's members.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberOp {
    /// Adds those that are not there yet.
    Add(Vec<MemberInput>),
    /// Removes these ids, and no others.
    Remove(Vec<String>),
    /// Removes those that match: only for filters that are not plain ids.
    RemoveMatching(MemberCondition),
    /// From now on these, and no others.
    Replace(Vec<MemberInput>),
    /// Removes all.
    Clear,
}

/// The filter of a `members[…]` path.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberCondition(EntryCondition);

impl MemberCondition {
    /// # Errors
    /// `invalidPath`: members have no such part.
    pub(super) fn new(groups: &ResourceType, filter: &ValFilter) -> Result<Self, ScimError> {
        EntryCondition::new(groups.core().attribute("members"), filter)
            .map(Self)
            .map_err(|error| ScimError::invalid_path(error.detail))
    }

    /// Whether it selects a member.
    #[must_use]
    pub fn matches(&self, id: &str, display: Option<&str>) -> bool {
        let mut member = json!({ "value": id, "type": ResourceKind::User.name() });
        if let (Some(member), Some(display)) = (member.as_object_mut(), display) {
            member.insert("display".to_owned(), display.into());
        }
        self.0.matches(&member)
    }
}

/// The members in a value: a list, or one alone, or null for none. Without duplicates; the first
/// stays, and takes a display name from a later one if it has none.
pub(super) fn list(value: &Value) -> Result<Vec<MemberInput>, ScimError> {
    let items = match value {
        Value::Null => &[],
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    check_count(items.len())?;
    let mut members: Vec<MemberInput> = Vec::with_capacity(items.len());
    let mut positions: HashMap<String, usize> = HashMap::with_capacity(items.len());
    for item in items.iter().filter(|item| !item.is_null()) {
        let member = member(item)?;
        match positions
            .get(&member.value)
            .and_then(|position| members.get_mut(*position))
        {
            Some(first) => first.display = first.display.take().or(member.display),
            None => {
                positions.insert(member.value.clone(), members.len());
                members.push(member);
            }
        }
    }
    Ok(members)
}

/// Bounds one request.
pub(super) fn check_count(count: usize) -> Result<(), ScimError> {
    if count > MAX_MEMBERS {
        return Err(ScimError::too_many(format!(
            "{count} members in one request; at most {MAX_MEMBERS}."
        )));
    }
    Ok(())
}

fn member(item: &Value) -> Result<MemberInput, ScimError> {
    match item {
        Value::String(id) => Ok(MemberInput {
            value: id_of(id)?,
            display: None,
        }),
        Value::Object(object) => object_member(object),
        _ => Err(ScimError::invalid_value(
            "Each of members must be an object with value, the id of a user.",
        )),
    }
}

fn object_member(object: &Map<String, Value>) -> Result<MemberInput, ScimError> {
    if let Some(Value::String(kind)) = get(object, "type")
        && !kind.eq_ignore_ascii_case(ResourceKind::User.name())
    {
        return Err(ScimError::invalid_value(format!(
            "members.type is \"{}\": only users can be members, not nested groups.",
            quote(kind)
        )));
    }
    let value = match get(object, "value") {
        Some(Value::String(id)) => id_of(id)?,
        _ => {
            return Err(ScimError::invalid_value(
                "members.value is required: the id of a user.",
            ));
        }
    };
    let display = match get(object, "display") {
        None | Some(Value::Null) => None,
        Some(Value::String(display)) if display.len() <= MAX_STRING => Some(display.clone()),
        Some(_) => {
            return Err(ScimError::invalid_value(format!(
                "members.display must be a string of at most {MAX_STRING} bytes."
            )));
        }
    };
    Ok(MemberInput { value, display })
}

fn id_of(id: &str) -> Result<String, ScimError> {
    if id.is_empty() || id.len() > MAX_ID || id.contains(char::is_control) {
        return Err(ScimError::invalid_value(format!(
            "members.value \"{}\" is not the id of a user.",
            quote(id)
        )));
    }
    Ok(id.to_owned())
}

/// The ids that a filter names, if that is all it does: `value eq "a" or value eq "b"`.
pub(super) fn ids(filter: &ValFilter) -> Option<Vec<String>> {
    match filter {
        ValFilter::Attr(AttrExp::Comparison(path, CompareOp::Eq, CompValue::Str(id)))
            if path.uri.is_none() && path.sub_attr.is_none() && path.name.eq_ignore_ascii_case("value") =>
        {
            Some(vec![id.clone()])
        }
        ValFilter::Or(terms) => terms
            .iter()
            .map(ids)
            .collect::<Option<Vec<_>>>()
            .map(|ids| ids.concat()),
        _ => None,
    }
}
