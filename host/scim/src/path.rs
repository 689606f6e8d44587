//! From what a client calls an attribute to the place where it is stored.
//!
//! One attribute has many names: `displayName`, `displayname`,
//! `urn:ietf:params:scim:schemas:core:2.0:User:displayName`, and as a key of a PATCH value also
//! `name.givenName` and `emails[type eq "work"].value` (RFC 7644 sections 3.5.2 and 3.10).

use scim_v2::filter::{AttrPath, PatchPath, ValFilter};
use serde_json::Value;

use crate::document::{Document, get_key};
use crate::error::ScimError;
use crate::limits::MAX_PATH;
use crate::normal::check_name;
use crate::schema::{Attribute, Mutability, ResourceType, Schema};
use crate::text::quote;

/// What a name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Target<'s> {
    /// The resource itself: the core schema's URN.
    Core,
    /// All attributes of one extension.
    Extension { urn: String },
    /// One attribute or sub-attribute.
    Attribute(Place<'s>),
}

/// Where one attribute is stored.
#[derive(Debug, Clone)]
pub(crate) struct Place<'s> {
    /// The top-level member that holds it, for extensions.
    pub(crate) extension: Option<String>,
    /// Its name there.
    pub(crate) name: String,
    /// Its characteristics; none if no schema knows it.
    pub(crate) attribute: Option<&'s Attribute>,
    /// The sub-attribute that is meant.
    pub(crate) sub: Option<String>,
    /// Which entries of a multi-valued attribute are meant.
    pub(crate) filter: Option<ValFilter>,
}

impl Place<'_> {
    /// `members` of a group or `groups` of a user: kept in a table of their own.
    pub(crate) fn is_related(&self) -> bool {
        self.extension.is_none() && matches!(self.name.as_str(), "members" | "groups")
    }

    /// What the server adds to the document.
    pub(crate) fn is_added(&self) -> bool {
        self.extension.is_none() && matches!(self.name.as_str(), "id" | "meta" | "schemas")
    }

    /// The characteristics of what is meant; none if no schema knows it.
    pub(crate) fn meant(&self) -> Option<&Attribute> {
        let attribute = self.attribute?;
        match &self.sub {
            Some(sub) => attribute.sub_attribute(sub),
            None => Some(attribute),
        }
    }

    /// Who may change what is meant here: the narrower of attribute and sub-attribute.
    pub(crate) fn mutability(&self) -> Mutability {
        let Some(attribute) = self.attribute else {
            return Mutability::ReadWrite;
        };
        let sub = self.sub.as_deref().and_then(|sub| attribute.sub_attribute(sub));
        match (attribute.mutability, sub) {
            (Mutability::ReadWrite, Some(sub)) => sub.mutability,
            (mutability, _) => mutability,
        }
    }
}

/// Finds what a path means. `document` makes attributes known that no schema has, but the
/// resource does. None: unknown.
pub(crate) fn resolve<'s>(
    resource_type: &'s ResourceType,
    path: &AttrPath,
    document: Option<&Document>,
) -> Option<Target<'s>> {
    let Some(uri) = &path.uri else {
        return known(resource_type.core(), None, path)
            .or_else(|| stored(resource_type, path, document))
            .map(Target::Attribute);
    };
    if path.sub_attr.is_none()
        && let Some(target) = whole(resource_type, &format!("{uri}:{}", path.name), document)
    {
        return Some(target);
    }
    if uri.eq_ignore_ascii_case(&resource_type.core().id) {
        return known(resource_type.core(), None, path).map(Target::Attribute);
    }
    if let Some(extension) = resource_type.extension(uri) {
        return known(extension, Some(extension.id.clone()), path).map(Target::Attribute);
    }
    foreign(uri).then(|| {
        let urn = document
            .and_then(|document| get_key(document, uri))
            .unwrap_or(uri);
        Target::Attribute(unknown(Some(urn.to_owned()), path))
    })
}

/// The same for a PATCH path.
pub(crate) fn resolve_patch<'s>(
    resource_type: &'s ResourceType,
    path: &PatchPath,
    document: &Document,
) -> Option<Target<'s>> {
    match path {
        PatchPath::Attr(path) => resolve(resource_type, path, Some(document)),
        PatchPath::Value(path) => {
            let attr = AttrPath {
                sub_attr: path.sub_attr.clone(),
                ..path.attr.clone()
            };
            match resolve(resource_type, &attr, Some(document)) {
                Some(Target::Attribute(place)) if path.attr.sub_attr.is_none() => {
                    Some(Target::Attribute(Place {
                        filter: Some(path.filter.clone()),
                        ..place
                    }))
                }
                _ => None,
            }
        }
    }
}

