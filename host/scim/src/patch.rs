//! PATCH (RFC 7644 section 3.5.2).
//!
//! The operations are parsed here and not by `scim_v2`, whose messages know three spellings of `op`
//! and only objects as values without path; its grammar of paths is used.

mod apply;

use scim_v2::filter::PatchPath;
use scim_v2::schema_urns;
use serde_json::{Map, Value};

pub(crate) use apply::{apply, apply_operation};

use crate::document::get;
use crate::error::ScimError;
use crate::limits::MAX_OPERATIONS;
use crate::path;
use crate::text::quote;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Section 3.5.2.1.
    Add,
    /// Section 3.5.2.2.
    Remove,
    /// Section 3.5.2.3.
    Replace,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// Where; none means the resource itself.
    pub path: Option<PatchPath>,
    /// The value; `null` counts as a value.
    pub value: Option<Value>,
    /// Whether `op` was capitalised, as Entra's default dialect does. Such a client sends `Replace`
    /// for an e-mail address that the user does not have yet and means to create it.
    pub capitalised: bool,
}

/// A PATCH request whose form is right. Whether its attributes exist depends on the resource.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchRequest {
    operations: Vec<Operation>,
}

impl PatchRequest {
    /// Parses the body of a PATCH.
    ///
    /// # Errors
    /// `invalidSyntax` for a body that is not a `PatchOp`, `invalidPath` for a malformed path,
    /// `noTarget` for a remove without path, `invalidValue` for a missing value, `tooMany`.
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let Some(body) = body.as_object() else {
            return Err(ScimError::invalid_syntax(
                "The body of a PATCH must be a JSON object.",
            ));
        };
        let urns = get(body, "schemas")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let is_patch = |urn: &Value| {
            urn.as_str()
                .is_some_and(|urn| urn.eq_ignore_ascii_case(schema_urns::PATCH_OP))
        };
        if !urns.iter().any(is_patch) {
            return Err(ScimError::invalid_syntax(format!(
                "schemas must have {}.",
                schema_urns::PATCH_OP
            )));
        }
        let operations = match get(body, "Operations") {
            Some(Value::Array(operations)) if !operations.is_empty() => operations,
            _ => {
                return Err(ScimError::invalid_syntax(
                    "Operations must be a list with at least one operation.",
                ));
            }
        };
        if operations.len() > MAX_OPERATIONS {
            let count = operations.len();
            return Err(ScimError::too_many(format!(
                "{count} operations in one PATCH; at most {MAX_OPERATIONS}."
            )));
        }
        let operations = operations.iter().map(operation).collect::<Result<_, _>>()?;
        Ok(Self { operations })
    }

    /// The operations, in order; at least one.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }
}

fn operation(operation: &Value) -> Result<Operation, ScimError> {
    let Some(operation) = operation.as_object() else {
        return Err(ScimError::invalid_syntax("Each operation must be a JSON object."));
    };
    let (op, capitalised) = op(operation)?;
    let path = match get(operation, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.trim().is_empty() => None,
        Some(Value::String(text)) => Some(path::parse(text)?.ok_or_else(|| {
            ScimError::invalid_path(format!("\"{}\" is not an attribute path.", quote(text)))
        })?),
        Some(_) => return Err(ScimError::invalid_path("path must be a string.")),
    };
    let value = get(operation, "value").cloned();
    match (op, &path, &value) {
        (Op::Remove, None, _) => Err(ScimError::no_target("A remove operation needs a path.")),
        (Op::Add | Op::Replace, _, None) => Err(ScimError::invalid_value(
            "An add or replace operation needs a value.",
        )),
        (Op::Add | Op::Replace, None, Some(value)) if !value.is_object() => Err(ScimError::invalid_value(
            "The value of an operation without path must be an object.",
        )),
        _ => Ok(Operation {
            op,
            path,
            value,
            capitalised,
        }),
    }
}

fn op(operation: &Map<String, Value>) -> Result<(Op, bool), ScimError> {
    let text = get(operation, "op").and_then(Value::as_str).unwrap_or_default();
    let op = match text.to_ascii_lowercase().as_str() {
        "add" => Op::Add,
        "remove" => Op::Remove,
        "replace" => Op::Replace,
        _ => {
            return Err(ScimError::invalid_syntax(format!(
                "op is \"{}\": must be add, remove or replace.",
                quote(text)
            )));
        }
    };
    Ok((op, text.starts_with(|first: char| first.is_ascii_uppercase())))
}
