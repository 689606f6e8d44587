//! The schemas this service has (RFC 7643 sections 4, 7 and 8.7) as tables to look names up in.
//!
//! They are RFC 7643's own definitions with the few corrections of [`definitions`]; discovery
//! publishes the same definitions, so what is announced and what is enforced cannot differ.

mod attribute;
pub mod definitions;

use std::sync::LazyLock;

use scim_v2::schema_urns;

pub use attribute::{Attribute, AttributeType, Mutability, Returned};

use crate::ResourceKind;

/// One schema.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// Finds an attribute; names are case-insensitive (RFC 7643 section 2.1).
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        attribute::find(&self.attributes, name)
    }
}

static USER: LazyLock<Schema> = LazyLock::new(|| definitions::table(schema_urns::USER));
static GROUP: LazyLock<Schema> = LazyLock::new(|| definitions::table(schema_urns::GROUP));
static ENTERPRISE: LazyLock<Schema> = LazyLock::new(|| definitions::table(schema_urns::ENTERPRISE_USER));

/// The core schema of a kind, with the common attributes `id`, `externalId`, `meta` and `schemas`
/// (RFC 7643 section 3.1).
#[must_use]
pub fn core(kind: ResourceKind) -> &'static Schema {
    match kind {
        ResourceKind::User => &USER,
        ResourceKind::Group => &GROUP,
    }
}

/// The extension of a kind that has this URN, in any case (RFC 7643 section 3.3).
#[must_use]
pub fn extension(kind: ResourceKind, urn: &str) -> Option<&'static Schema> {
    let known = kind == ResourceKind::User && urn.eq_ignore_ascii_case(schema_urns::ENTERPRISE_USER);
    known.then(|| &*ENTERPRISE)
}
