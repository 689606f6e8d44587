//! Which indexes narrow a filter down.
//!
//! An index is used only where every match is among what it finds. Of the terms of an `and` the
//! one that finds least is taken; of an `or` all terms are, or none.

use std::ops::Bound;

use scim_v2::ScimDateTime;

use super::comparison::{Comparison, Expected, Op};
use super::condition::Node;
use super::entry::EntryCondition;
use crate::ResourceKind;
use crate::path::Place;
use crate::schema::{self, Uniqueness};
use crate::time;

/// Terms of an `or` that are looked up one by one; with more, reading everything is as quick.
const MOST_LOOKUPS: usize = 200;

/// From where to where, in the order of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range<T> {
    /// The smallest.
    pub from: Bound<T>,
    /// The largest.
    pub to: Bound<T>,
}

/// Something that the store has an index for. Names and addresses are [`fold`]ed, ids are exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// `id`.
    Id(String),
    /// `userName`, of users.
    UserName(String),
    /// A unique attribute of an extension, by the name that the store knows it by.
    Unique {
        /// As in [`UniqueValue`](crate::schema::UniqueValue).
        attribute: String,
        /// In the form in which it is compared.
        value: String,
    },
    /// `externalId`.
    ExternalId(String),
    /// `displayName`.
    DisplayName(String),
    /// Any of `emails.value`, of users.
    Email(String),
    /// `userName` between two names, of users.
    UserNames(Range<String>),
    /// `displayName` between two names.
    DisplayNames(Range<String>),
    /// Users in the group, or groups with the user, of this id.
    Related(String),
    /// `meta.lastModified` between two times, in milliseconds since 1970.
    Modified(Range<i64>),
    /// Users that are not active.
    Inactive,
}

/// How to find the resources that a filter can match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// No index helps: look at all.
    Everything,
    /// Every match is found by at least one of these.
    Lookups {
        /// None: nothing can match.
        any: Vec<Lookup>,
        /// Whether everything that is found is a match.
        exact: bool,
    },
}

impl Lookup {
    /// How much it may find, as a rank: less first.
    fn cost(&self) -> u8 {
        match self {
            Self::Id(_) => 0,
            Self::UserName(_) => 1,
            Self::Unique { .. } => 2,
            Self::ExternalId(_) => 3,
            Self::Email(_) => 4,
            Self::DisplayName(_) => 5,
            Self::UserNames(_) | Self::DisplayNames(_) => 6,
            Self::Related(_) => 7,
            Self::Modified(_) => 8,
            Self::Inactive => 9,
        }
    }

    /// Whether it finds a handful at most: its values tell resources apart.
    #[must_use]
    pub fn finds_few(&self) -> bool {
        self.cost() <= Self::Email(String::new()).cost()
    }
}

impl Access {
    /// A number of lookups, each as dear as the dearest of them.
    fn cost(&self) -> u8 {
        match self {
            Self::Everything => u8::MAX,
            Self::Lookups { any, .. } => any.iter().map(Lookup::cost).max().unwrap_or(0),
        }
    }
}

pub(super) fn of(kind: ResourceKind, node: &Node<'_>) -> Access {
    match node {
        Node::Values { subject, comparison } => values(kind, subject, comparison),
        Node::Entry { subject, entry } => entry_access(kind, subject, entry),
        Node::Absent(absent) if !absent.holds => Access::Lookups {
            any: Vec::new(),
            exact: true,
        },
        Node::Absent(_) | Node::Not(_) => Access::Everything,
        Node::All(terms) => {
            let best = terms.iter().map(|term| of(kind, term)).min_by_key(Access::cost);
            match best {
                Some(Access::Lookups { any, .. }) => Access::Lookups { any, exact: false },
                _ => Access::Everything,
            }
        }
        Node::Any(terms) => union(terms.iter().map(|term| of(kind, term))),
    }
}

fn union(terms: impl Iterator<Item = Access>) -> Access {
    let (mut all, mut all_exact) = (Vec::new(), true);
    for term in terms {
        let Access::Lookups { any, exact } = term else {
            return Access::Everything;
        };
        all.extend(any);
        all_exact &= exact;
        if all.len() > MOST_LOOKUPS {
            return Access::Everything;
        }
    }
    Access::Lookups {
        any: all,
        exact: all_exact,
    }
}

/// The `value eq "x"` that every matching entry fulfils, and whether nothing else is asked.
fn entry_access(kind: ResourceKind, subject: &Place<'_>, entry: &EntryCondition) -> Access {
    if subject.sub.is_some() {
        return Access::Everything;
    }
    match entry {
        EntryCondition::Part { name, comparison } if name == "value" => values(kind, subject, comparison),
        EntryCondition::All(terms) => {
            let of = |term| entry_access(kind, subject, term);
            match terms.iter().map(of).min_by_key(Access::cost) {
                Some(Access::Lookups { any, .. }) => Access::Lookups { any, exact: false },
                _ => Access::Everything,
            }
        }
        EntryCondition::Any(terms) => union(terms.iter().map(|term| entry_access(kind, subject, term))),
        EntryCondition::Part { .. } | EntryCondition::Not(_) => Access::Everything,
    }
}