/// The same for a key of a resource or of a PATCH value without path. Unknown names are kept here:
/// what Okta and Entra are configured to send is stored and given back.
pub(crate) fn resolve_key<'s>(
    resource_type: &'s ResourceType,
    key: &str,
    value: &Value,
    document: &Document,
) -> Result<Target<'s>, ScimError> {
    check_name(key)?;
    if !key.contains([':', '.', '[']) {
        let path = AttrPath::with_name(key);
        return Ok(
            resolve(resource_type, &path, Some(document)).unwrap_or(Target::Attribute(unknown(None, &path)))
        );
    }
    if let Some(target) = whole(resource_type, key, Some(document)) {
        return Ok(target);
    }
    let parsed = parse(key)?;
    let target = parsed
        .as_ref()
        .and_then(|path| resolve_patch(resource_type, path, document));
    match target {
        Some(Target::Attribute(place))
            if place.attribute.is_none() && value.is_object() && key.contains(':') =>
        {
            Ok(Target::Extension { urn: key.to_owned() })
        }
        Some(target) => Ok(target),
        None if key.contains(':') && value.is_object() => Ok(Target::Extension { urn: key.to_owned() }),
        None => Err(ScimError::invalid_path(format!(
            "{} has no attribute \"{}\".",
            resource_type.name(),
            quote(key)
        ))),
    }
}

/// Parses the path of a PATCH operation; none if it is malformed.
pub(crate) fn parse(text: &str) -> Result<Option<PatchPath>, ScimError> {
    if text.len() > MAX_PATH {
        return Err(ScimError::invalid_path(format!(
            "A path is longer than {MAX_PATH} bytes."
        )));
    }
    Ok(text.parse().ok())
}

/// The URN of a whole schema: core, extension, or one that the resource has.
fn whole<'s>(resource_type: &'s ResourceType, urn: &str, document: Option<&Document>) -> Option<Target<'s>> {
    if urn.eq_ignore_ascii_case(&resource_type.core().id) {
        return Some(Target::Core);
    }
    let known = resource_type
        .extension(urn)
        .map(|extension| extension.id.as_str());
    let stored = || {
        document.and_then(|document| {
            get_key(document, urn).filter(|key| document.get(*key).is_some_and(Value::is_object))
        })
    };
    known
        .or_else(stored)
        .map(|urn| Target::Extension { urn: urn.to_owned() })
}

fn known<'s>(schema: &'s Schema, extension: Option<String>, path: &AttrPath) -> Option<Place<'s>> {
    let attribute = schema.attribute(&path.name)?;
    let sub = match &path.sub_attr {
        None => None,
        Some(sub) => Some(sub_name(attribute, sub)?),
    };
    Some(Place {
        extension,
        name: attribute.name.clone(),
        attribute: Some(attribute),
        sub,
        filter: None,
    })
}

/// The spelling of a sub-attribute. All multi-valued ones have `primary` (RFC 7643 section 2.4).
pub(crate) fn sub_name(attribute: &Attribute, name: &str) -> Option<String> {
    let known = attribute.sub_attribute(name).map(|sub| sub.name.clone());
    known.or_else(|| {
        let primary =
            attribute.multi_valued && !attribute.is_read_only() && name.eq_ignore_ascii_case("primary");
        (primary && !attribute.sub_attributes.is_empty()).then(|| "primary".to_owned())
    })
}

fn stored<'s>(
    resource_type: &'s ResourceType,
    path: &AttrPath,
    document: Option<&Document>,
) -> Option<Place<'s>> {
    if resource_type.core().attribute(&path.name).is_some() {
        return None;
    }
    let name = get_key(document?, &path.name)?.to_owned();
    Some(Place {
        name,
        ..unknown(None, path)
    })
}

fn unknown<'s>(extension: Option<String>, path: &AttrPath) -> Place<'s> {
    Place {
        extension,
        name: path.name.clone(),
        attribute: None,
        sub: path.sub_attr.clone(),
        filter: None,
    }
}

/// Whether a URN may be an extension that we do not know: not if it is SCIM's own, since then the
/// client has the wrong resource type or a typing error.
fn foreign(urn: &str) -> bool {
    const OWN: [&str; 2] = ["urn:ietf:params:scim:schemas:core:", "urn:ietf:params:scim:api:"];
    !OWN.iter().any(|own| {
        urn.get(..own.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(own))
    })
}
