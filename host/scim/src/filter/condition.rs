//! A filter that fits a resource type: names are found, comparisons are made ready.
//!
//! An attribute that no schema has is a typing error: answered with an empty list it would look
//! like "no such user", and Okta would create the person a second time. So it is a 400 by name.

use scim_v2::filter::{AttrExp, AttrPath, Filter, ValuePath};
use serde_json::Value;

use super::Subject;
use super::access::{self, Access};
use super::comparison::{Comparison, Expected, Op, is_present};
use super::entry::{EntryCondition, path_of};
use crate::ResourceKind;
use crate::document::get;
use crate::error::ScimError;
use crate::path::{self, Place, Target};
use crate::schema::{Attribute, ResourceType};
use crate::text::quote;

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
    /// An attribute that resources of this kind do not have, and of another kind do.
    Absent(Absent),
    Not(Box<Node<'s>>),
    All(Vec<Node<'s>>),
    Any(Vec<Node<'s>>),
}

/// Whether a comparison holds for what has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Absent {
    pub(super) holds: bool,
}

impl<'s> Condition<'s> {
    /// Fits a filter to a resource type.
    ///
    /// # Errors
    /// `invalidFilter` with the attribute in the detail.
    pub fn new(resource_type: &'s ResourceType, filter: &Filter) -> Result<Self, ScimError> {
        node(resource_type, &[], filter).map(Self)
    }

    /// Fits a filter that is asked of several types at once: an attribute that one of the others has
    /// is an attribute without a value here (RFC 7644 section 3.4.2.1).
    ///
    /// # Errors
    /// `invalidFilter`: no type has the attribute.
    pub fn among(
        resource_type: &'s ResourceType,
        others: &[&'s ResourceType],
        filter: &Filter,
    ) -> Result<Self, ScimError> {
        node(resource_type, others, filter).map(Self)
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

fn node<'s>(
    resource_type: &'s ResourceType,
    others: &[&'s ResourceType],
    filter: &Filter,
) -> Result<Node<'s>, ScimError> {
    let each = |terms: &[Filter]| -> Result<Vec<_>, ScimError> {
        terms
            .iter()
            .map(|term| node(resource_type, others, term))
            .collect()
    };
    if let Filter::Attr(_) | Filter::ValuePath(_) = filter {
        let here = term(resource_type, filter);
        let elsewhere = || others.iter().find_map(|other| term(other, filter).ok());
        return here.or_else(|error| elsewhere().map(|node| node.absent()).ok_or(error));
    }
    Ok(match filter {
        Filter::Not(inner) => Node::Not(Box::new(node(resource_type, others, inner)?)),
        Filter::And(terms) => Node::All(each(terms)?),
        Filter::Or(terms) => Node::Any(each(terms)?),
        Filter::Attr(_) | Filter::ValuePath(_) => term(resource_type, filter)?,
    })
}

/// One comparison, or one list of entries with a condition of theirs.
fn term<'s>(resource_type: &'s ResourceType, filter: &Filter) -> Result<Node<'s>, ScimError> {
    Ok(match filter {
        Filter::Attr(expression) => {
            let subject = place(resource_type, path_of(expression))?;
            let comparison = Comparison::new(compared(&subject, expression), expression)?;
            Node::Values { subject, comparison }
        }
        Filter::ValuePath(ValuePath { attr, filter }) => {
            let subject = place(resource_type, attr)?;
            if let Some(attribute) = subject.attribute
                && attribute.sub_attributes.is_empty()
            {
                return Err(ScimError::invalid_filter(format!(
                    "{} has no parts to filter by.",
                    attribute.name
                )));
            }
            let entry = EntryCondition::new(subject.attribute, filter)?;
            Node::Entry { subject, entry }
        }
        Filter::Not(_) | Filter::And(_) | Filter::Or(_) => node(resource_type, &[], filter)?,
    })
}

fn place<'s>(resource_type: &'s ResourceType, path: &AttrPath) -> Result<Place<'s>, ScimError> {
    match path::resolve(resource_type, path, None) {
        Some(Target::Attribute(place)) => Ok(place),
        _ => Err(ScimError::invalid_filter(format!(
            "{} has no attribute \"{}\".",
            resource_type.name(),
            quote(&path.to_string())
        ))),
    }
}

/// The attribute whose values are compared: of a complex one its `value`. `pr` asks for the whole.
fn compared<'s>(place: &Place<'s>, expression: &AttrExp) -> Option<&'s Attribute> {
    let attribute = place.attribute?;
    match (&place.sub, expression) {
        (Some(sub), _) => attribute.sub_attribute(sub),
        (None, AttrExp::Present(_)) => Some(attribute),
        (None, _) => Some(attribute.sub_attribute("value").unwrap_or(attribute)),
    }
}

impl Node<'_> {
    /// The same of a resource that has no such attribute.
    fn absent(&self) -> Self {
        let holds = match self {
            Self::Values { comparison, .. } => comparison.holds_for_nothing(),
            _ => false,
        };
        Self::Absent(Absent { holds })
    }

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
            Self::Absent(absent) => Ok(absent.holds),
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
