//! One stored value against one value of a filter (RFC 7644 table 3).

use std::cmp::Ordering;

use scim_v2::ScimDateTime;
use scim_v2::filter::{CompValue, CompareOp};
use serde_json::Value;

use crate::text::fold;

/// How strings are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Byte by byte.
    Exact,
    /// By their [`fold`].
    Ignored,
    /// As points in time.
    DateTime,
}

/// `pr`: neither null nor empty.
pub(super) fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => values.iter().any(is_present),
        Value::Object(object) => object.values().any(is_present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Whether a comparison holds. Values of different types never compare. `ne` is the caller's: over
/// several values it is the opposite of `eq` as a whole.
pub(super) fn holds(case: Case, value: &Value, op: &CompareOp, expected: &CompValue) -> bool {
    match (value, expected) {
        (Value::String(value), CompValue::Str(expected)) => text(case, value, op, expected),
        (Value::Bool(value), CompValue::True) => *value && *op == CompareOp::Eq,
        (Value::Bool(value), CompValue::False) => !*value && *op == CompareOp::Eq,
        (Value::Bool(value), CompValue::Str(text)) => {
            *op == CompareOp::Eq && text.eq_ignore_ascii_case(if *value { "true" } else { "false" })
        }
        (Value::Number(value), CompValue::Number(expected)) => {
            let ordering = match (value.as_i64(), expected.as_i64()) {
                (Some(value), Some(expected)) => Some(value.cmp(&expected)),
                _ => value
                    .as_f64()
                    .zip(expected.as_f64())
                    .and_then(|(value, expected)| value.partial_cmp(&expected)),
            };
            ordered(ordering, op)
        }
        _ => false,
    }
}

fn text(case: Case, value: &str, op: &CompareOp, expected: &str) -> bool {
    match case {
        Case::Exact => plain(value, op, expected),
        Case::Ignored => plain(&fold(value), op, &fold(expected)),
        Case::DateTime => match (value.parse::<ScimDateTime>(), expected.parse::<ScimDateTime>()) {
            (Ok(value), Ok(expected)) if !is_partial(op) => ordered(value.xsd_partial_cmp(&expected), op),
            _ => plain(value, op, expected),
        },
    }
}

fn is_partial(op: &CompareOp) -> bool {
    matches!(op, CompareOp::Co | CompareOp::Sw | CompareOp::Ew)
}

fn plain(value: &str, op: &CompareOp, expected: &str) -> bool {
    match op {
        CompareOp::Co => value.contains(expected),
        CompareOp::Sw => value.starts_with(expected),
        CompareOp::Ew => value.ends_with(expected),
        op => ordered(Some(value.cmp(expected)), op),
    }
}

fn ordered(ordering: Option<Ordering>, op: &CompareOp) -> bool {
    let Some(ordering) = ordering else { return false };
    match op {
        CompareOp::Eq => ordering.is_eq(),
        CompareOp::Ne => ordering.is_ne(),
        CompareOp::Gt => ordering.is_gt(),
        CompareOp::Ge => ordering.is_ge(),
        CompareOp::Lt => ordering.is_lt(),
        CompareOp::Le => ordering.is_le(),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => false,
    }
}
