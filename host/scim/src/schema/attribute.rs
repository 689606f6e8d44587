//! One attribute's characteristics (RFC 7643 section 2.2).

use std::borrow::Cow;

use scim_v2::models::scim_schema::{Attributes, SubAttributes};

use crate::text::fold;

/// The type of an attribute's value (RFC 7643 section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeType {
    /// A JSON string.
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// An `xsd:dateTime`.
    DateTime,
    /// Base 64.
    Binary,
    /// A URI.
    Reference,
    /// A set of sub-attributes.
    Complex,
}

/// Who may change an attribute, and when (RFC 7643 section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// The server only.
    ReadOnly,
    /// Anyone, any time.
    ReadWrite,
    /// Set once.
    Immutable,
    /// Taken, never given.
    WriteOnly,
}

/// When an attribute is in an answer (RFC 7643 section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// In every answer, also when it was excluded.
    Always,
    /// In none.
    Never,
    /// Unless it was excluded.
    Default,
    /// Only when it was asked for.
    Request,
}

/// Whether two resources of a kind may share a value (RFC 7643 section 7). `global` counts as
/// `server`: there is no wider place that this service could look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// They may.
    None,
    /// No two in one app.
    Server,
}

/// One attribute or sub-attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name in the schema's spelling.
    pub name: String,
    /// The type of the value, or of each value.
    pub kind: AttributeType,
    /// Whether it is a list.
    pub multi_valued: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether case matters when it is compared.
    pub case_exact: bool,
    /// Who may change it.
    pub mutability: Mutability,
    /// When it is returned.
    pub returned: Returned,
    /// Whether a value may stand in two resources.
    pub uniqueness: Uniqueness,
    /// The parts, if it is complex.
    pub sub_attributes: Vec<Attribute>,
}

impl Attribute {
    /// Finds a sub-attribute; names are case-insensitive.
    #[must_use]
    pub fn sub_attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.sub_attributes, name)
    }

    /// Whether only the server sets it.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.mutability == Mutability::ReadOnly
    }

    /// Whether it, or a part of it, is left out of an answer that was not asked for it.
    pub(crate) fn hides(&self) -> bool {
        matches!(self.returned, Returned::Never | Returned::Request)
            || self.sub_attributes.iter().any(Self::hides)
    }

    /// How a value of it is compared: as it is, or by its [`fold`](crate::fold).
    #[must_use]
    pub fn comparable<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.case_exact {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(fold(text))
        }
    }
}

pub(super) fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes
        .iter()
        .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

impl From<&Attributes> for Attribute {
    fn from(definition: &Attributes) -> Self {
        Self {
            name: definition.name.clone(),
            kind: kind(&definition.r#type),
            multi_valued: definition.multi_valued,
            required: definition.required.unwrap_or(false),
            case_exact: case_exact(&definition.r#type, definition.case_exact),
            mutability: mutability(definition.mutability.as_deref()),
            returned: returned(definition.returned.as_deref()),
            uniqueness: uniqueness(definition.uniqueness.as_deref()),
            sub_attributes: definition
                .sub_attributes
                .as_slice()
                .iter()
                .map(Self::from)
                .collect(),
        }
    }
}

impl From<&SubAttributes> for Attribute {
    fn from(definition: &SubAttributes) -> Self {
        Self {
            name: definition.name.clone(),
            kind: kind(&definition.r#type),
            multi_valued: definition.multi_valued,
            required: definition.required.unwrap_or(false),
            case_exact: case_exact(&definition.r#type, definition.case_exact),
            mutability: mutability(definition.mutability.as_deref()),
            returned: returned(definition.returned.as_deref()),
            uniqueness: uniqueness(definition.uniqueness.as_deref()),
            sub_attributes: Vec::new(),
        }
    }
}

fn kind(text: &str) -> AttributeType {
    match text {
        "boolean" => AttributeType::Boolean,
        "decimal" => AttributeType::Decimal,
        "integer" => AttributeType::Integer,
        "dateTime" => AttributeType::DateTime,
        "binary" => AttributeType::Binary,
        "reference" => AttributeType::Reference,
        "complex" => AttributeType::Complex,
        _ => AttributeType::String,
    }
}

fn mutability(text: Option<&str>) -> Mutability {
    match text {
        Some("readOnly") => Mutability::ReadOnly,
        Some("immutable") => Mutability::Immutable,
        Some("writeOnly") => Mutability::WriteOnly,
        _ => Mutability::ReadWrite,
    }
}

fn returned(text: Option<&str>) -> Returned {
    match text {
        Some("always") => Returned::Always,
        Some("never") => Returned::Never,
        Some("request") => Returned::Request,
        _ => Returned::Default,
    }
}

fn uniqueness(text: Option<&str>) -> Uniqueness {
    match text {
        Some("server" | "global") => Uniqueness::Server,
        _ => Uniqueness::None,
    }
}

/// References and binary values are exact whatever is left unsaid (RFC 7643 sections 2.3.6, 2.3.7).
fn case_exact(kind: &str, stated: Option<bool>) -> bool {
    stated.unwrap_or(matches!(kind, "reference" | "binary"))
}
