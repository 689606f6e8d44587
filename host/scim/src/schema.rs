//! The schemas of an app (RFC 7643 sections 4, 7 and 8.7) as tables to look names up in.
//!
//! They are RFC 7643's own definitions with the few corrections of [`definitions`], and the
//! extensions that an administrator registered. Discovery publishes the definitions that the
//! tables are made from, so what is announced and what is enforced cannot differ.

mod attribute;
pub mod definitions;
mod registered;
mod resource_type;

use std::sync::LazyLock;

use scim_v2::models::scim_schema::Schema as Definition;
use scim_v2::schema_urns;

pub use attribute::{Attribute, AttributeType, Mutability, Returned, Uniqueness};
pub use registered::{Problem, Registered};
pub use resource_type::{Extension, ResourceType, UniqueValue};
pub(crate) use resource_type::{Hidden, unique_name};

use crate::ResourceKind;

/// One schema.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// Its attributes; of a core schema also the common ones (RFC 7643 section 3.1).
    pub attributes: Vec<Attribute>,
    definition: Definition,
}

impl Schema {
    /// Finds an attribute; names are case-insensitive (RFC 7643 section 2.1).
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        attribute::find(&self.attributes, name)
    }

    /// The document that `/Schemas` publishes, without `meta`.
    pub(crate) fn definition(&self) -> &Definition {
        &self.definition
    }

    fn new(definition: Definition, common: Vec<Attribute>) -> Self {
        let own = definition.attributes.iter().map(Attribute::from);
        Self {
            id: definition.id.clone(),
            attributes: own.chain(common).collect(),
            definition,
        }
    }
}

/// All schemas of one app.
#[derive(Debug, Clone)]
pub struct Schemas {
    user: ResourceType,
    group: ResourceType,
}

static STANDARD: LazyLock<Schemas> = LazyLock::new(|| Schemas::with(&[]));

impl Schemas {
    /// What every app has: User, Group, and the enterprise extension of users.
    #[must_use]
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// The same with extensions that an administrator registered.
    #[must_use]
    pub fn with(registered: &[Registered]) -> Self {
        let of = |kind: ResourceKind| {
            registered
                .iter()
                .filter(move |registered| registered.kinds.contains(&kind))
                .map(Registered::extension)
        };
        let enterprise = Extension {
            schema: Schema::new(definitions::one(schema_urns::ENTERPRISE_USER), Vec::new()),
            required: false,
        };
        let user = std::iter::once(enterprise).chain(of(ResourceKind::User));
        Self {
            user: ResourceType::new(ResourceKind::User, user.collect()),
            group: ResourceType::new(ResourceKind::Group, of(ResourceKind::Group).collect()),
        }
    }

    /// The resource type of a kind.
    #[must_use]
    pub fn of(&self, kind: ResourceKind) -> &ResourceType {
        match kind {
            ResourceKind::User => &self.user,
            ResourceKind::Group => &self.group,
        }
    }

    /// Users.
    #[must_use]
    pub fn user(&self) -> &ResourceType {
        &self.user
    }

    /// Groups.
    #[must_use]
    pub fn group(&self) -> &ResourceType {
        &self.group
    }

    /// Every schema once, in the order in which discovery lists them.
    pub(crate) fn all(&self) -> Vec<&Schema> {
        let mut all = vec![self.user.core(), self.group.core()];
        let extensions = self.user.extensions().iter().chain(self.group.extensions());
        for Extension { schema, .. } in extensions {
            if !all.iter().any(|known| known.id.eq_ignore_ascii_case(&schema.id)) {
                all.push(schema);
            }
        }
        all
    }
}
