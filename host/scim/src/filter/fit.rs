//! Fitting a filter to a resource type: names are found, comparisons are made ready.
//!
//! An attribute that no schema has is a typing error: answered with an empty list it would look
//! like "no such user", and Okta would create the person a second time. So it is a 400 by name.

use scim_v2::filter::{AttrExp, AttrPath, Filter, ValuePath};

use super::comparison::Comparison;
use super::condition::Node;
use super::entry::{EntryCondition, path_of};
use crate::error::ScimError;
use crate::path::{self, Place, Target};
use crate::schema::{Attribute, ResourceType};
use crate::text::quote;

/// What a filter is fitted to.
pub(super) struct Fit<'s> {
    pub(super) resource_type: &'s ResourceType,
    /// The other kind of a search over both: its attributes are known, and have no values here.
    pub(super) other: Option<&'s ResourceType>,
}

/// Where an attribute is.
enum Found<'s> {
    Here(Place<'s>),
    OfTheOther(Place<'s>),
}

impl<'s> Found<'s> {
    fn place(&self) -> &Place<'s> {
        match self {
            Self::Here(place) | Self::OfTheOther(place) => place,
        }
    }
}

impl<'s> Fit<'s> {
    pub(super) fn node(&self, filter: &Filter) -> Result<Node<'s>, ScimError> {
        let each = |terms: &[Filter]| -> Result<Vec<_>, ScimError> {
            terms.iter().map(|term| self.node(term)).collect()
        };
        Ok(match filter {
            Filter::Attr(expression) => {
                let found = self.find(path_of(expression))?;
                let comparison = Comparison::new(compared(found.place(), expression), expression)?;
                match found {
                    Found::Here(subject) => Node::Values { subject, comparison },
                    Found::OfTheOther(_) => Node::Known(comparison.holds_for_nothing()),
                }
            }
            Filter::ValuePath(ValuePath { attr, filter }) => {
                let found = self.find(attr)?;
                let attribute = found.place().attribute;
                if let Some(attribute) = attribute.filter(|attribute| attribute.sub_attributes.is_empty()) {
                    return Err(ScimError::invalid_filter(format!(
                        "{} has no parts to filter by.",
                        attribute.name
                    )));
                }
                let entry = EntryCondition::new(attribute, filter)?;
                match found {
                    Found::Here(subject) => Node::Entry { subject, entry },
                    Found::OfTheOther(_) => Node::Known(false),
                }
            }
            Filter::Not(inner) => match self.node(inner)? {
                Node::Known(holds) => Node::Known(!holds),
                inner => Node::Not(Box::new(inner)),
            },
            Filter::And(terms) => joined(each(terms)?, false, Node::All),
            Filter::Or(terms) => joined(each(terms)?, true, Node::Any),
        })
    }

    fn find(&self, path: &AttrPath) -> Result<Found<'s>, ScimError> {
        let place = |resource_type: &'s ResourceType| match path::resolve(resource_type, path, None) {
            Some(Target::Attribute(place)) => Some(place),
            _ => None,
        };
        place(self.resource_type)
            .map(Found::Here)
            .or_else(|| self.other.and_then(place).map(Found::OfTheOther))
            .ok_or_else(|| {
                let name = quote(&path.to_string()).to_string();
                ScimError::invalid_filter(match self.other {
                    None => format!("{} has no attribute \"{name}\".", self.resource_type.name()),
                    Some(_) => format!("No resource type has an attribute \"{name}\"."),
                })
            })
    }
}

/// An `and` or `or` without what is known of it: one term may decide it, and the others do not
/// matter. So an index still serves what is left, and nothing is read where nothing can match.
fn joined<'s>(terms: Vec<Node<'s>>, decides: bool, join: impl Fn(Vec<Node<'s>>) -> Node<'s>) -> Node<'s> {
    let decided = |term: &Node<'_>| matches!(term, Node::Known(holds) if *holds == decides);
    if terms.iter().any(decided) {
        return Node::Known(decides);
    }
    let mut open = terms;
    open.retain(|term| !matches!(term, Node::Known(_)));
    match open.len() {
        0 => Node::Known(!decides),
        1 => open.pop().unwrap_or(Node::Known(!decides)),
        _ => join(open),
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
