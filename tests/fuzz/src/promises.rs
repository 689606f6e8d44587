//! What holds for every document that `host/scim` makes, whatever it is made from.

use serde_json::Value;
use tidegate_scim::ResourceKind::{Group, User};
use tidegate_scim::present::{self, MemberRef};
use tidegate_scim::query::Projection;
use tidegate_scim::schema::{ResourceType, Schemas};
use tidegate_scim::{Document, conform, group, user};

use crate::world::{Badges, Resource};

const RESERVED: [&str; 6] = ["id", "meta", "schemas", "groups", "members", "password"];

/// A user's document is canonical, can be shown, and survives Okta's PUT.
pub fn assert_user(schemas: &Schemas, document: &Document) {
    assert_canonical(schemas.user(), document);
    let keys = user::keys(document);
    assert!(!keys.user_name.trim().is_empty(), "{document:?}");
    assert!(document.contains_key("active"), "{document:?}");
    let view = user::view(schemas, document, "u");
    assert_eq!(view.user_name, keys.user_name);
    assert_echo(schemas, &Resource::new(User, document.clone(), "u", &["g"]));
}

/// The same of a group's.
pub fn assert_group(schemas: &Schemas, document: &Document) {
    assert_canonical(schemas.group(), document);
    let view = group::view(schemas, document, "g");
    assert!(!view.display_name.trim().is_empty(), "{document:?}");
    assert_echo(schemas, &Resource::new(Group, document.clone(), "g", &["u", "v"]));
}

/// What is read and sent back as PUT changes nothing.
pub fn assert_echo(schemas: &Schemas, resource: &Resource) {
    let (document, meta) = (&resource.document, resource.meta());
    // What is not shown cannot come back.
    if document.contains_key(Badges::SECRET) {
        return;
    }
    match resource.kind {
        User => {
            let shown = present::user(schemas, document, &meta, &[], &Projection::default());
            assert_eq!(
                user::replace(schemas, document, &shown).as_ref(),
                Ok(document),
                "{shown}"
            );
        }
        Group => {
            let members: Vec<MemberRef> = resource
                .related
                .iter()
                .map(|id| MemberRef {
                    id: id.clone(),
                    display: None,
                })
                .collect();
            let shown = present::group(schemas, document, &meta, Some(&members), &Projection::default());
            let input = group::replace(schemas, document, &shown);
            assert_eq!(
                input.as_ref().map(|input| &input.document),
                Ok(document),
                "{shown}"
            );
            let back = input.ok().and_then(|input| input.members).unwrap_or_default();
            let back: Vec<&String> = back.iter().map(|member| &member.value).collect();
            assert_eq!(back, resource.related.iter().collect::<Vec<_>>());
        }
    }
    assert_eq!(
        conform(schemas.of(resource.kind), document).as_ref(),
        Ok(document)
    );
}

/// No nulls, no empty lists, at most one primary entry, no name twice, none of what is kept elsewhere.
fn assert_canonical(resource_type: &ResourceType, document: &Document) {
    assert!(!document.values().any(has_nothing), "null or empty: {document:?}");
    for (place, name) in document.keys().enumerate() {
        assert!(
            !RESERVED
                .iter()
                .any(|reserved| reserved.eq_ignore_ascii_case(name)),
            "{name}: {document:?}"
        );
        let twice = document
            .keys()
            .skip(place + 1)
            .any(|other| other.eq_ignore_ascii_case(name));
        assert!(!twice, "{name} twice: {document:?}");
    }
    let core = resource_type
        .core()
        .attributes
        .iter()
        .filter_map(|attribute| Some((attribute, document.get(&attribute.name)?)));
    let extended = resource_type.extensions().iter().flat_map(|extension| {
        let members = document.get(&extension.schema.id);
        extension
            .schema
            .attributes
            .iter()
            .filter_map(move |attribute| Some((attribute, members?.get(&attribute.name)?)))
    });
    for (attribute, value) in core.chain(extended) {
        assert_eq!(
            value.is_array(),
            attribute.multi_valued,
            "{}: {value}",
            attribute.name
        );
        let primary = |entry: &&Value| entry.get("primary") == Some(&Value::Bool(true));
        let count = value.as_array().into_iter().flatten().filter(primary).count();
        assert!(count <= 1, "{count} primary entries: {value}");
    }
}

fn has_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty() || items.iter().any(has_nothing),
        Value::Object(members) => members.is_empty() || members.values().any(has_nothing),
        _ => false,
    }
}
