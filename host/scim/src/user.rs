//! Users (RFC 7643 section 4.1).

use scim_v2::schema_urns;
use serde_json::Value;

use crate::canonical;
use crate::document::{Document, check_size, from_body, text};
use crate::error::ScimError;
use crate::limits::{MAX_ID, MAX_NAME};
use crate::patch::{PatchRequest, apply};
use crate::present;
use crate::rules;
use crate::schema::Schemas;
use crate::view::{LabelledValue, Name, UserView};

/// The parts of a user that the store indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserKeys {
    /// `userName` as sent; unique by its [`fold`](crate::fold).
    pub user_name: String,
    /// `externalId`, compared exactly.
    pub external_id: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `active`; absent means true.
    pub active: bool,
    /// All `emails.value`.
    pub emails: Vec<String>,
}

/// The document of a POST (RFC 7644 section 3.3).
///
/// Read-only attributes are ignored, a password is dropped: Okta sends a random one even when
/// password sync is off, and no policy may be applied to it.
///
/// A user that is not said to be inactive is active, and says so.
///
/// # Errors
/// `invalidSyntax` or `invalidValue`, with the attribute in the detail.
pub fn create(schemas: &Schemas, body: &Value) -> Result<Document, ScimError> {
    let mut document = from_body(schemas.user(), body)?;
    document.entry("active").or_insert(Value::Bool(true));
    check(schemas, None, &document)?;
    Ok(document)
}

/// The document of a PUT (RFC 7644 section 3.5.1): what is absent goes, except `active`.
///
/// The RFC lets a server pick a default for what a PUT leaves out. The default of `active` is what
/// it was: a PUT that says nothing of it must neither let a person in again nor shut one out.
///
/// # Errors
/// As [`create`].
pub fn replace(schemas: &Schemas, current: &Document, body: &Value) -> Result<Document, ScimError> {
    let mut document = from_body(schemas.user(), body)?;
    let active = current.get("active").cloned().unwrap_or(Value::Bool(true));
    document.entry("active").or_insert(active);
    rules::keep_immutable(schemas.user(), current, &mut document);
    check_size(&document)?;
    check(schemas, Some(current), &document)?;
    Ok(document)
}

/// The document after a PATCH (RFC 7644 section 3.5.2); the current one if nothing changed.
///
/// # Errors
/// Those of the RFC; then nothing of the request took effect.
pub fn patch(schemas: &Schemas, current: &Document, request: &PatchRequest) -> Result<Document, ScimError> {
    let document = apply(schemas.user(), current, request.operations())?;
    check(schemas, Some(current), &document)?;
    Ok(document)
}

fn check(schemas: &Schemas, current: Option<&Document>, document: &Document) -> Result<(), ScimError> {
    check_name(document, "userName")?;
    check_external_id(document)?;
    rules::check(schemas.user(), current, document)
}

/// The one required attribute: there, not blank, within what Atlassian's products hold, and
/// without control characters, which no directory takes.
pub(crate) fn check_name(document: &Document, attribute: &str) -> Result<(), ScimError> {
    let name = document
        .get(attribute)
        .and_then(Value::as_str)
        .unwrap_or_default();
    if name.trim().is_empty() {
        return Err(ScimError::invalid_value(format!("{attribute} is required.")));
    }
    if name.chars().count() > MAX_NAME {
        return Err(ScimError::invalid_value(format!(
            "{attribute} is longer than {MAX_NAME} characters."
        )));
    }
    if name.contains(char::is_control) {
        return Err(ScimError::invalid_value(format!(
            "{attribute} has control characters."
        )));
    }
    Ok(())
}

pub(crate) fn check_external_id(document: &Document) -> Result<(), ScimError> {
    match document.get("externalId").and_then(Value::as_str) {
        Some(id) if id.len() > MAX_ID => Err(ScimError::invalid_value(format!(
            "externalId is longer than {MAX_ID} bytes."
        ))),
        _ => Ok(()),
    }
}

/// What the store indexes.
#[must_use]
pub fn keys(document: &Document) -> UserKeys {
    UserKeys {
        user_name: text(document, "userName").unwrap_or_default(),
        external_id: text(document, "externalId"),
        display_name: text(document, "displayName"),
        active: is_active(document),
        emails: entries(document, "emails")
            .filter_map(|email| text(email, "value"))
            .collect(),
    }
}

fn is_active(document: &Document) -> bool {
    document.get("active").and_then(Value::as_bool).unwrap_or(true)
}

fn entries<'a>(document: &'a Document, name: &str) -> impl Iterator<Item = &'a Document> {
    document
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
}

/// The user as the rules see it.
#[must_use]
pub fn view(schemas: &Schemas, document: &Document, id: &str) -> UserView {
    let part = |name: &str| document.get(name).and_then(Value::as_object);
    let enterprise = part(schema_urns::ENTERPRISE_USER);
    let name = part("name");
    let email = |email: &Document| LabelledValue {
        value: text(email, "value").unwrap_or_default(),
        label: text(email, "type"),
        primary: email.get("primary").and_then(Value::as_bool).unwrap_or(false),
    };
    UserView {
        id: id.to_owned(),
        external_id: text(document, "externalId"),
        user_name: text(document, "userName").unwrap_or_default(),
        active: is_active(document),
        name: Name {
            formatted: name.and_then(|name| text(name, "formatted")),
            given: name.and_then(|name| text(name, "givenName")),
            family: name.and_then(|name| text(name, "familyName")),
        },
        display_name: text(document, "displayName"),
        title: text(document, "title"),
        department: enterprise.and_then(|enterprise| text(enterprise, "department")),
        manager_id: enterprise
            .and_then(|enterprise| enterprise.get("manager"))
            .and_then(Value::as_object)
            .and_then(|manager| text(manager, "value")),
        emails: entries(document, "emails").map(email).collect(),
        raw: canonical::object_to_string(&present::for_rules(schemas.user(), document, id)),
    }
}
