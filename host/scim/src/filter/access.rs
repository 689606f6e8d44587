//! Which index narrows a filter down.

use scim_v2::filter::{AttrExp, CompValue, CompareOp, Filter, ValFilter, ValuePath};

use crate::ResourceKind;
use crate::path::{self, Place, Target};

/// An equality that the store has an index for. `UserName`, `DisplayName` and `Email` are compared
/// by their [`fold`](crate::fold), the ids exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// `id`.
    Id(String),
    /// `userName`, of users.
    UserName(String),
    /// `externalId`.
    ExternalId(String),
    /// `displayName`.
    DisplayName(String),
    /// Any of `emails.value`, of users.
    Email(String),
}

/// How to find the resources that a filter can match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    /// Every match has this; none: look at all.
    pub lookup: Option<Lookup>,
    /// Whether everything that the lookup finds is a match. Never with `member`.
    pub exact: bool,
    /// Every matching group has this user as a member (`members eq "id"`), so the search can start
    /// at the user's groups. Entra asks for memberships so.
    pub member: Option<String>,
}

/// Finds an index for a filter. Only terms that every match must fulfil count: the filter itself or
/// the terms of an `and`, never what is under `or` or `not`.
#[must_use]
pub fn access(kind: ResourceKind, filter: &Filter) -> Access {
    let mut access = Access::default();
    match filter {
        Filter::And(terms) => {
            for term in terms {
                narrow(kind, term, &mut access);
            }
            access.exact = false;
        }
        term => narrow(kind, term, &mut access),
    }
    access
}

/// Whether matching needs attributes that are no part of the stored document: `members` of a group,
/// `groups` of a user. To be loaded even if the client does not want to see them.
#[must_use]
pub fn needs(kind: ResourceKind, filter: &Filter) -> bool {
    let name = match kind {
        ResourceKind::User => "groups",
        ResourceKind::Group => "members",
    };
    match filter {
        Filter::Attr(AttrExp::Present(path) | AttrExp::Comparison(path, ..))
        | Filter::ValuePath(ValuePath { attr: path, .. }) => path.name.eq_ignore_ascii_case(name),
        Filter::Not(inner) => needs(kind, inner),
        Filter::And(terms) | Filter::Or(terms) => terms.iter().any(|term| needs(kind, term)),
    }
}

fn narrow(kind: ResourceKind, term: &Filter, access: &mut Access) {
    match term {
        Filter::Attr(AttrExp::Comparison(path, CompareOp::Eq, CompValue::Str(value))) => {
            let Some(Target::Attribute(place)) = path::resolve(kind, path, None) else {
                return;
            };
            offer(kind, &place, value, true, access);
        }
        Filter::ValuePath(ValuePath { attr, filter }) => {
            let Some(Target::Attribute(place)) = path::resolve(kind, attr, None) else {
                return;
            };
            if let (None, Some((value, alone))) = (&place.sub, entry_value(filter)) {
                offer(kind, &place, value, alone, access);
            }
        }
        _ => {}
    }
}

/// The `value eq "x"` that every matching entry fulfils, and whether nothing else is asked.
fn entry_value(filter: &ValFilter) -> Option<(&str, bool)> {
    match filter {
        ValFilter::Attr(AttrExp::Comparison(path, CompareOp::Eq, CompValue::Str(value))) => {
            let plain =
                path.uri.is_none() && path.sub_attr.is_none() && path.name.eq_ignore_ascii_case("value");
            plain.then_some((value.as_str(), true))
        }
        ValFilter::And(terms) => terms
            .iter()
            .find_map(entry_value)
            .map(|(value, _)| (value, false)),
        _ => None,
    }
}

fn offer(kind: ResourceKind, place: &Place, value: &str, alone: bool, access: &mut Access) {
    if place.extension.is_some() {
        return;
    }
    let value = value.to_owned();
    let sub_is_value = place.sub.as_deref().is_none_or(|sub| sub == "value");
    let lookup = match (kind, place.name.as_str()) {
        (_, "id") => Lookup::Id(value),
        (ResourceKind::User, "userName") => Lookup::UserName(value),
        (_, "externalId") => Lookup::ExternalId(value),
        (_, "displayName") => Lookup::DisplayName(value),
        (ResourceKind::User, "emails") if sub_is_value => Lookup::Email(value),
        (ResourceKind::Group, "members") if sub_is_value => {
            access.member.get_or_insert(value);
            return;
        }
        _ => return,
    };
    if access
        .lookup
        .as_ref()
        .is_none_or(|before| cost(&lookup) < cost(before))
    {
        access.lookup = Some(lookup);
        access.exact = alone;
    }
}

/// How many resources a lookup may find: fewer first.
fn cost(lookup: &Lookup) -> u8 {
    match lookup {
        Lookup::Id(_) => 0,
        Lookup::UserName(_) => 1,
        Lookup::ExternalId(_) => 2,
        Lookup::Email(_) => 3,
        Lookup::DisplayName(_) => 4,
    }
}
