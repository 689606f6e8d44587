//! Applying operations to a document, all or nothing.

use serde_json::Value;

use super::{Op, Operation};
use crate::document::{Document, check_size};
use crate::edit::{Edit, Verb, remove};
use crate::error::ScimError;
use crate::path;
use crate::schema::ResourceType;
use crate::text::quote;

/// Applies operations to a copy, so that a failing one leaves nothing behind.
pub(crate) fn apply<'a>(
    resource_type: &ResourceType,
    current: &Document,
    operations: impl IntoIterator<Item = &'a Operation>,
) -> Result<Document, ScimError> {
    let mut document = current.clone();
    for operation in operations {
        apply_operation(resource_type, &mut document, operation)?;
    }
    check_size(&document)?;
    Ok(document)
}

/// Applies one operation. The caller bounds the document afterwards.
pub(crate) fn apply_operation(
    resource_type: &ResourceType,
    document: &mut Document,
    operation: &Operation,
) -> Result<(), ScimError> {
    let verb = match operation.op {
        Op::Add => Verb::Add,
        Op::Replace | Op::Remove => Verb::Replace,
    };
    let value = operation.value.as_ref();
    let Some(path) = &operation.path else {
        return match value.and_then(Value::as_object) {
            Some(object) => Edit::body(resource_type, verb).merge(document, object),
            None => Err(ScimError::no_target(
                "An operation without path needs an object as value.",
            )),
        };
    };
    let target = path::resolve_patch(resource_type, path, document).ok_or_else(|| {
        ScimError::invalid_path(format!(
            "{} has no attribute \"{}\".",
            resource_type.name(),
            quote(&path.to_string())
        ))
    })?;
    match operation.op {
        Op::Remove => remove(resource_type, document, &target, value),
        Op::Add | Op::Replace => Edit::path(resource_type, verb, operation.capitalised).assign(
            document,
            &target,
            value.unwrap_or(&Value::Null),
        ),
    }
}