fn values(kind: ResourceKind, subject: &Place<'_>, comparison: &Comparison) -> Access {
    let Comparison::Compare(op, expected) = comparison else {
        return Access::Everything;
    };
    match lookup(kind, subject, *op, expected) {
        // Times are kept in milliseconds, and a filter may be finer.
        Some(lookup @ Lookup::Modified(_)) => Access::Lookups {
            any: vec![lookup],
            exact: false,
        },
        Some(lookup) => Access::Lookups {
            any: vec![lookup],
            exact: true,
        },
        None => Access::Everything,
    }
}

fn lookup(kind: ResourceKind, subject: &Place<'_>, op: Op, expected: &Expected) -> Option<Lookup> {
    if let Some(urn) = &subject.extension {
        return unique(urn, subject, op, expected);
    }
    let of_value = subject.sub.as_deref().is_none_or(|sub| sub == "value");
    match (subject.name.as_str(), kind, expected) {
        ("id", _, Expected::Exact(id)) if op == Op::Equal => Some(Lookup::Id(id.clone())),
        ("externalId", _, Expected::Exact(id)) if op == Op::Equal => Some(Lookup::ExternalId(id.clone())),
        ("userName", ResourceKind::User, Expected::Folded(name)) => match op {
            Op::Equal => Some(Lookup::UserName(name.clone())),
            op => names(op, name).map(Lookup::UserNames),
        },
        ("displayName", _, Expected::Folded(name)) => match op {
            Op::Equal => Some(Lookup::DisplayName(name.clone())),
            op => names(op, name).map(Lookup::DisplayNames),
        },
        ("emails", ResourceKind::User, Expected::Folded(email)) if of_value && op == Op::Equal => {
            Some(Lookup::Email(email.clone()))
        }
        ("members", ResourceKind::Group, Expected::Exact(id))
        | ("groups", ResourceKind::User, Expected::Exact(id))
            if of_value && op == Op::Equal =>
        {
            Some(Lookup::Related(id.clone()))
        }
        ("active", ResourceKind::User, Expected::Bool(false)) if op == Op::Equal => Some(Lookup::Inactive),
        ("meta", _, Expected::Time(at)) if subject.sub.as_deref() == Some("lastModified") => {
            times(op, at).map(Lookup::Modified)
        }
        _ => None,
    }
}

/// What is unique is indexed: that is how it is kept unique.
fn unique(urn: &str, subject: &Place<'_>, op: Op, expected: &Expected) -> Option<Lookup> {
    let attribute = subject
        .attribute
        .filter(|attribute| attribute.uniqueness == Uniqueness::Server)?;
    let value = match expected {
        Expected::Exact(text) | Expected::Folded(text) => text.clone(),
        // 1 and 1.0 are equal, and two texts.
        Expected::Number(number) if number.is_i64() => number.to_string(),
        _ => return None,
    };
    (op == Op::Equal && subject.sub.is_none()).then(|| Lookup::Unique {
        attribute: schema::unique_name(urn, &attribute.name),
        value,
    })
}

fn names(op: Op, name: &str) -> Option<Range<String>> {
    let (from, to) = match op {
        Op::Greater => (Bound::Excluded(name.to_owned()), Bound::Unbounded),
        Op::AtLeast => (Bound::Included(name.to_owned()), Bound::Unbounded),
        Op::Less => (Bound::Unbounded, Bound::Excluded(name.to_owned())),
        Op::AtMost => (Bound::Unbounded, Bound::Included(name.to_owned())),
        Op::Starts if !name.is_empty() => {
            let to = after_prefix(name).map_or(Bound::Unbounded, Bound::Excluded);
            (Bound::Included(name.to_owned()), to)
        }
        _ => return None,
    };
    Some(Range { from, to })
}

/// The smallest text that is greater than all that begin with a prefix.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut end: Vec<char> = prefix.chars().collect();
    while let Some(last) = end.pop() {
        // The code points between are no characters.
        let next = if last == '\u{D7FF}' {
            Some('\u{E000}')
        } else {
            char::from_u32(u32::from(last) + 1)
        };
        if let Some(next) = next {
            end.push(next);
            return Some(end.into_iter().collect());
        }
    }
    None
}

/// A time without an offset is compared within a day of doubt: no index for it.
fn times(op: Op, at: &ScimDateTime) -> Option<Range<i64>> {
    let ms = at.has_offset().then(|| time::parse_ms(at.as_str()))??;
    // Rounded outwards: the condition itself has the last word.
    let (from, to) = match op {
        Op::Equal => (Bound::Included(ms), Bound::Included(ms.saturating_add(1))),
        Op::Greater | Op::AtLeast => (Bound::Included(ms), Bound::Unbounded),
        Op::Less | Op::AtMost => (Bound::Unbounded, Bound::Included(ms.saturating_add(1))),
        _ => return None,
    };
    Some(Range { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_before_the_next_text() {
        assert_eq!(after_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(after_prefix("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(after_prefix("\u{10FFFF}"), None);
    }
}
