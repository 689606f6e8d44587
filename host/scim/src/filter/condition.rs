//! A filter that was fitted to a resource type, and what matches it.

use scim_v2::filter::Filter;
use serde_json::Value;

use super::Subject;
use super::access::{self, Access};
use super::comparison::{Comparison, Expected, Op, is_present};
use super::entry::EntryCondition;
use super::fit::Fit;
use crate::ResourceKind;
use crate::document::get;
use crate::error::ScimError;
use crate::path::Place;
use crate::schema::ResourceType;

/// What a resource must fulfil.
#[derive(Debug, Clone)]
pub struct Condition<'s>(pub(super) Node<'s>);

#[derive(Debug, Clone)]
pub(super) enum Node<'s> {
    /// The values of an attribute are compared.
    Values {
        subject: Place<'s>,
        comparison: Comparison,
    },
    /// One entry of a multi-valued attribute fulfils a condition of its own.
    Entry {
        subject: Place<'s>,
        entry: EntryCondition,
    },
    /// The same for every resource of the kind: it has no such attribute.
    Known(bool),
    Not(Box<Node<'s>>),
    All(Vec<Node<'s>>),
    Any(Vec<Node<'s>>),
}

impl<'s> Condition<'s> {
    /// Fits a filter to a resource type.
    ///
    /// # Errors
    /// `invalidFilter` with the attribute in the detail.
    pub fn new(resource_type: &'s ResourceType, filter: &Filter) -> Result<Self, ScimError> {
        let fit = Fit {
            resource_type,
            other: None,
        };
        fit.node(filter).map(Self)
    }

    /// Fits a filter to one of the kinds of a search over both: what only `other` has, a resource of
    /// this type has no value of (RFC 7644 section 3.4.2.1).
    ///
    /// # Errors
    /// `invalidFilter` where neither has the attribute.
    pub fn among(
        resource_type: &'s ResourceType,
        other: &'s ResourceType,
        filter: &Filter,
    ) -> Result<Self, ScimError> {
        let fit = Fit {
            resource_type,
            other: Some(other),
        };
        fit.node(filter).map(Self)
    }

    /// How to find the resources that can match.
    #[must_use]
    pub fn access(&self, kind: ResourceKind) -> Access {
        access::of(kind, &self.0)
    }

    /// Whether a resource matches.
    ///
    /// # Errors
    /// A look-up of the subject's failed.
    pub fn matches<S: Subject>(&self, subject: &S) -> Result<bool, S::Error> {
        self.0.matches(subject)
    }
}

impl Node<'_> {
    fn matches<S: Subject>(&self, subject: &S) -> Result<bool, S::Error> {
        match self {
            Self::Values {
                subject: place,
                comparison,
            } => values(place, comparison, subject),
            Self::Entry {
                subject: place,
                entry,
            } => {
                if place.is_related() {
                    return subject.any_related(&mut |value| entry.matches(value));
                }
                let added;
                let found = match place.is_added() {
                    true => {
                        added = subject.added(&place.name);
                        added.as_ref()
                    }
                    false => stored(place, subject),
                };
                Ok(found.is_some_and(|value| entries(value).iter().any(|value| entry.matches(value))))
            }
            Self::Known(holds) => Ok(*holds),
            Self::Not(inner) => Ok(!inner.matches(subject)?),
            Self::All(terms) => {
                for term in terms {
                    if !term.matches(subject)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(terms) => {
                for term in terms {
                    if term.matches(subject)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }
}

fn values<S: Subject>(place: &Place<'_>, comparison: &Comparison, subject: &S) -> Result<bool, S::Error> {
    if place.is_related() {
        return related(place, comparison, subject);
    }
    if place.is_added() {
        let added = subject.added(&place.name);
        return Ok(holds(place, comparison, added.as_ref()));
    }
    Ok(holds(place, comparison, stored(place, subject)))
}

/// Members and groups are asked for by id where the filter names one, and by a walk otherwise.
fn related<S: Subject>(place: &Place<'_>, comparison: &Comparison, subject: &S) -> Result<bool, S::Error> {
    let by_id = place.sub.as_deref().is_none_or(|sub| sub == "value");
    match comparison {
        Comparison::Present if by_id => subject.has_related(),
        Comparison::Compare(Op::Equal, Expected::Exact(id)) if by_id => subject.is_related(id),
        Comparison::Differs(Expected::Exact(id)) if by_id => Ok(!subject.is_related(id)?),
        Comparison::Compare(Op::Equal, Expected::Null) if by_id => Ok(!subject.has_related()?),
        Comparison::Differs(Expected::Null) if by_id => subject.has_related(),
        // Over all entries, "differs" is the opposite of "one is equal".
        Comparison::Differs(expected) => {
            let equal = Comparison::Compare(Op::Equal, expected.clone());
            let found = subject.any_related(&mut |entry| holds(place, &equal, Some(entry)))?;
            Ok(!found)
        }
        comparison => subject.any_related(&mut |entry| holds(place, comparison, Some(entry))),
    }
}

fn stored<'v, S: Subject>(place: &Place<'_>, subject: &'v S) -> Option<&'v Value> {
    match &place.extension {
        None => subject.stored(&place.name),
        Some(urn) => get(subject.stored(urn)?.as_object()?, &place.name),
    }
}

/// `emails eq "x"` means `emails.value eq "x"`; `emails pr` asks for any part.
fn holds(place: &Place<'_>, comparison: &Comparison, value: Option<&Value>) -> bool {
    let Some(value) = value else {
        return comparison.holds_for_nothing();
    };
    if matches!(comparison, Comparison::Present) && place.sub.is_none() {
        return is_present(value);
    }
    let sub = place.sub.as_deref().unwrap_or("value");
    let mut values = entries(value)
        .iter()
        .filter_map(|entry| match entry {
            Value::Object(object) => get(object, sub),
            scalar => place.sub.is_none().then_some(scalar),
        })
        .peekable();
    match values.peek() {
        None => comparison.holds_for_nothing(),
        Some(_) => comparison.holds(values),
    }
}

fn entries(value: &Value) -> &[Value] {
    match value {
        Value::Array(entries) => entries,
        one => std::slice::from_ref(one),
    }
}
