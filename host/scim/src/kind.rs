//! The two kinds of resource that this service has.

use std::fmt;

use scim_v2::schema_urns;

/// A resource type (RFC 7643 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceKind {
    /// `/Users`, RFC 7643 section 4.1.
    User,
    /// `/Groups`, RFC 7643 section 4.2.
    Group,
}

impl ResourceKind {
    /// Every kind, in the order in which discovery lists them.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// The path segment under the base URL.
    #[must_use]
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
        }
    }

    /// The name, as in `meta.resourceType`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The URN of the core schema.
    #[must_use]
    pub const fn schema(self) -> &'static str {
        match self {
            Self::User => schema_urns::USER,
            Self::Group => schema_urns::GROUP,
        }
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
