//! Bulk requests (RFC 7644 section 3.7): many operations in one body, which may refer to resources
//! that the same body creates.
//!
//! What is wrong with one operation is that operation's error; only what makes the whole body
//! unreadable refuses all of it.

mod plan;
mod references;

use scim_v2::schema_urns;
use serde_json::{Map, Value, json};

pub use plan::{Plan, Turn};
pub use references::{Resolve, references, resolve, without};

use crate::ResourceKind;
use crate::document::get;
use crate::error::ScimError;
use crate::limits::{MAX_BULK_OPERATIONS, MAX_ID, MAX_PATH};
use crate::text::quote;

const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// How a reference to a resource of the same request begins.
pub const REFERENCE: &str = "bulkId:";

/// A bulk request.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// Errors after which the rest is left undone; none: everything is tried.
    pub fail_on_errors: Option<u64>,
    /// The operations, in order.
    pub operations: Vec<BulkOperation>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkOperation {
    /// The method as it was sent, for the answer.
    pub method: String,
    /// The client's name for it; of a POST also for what it creates.
    pub bulk_id: Option<String>,
    /// The version that the change is made to, as in `If-Match`.
    pub version: Option<String>,
    /// The resource that its path names, also where the rest makes no sense; none for a POST.
    pub target: Option<(ResourceKind, String)>,
    /// What is to be done, or why that cannot be told.
    pub action: Result<BulkAction, ScimError>,
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkAction {
    /// POST.
    Create {
        /// Which kind.
        kind: ResourceKind,
        /// The resource.
        data: Value,
    },
    /// PUT.
    Replace {
        /// Which kind.
        kind: ResourceKind,
        /// The resource's id, or a reference.
        id: String,
        /// The resource.
        data: Value,
    },
    /// PATCH.
    Modify {
        /// Which kind.
        kind: ResourceKind,
        /// The resource's id, or a reference.
        id: String,
        /// A PATCH body, or its operations alone.
        data: Value,
    },
    /// DELETE.
    Delete {
        /// Which kind.
        kind: ResourceKind,
        /// The resource's id, or a reference.
        id: String,
    },
}

impl BulkAction {
    /// Which kind of resource it is about.
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        match self {
            Self::Create { kind, .. }
            | Self::Replace { kind, .. }
            | Self::Modify { kind, .. }
            | Self::Delete { kind, .. } => *kind,
        }
    }

    /// The names of the resources of this request that it refers to.
    #[must_use]
    pub fn references(&self) -> Vec<String> {
        let (id, data) = match self {
            Self::Create { data, .. } => (None, Some(data)),
            Self::Replace { id, data, .. } | Self::Modify { id, data, .. } => (Some(id), Some(data)),
            Self::Delete { id, .. } => (Some(id), None),
        };
        let mut names = data.map(references).unwrap_or_default();
        names.extend(id.and_then(|id| id.strip_prefix(REFERENCE)).map(str::to_owned));
        names.sort();
        names.dedup();
        names
    }
}

impl BulkRequest {
    /// Reads a bulk request.
    ///
    /// # Errors
    /// `invalidSyntax`: it is none. 413: it has too many operations (RFC 7644 section 3.7.4).
    pub fn read(body: &Value) -> Result<Self, ScimError> {
        let Some(body) = body.as_object() else {
            return Err(ScimError::invalid_syntax("A bulk request is a JSON object."));
        };
        let urns = get(body, "schemas").and_then(Value::as_array);
        let named = |urn: &Value| {
            urn.as_str()
                .is_some_and(|urn| urn.eq_ignore_ascii_case(BULK_REQUEST))
        };
        if !urns.is_some_and(|urns| urns.iter().any(named)) {
            return Err(ScimError::invalid_syntax(format!(
                "schemas must have {BULK_REQUEST}."
            )));
        }
        let fail_on_errors = match get(body, "failOnErrors") {
            None | Some(Value::Null) => None,
            Some(value) => match value.as_u64() {
                Some(count @ 1..) => Some(count),
                _ => {
                    return Err(ScimError::invalid_value(
                        "failOnErrors must be a whole number from 1.",
                    ));
                }
            },
        };
        let operations = match get(body, "Operations").and_then(Value::as_array) {
            Some(operations) if !operations.is_empty() => operations,
            _ => {
                return Err(ScimError::invalid_syntax(
                    "Operations must be a list with at least one operation.",
                ));
            }
        };
        if operations.len() > MAX_BULK_OPERATIONS {
            return Err(ScimError::payload_too_large(format!(
                "{} operations in one bulk request; at most {MAX_BULK_OPERATIONS}.",
                operations.len()
            )));
        }
        let mut operations: Vec<BulkOperation> = operations.iter().map(operation).collect();
        refuse_doubles(&mut operations);
        Ok(Self {
            fail_on_errors,
            operations,
        })
    }
}

