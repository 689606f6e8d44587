//! RFC 7643's schema definitions, corrected where this service does otherwise.
//!
//! Okta's "Import user schema" and entitlement discovery read these and believe them, so they say
//! what is stored and enforced, not what the RFC's example says.

use scim_v2::Asserted;
use scim_v2::models::scim_schema::{Attributes, Meta, Schema as Definition, SubAttributes, get_schemas};
use scim_v2::schema_urns;

use super::{Attribute, AttributeType, Mutability, Returned, Uniqueness};

/// The definition of one schema as it is published: User, Group, or the enterprise extension.
#[must_use]
pub fn one(urn: &str) -> Definition {
    // The texts are compiled into `scim_v2`: a failure to read them is found by the test below.
    let all = get_schemas(vec!["user", "group", "enterprise_user"]).unwrap_or_default();
    let found = all.into_iter().find(|definition| definition.id == urn);
    let mut definition = found.unwrap_or_else(|| empty(urn));
    definition.schemas = vec![schema_urns::SCHEMA.to_owned()];
    correct(&mut definition);
    definition
}

fn empty(urn: &str) -> Definition {
    Definition {
        schemas: Vec::new(),
        id: urn.to_owned(),
        name: None,
        description: None,
        attributes: Vec::new(),
        meta: Meta::default(),
    }
}

fn correct(definition: &mut Definition) {
    match definition.id.as_str() {
        // Passwords are taken and forgotten: an attribute that cannot be set is not announced.
        schema_urns::USER => {
            definition
                .attributes
                .retain(|attribute| attribute.name != "password");
            // Every user here has it, and it cannot be taken away; a create may leave it out.
            definition.attributes.iter_mut().for_each(correct_user);
        }
        schema_urns::GROUP => definition.attributes.iter_mut().for_each(correct_group),
        schema_urns::ENTERPRISE_USER => definition.attributes.iter_mut().for_each(correct_enterprise),
        _ => {}
    }
    for attribute in &mut definition.attributes {
        for sub in attribute.sub_attributes.as_mut().into_iter().flatten() {
            // These hold ids, and `id` is caseExact (RFC 7643 section 3.1).
            if matches!(attribute.name.as_str(), "members" | "groups" | "manager") && sub.name == "value" {
                sub.case_exact = Some(true);
            }
            sub.required = sub.required.or(Some(false));
        }
    }
}

fn correct_user(attribute: &mut Attributes) {
    let subs = attribute.sub_attributes.as_mut();
    match (attribute.name.as_str(), subs) {
        ("active", _) => attribute.required = Some(true),
        // Groups have no groups in them here.
        ("groups", Some(subs)) => {
            for sub in subs.iter_mut().filter(|sub| sub.name == "$ref") {
                sub.reference_types = Asserted::set(vec!["Group".to_owned()]);
            }
        }
        // RFC 7643 section 2.4 gives one to every multi-valued attribute; its definition forgot it here.
        ("addresses", Some(subs)) => subs.push(SubAttributes {
            description: Some("The preferred one of the addresses; true at most once.".to_owned()),
            ..sub("primary", "boolean")
        }),
        _ => {}
    }
}

fn sub(name: &str, kind: &str) -> SubAttributes {
    SubAttributes {
        name: name.to_owned(),
        r#type: kind.to_owned(),
        multi_valued: false,
        description: None,
        required: Some(false),
        canonical_values: Asserted::absent(),
        case_exact: Some(false),
        mutability: Some("readWrite".to_owned()),
        returned: Some("default".to_owned()),
        uniqueness: Some("none".to_owned()),
        reference_types: Asserted::absent(),
    }
}

fn correct_group(attribute: &mut Attributes) {
    if attribute.name == "displayName" {
        // The RFC's prose says REQUIRED, its definition says false; the prose counts.
        attribute.required = Some(true);
        // Two groups of one name would be one directory group; Entra needs it unique as well.
        attribute.uniqueness = Some("server".to_owned());
    }
    let Some(subs) = attribute.sub_attributes.as_mut() else {
        return;
    };
    for sub in subs.iter_mut().filter(|sub| sub.name == "type") {
        // Nested groups are refused.
        sub.canonical_values = Asserted::set(vec!["User".to_owned()]);
    }
    for sub in subs.iter_mut().filter(|sub| sub.name == "$ref") {
        sub.reference_types = Asserted::set(vec!["User".to_owned()]);
    }
    subs.push(SubAttributes {
        description: Some("The member's userName; what a client sends is not kept.".to_owned()),
        mutability: Some("readOnly".to_owned()),
        returned: Some("request".to_owned()),
        ..self::sub("display", "string")
    });
}

fn correct_enterprise(attribute: &mut Attributes) {
    for sub in attribute.sub_attributes.as_mut().into_iter().flatten() {
        // Okta maps `manager.displayName` and expects to find it again, so it is stored.
        if sub.name == "displayName" {
            sub.mutability = Some("readWrite".to_owned());
            sub.description = Some("The displayName of the User's manager. OPTIONAL.".to_owned());
        }
    }
}

/// RFC 7643 section 3.1: attributes of every resource that no schema document lists.
pub(super) fn common(urn: &str) -> Vec<Attribute> {
    let mut common = vec![
        Attribute {
            returned: Returned::Always,
            uniqueness: Uniqueness::Server,
            ..read_only("id", AttributeType::String)
        },
        Attribute {
            mutability: Mutability::ReadWrite,
            ..read_only("externalId", AttributeType::String)
        },
        Attribute {
            multi_valued: true,
            returned: Returned::Always,
            ..read_only("schemas", AttributeType::Reference)
        },
        Attribute {
            sub_attributes: vec![
                read_only("resourceType", AttributeType::String),
                read_only("created", AttributeType::DateTime),
                read_only("lastModified", AttributeType::DateTime),
                read_only("location", AttributeType::Reference),
                read_only("version", AttributeType::String),
            ],
            ..read_only("meta", AttributeType::Complex)
        },
    ];
    if urn == schema_urns::USER {
        common.push(Attribute {
            mutability: Mutability::WriteOnly,
            returned: Returned::Never,
            ..read_only("password", AttributeType::String)
        });
    }
    common
}

fn read_only(name: &str, kind: AttributeType) -> Attribute {
    Attribute {
        name: name.to_owned(),
        kind,
        multi_valued: false,
        required: false,
        case_exact: true,
        mutability: Mutability::ReadOnly,
        returned: Returned::Default,
        uniqueness: Uniqueness::None,
        sub_attributes: Vec::new(),
    }
}

/// The `meta` of a published definition.
pub(crate) fn meta(resource_type: &str, location: String) -> Meta {
    Meta {
        resource_type: Some(resource_type.to_owned()),
        created: None,
        last_modified: None,
        version: None,
        location: Some(location),
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::{Attribute, Schemas};

    #[test]
    fn definitions_are_there() {
        let schemas = Schemas::standard();
        assert_eq!(schemas.all().len(), 3);
        let user = schemas.user().core();
        assert!(
            user.attribute("USERNAME")
                .is_some_and(|a| a.required && !a.case_exact)
        );
        assert!(user.attribute("groups").is_some_and(Attribute::is_read_only));
        assert!(user.attribute("password").is_some());
        let group = schemas.group();
        assert!(group.core().attribute("displayname").is_some_and(|a| a.required));
        let urn = "URN:ietf:params:scim:schemas:extension:enterprise:2.0:user";
        let enterprise = schemas.user().extension(urn);
        assert!(enterprise.is_some_and(|schema| schema.attribute("department").is_some()));
        assert!(group.extension(urn).is_none());
    }
}