/// The name of something created must be its own.
fn refuse_doubles(operations: &mut [BulkOperation]) {
    let mut seen = std::collections::HashSet::new();
    for operation in operations {
        let creates = matches!(operation.action, Ok(BulkAction::Create { .. }));
        if let (true, Some(id)) = (creates, &operation.bulk_id)
            && !seen.insert(id.clone())
        {
            operation.action = Err(ScimError::invalid_value(format!(
                "bulkId \"{}\" stands twice in this request.",
                quote(id)
            )));
        }
    }
}

fn operation(value: &Value) -> BulkOperation {
    let empty = Map::new();
    let members = value.as_object().unwrap_or(&empty);
    let text = |name: &str| get(members, name).and_then(Value::as_str);
    let bounded = |name: &str| text(name).filter(|text| text.len() <= MAX_ID).map(str::to_owned);
    let method = text("method").unwrap_or_default();
    let named = target(text("path").unwrap_or_default()).ok();
    BulkOperation {
        method: quote(method).to_ascii_uppercase(),
        target: named
            .filter(|_| !method.eq_ignore_ascii_case("POST"))
            .and_then(|(kind, id)| Some((kind, id?))),
        bulk_id: bounded("bulkId"),
        version: bounded("version"),
        action: action(members, &method.to_ascii_uppercase()),
    }
}

fn action(members: &Map<String, Value>, method: &str) -> Result<BulkAction, ScimError> {
    let path = get(members, "path").and_then(Value::as_str).unwrap_or_default();
    let (kind, id) = target(path)?;
    let data = || match get(members, "data") {
        Some(data @ (Value::Object(_) | Value::Array(_))) => Ok(data.clone()),
        _ => Err(ScimError::invalid_syntax(
            "data must be the JSON body of the operation.",
        )),
    };
    match (method, id) {
        ("POST", None) => {
            let named = get(members, "bulkId")
                .and_then(Value::as_str)
                .is_some_and(|id| !id.is_empty() && id.len() <= MAX_ID);
            if !named {
                return Err(ScimError::invalid_syntax(format!(
                    "A POST needs a bulkId of 1 to {MAX_ID} bytes (RFC 7644 section 3.7)."
                )));
            }
            Ok(BulkAction::Create { kind, data: data()? })
        }
        ("PUT", Some(id)) => Ok(BulkAction::Replace {
            kind,
            id,
            data: data()?,
        }),
        ("PATCH", Some(id)) => Ok(BulkAction::Modify {
            kind,
            id,
            data: patch_body(data()?),
        }),
        ("DELETE", Some(id)) => Ok(BulkAction::Delete { kind, id }),
        ("POST" | "PUT" | "PATCH" | "DELETE", _) => Err(ScimError::invalid_path(format!(
            "\"{}\" is no path for {method}: a POST goes to /Users or /Groups, others to one resource.",
            quote(path)
        ))),
        _ => Err(ScimError::invalid_syntax(
            "method must be POST, PUT, PATCH or DELETE.",
        )),
    }
}

/// RFC 7644 section 3.7.3 shows the operations of a PATCH alone, without the message around them.
fn patch_body(data: Value) -> Value {
    let message = |operations: Value| json!({"schemas": [schema_urns::PATCH_OP], "Operations": operations});
    match data {
        Value::Array(operations) => message(Value::Array(operations)),
        Value::Object(object) if get(&object, "Operations").is_none() => message(json!([object])),
        whole => whole,
    }
}

/// `/Users`, `/Groups/2819c223`, `/Users/bulkId:qwerty`.
fn target(path: &str) -> Result<(ResourceKind, Option<String>), ScimError> {
    let unknown = || ScimError::invalid_path(format!("\"{}\" is no path of a bulk operation.", quote(path)));
    if path.len() > MAX_PATH {
        return Err(unknown());
    }
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/');
    let endpoint = segments.next().unwrap_or_default();
    let kind = ResourceKind::ALL
        .into_iter()
        .find(|kind| kind.endpoint() == endpoint);
    let id = segments.next().filter(|id| !id.is_empty()).map(str::to_owned);
    match (kind, segments.next()) {
        (Some(kind), None) => Ok((kind, id)),
        _ => Err(unknown()),
    }
}

/// The answer to a bulk request.
#[must_use]
pub fn response(operations: Vec<Value>) -> Value {
    json!({"schemas": [BULK_RESPONSE], "Operations": operations})
}
