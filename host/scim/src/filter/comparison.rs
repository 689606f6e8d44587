//! One comparison, made ready once: `eq "x"`, `gt 3`, `pr` (RFC 7644 table 3).

use std::cmp::Ordering;

use scim_v2::ScimDateTime;
use scim_v2::filter::{AttrExp, CompValue, CompareOp};
use serde_json::{Number, Value};

use crate::error::ScimError;
use crate::schema::{Attribute, AttributeType};
use crate::text::{fold, quote};

/// What a value is held against.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Comparison {
    /// `pr`: neither null nor empty.
    Present,
    /// An operator and a value. Never `ne`: that is the opposite of `eq` over all values.
    Compare(Op, Expected),
    /// `ne`.
    Differs(Expected),
}

/// The operators that hold for one value at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    Contains,
    Starts,
    Ends,
    Greater,
    AtLeast,
    Less,
    AtMost,
}

/// The value in the form in which it is compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    Null,
    Bool(bool),
    Number(Number),
    /// Compared byte by byte.
    Exact(String),
    /// A [`fold`], compared with folds.
    Folded(String),
    /// A point in time.
    Time(ScimDateTime),
}

impl Comparison {
    /// Makes a comparison ready for an attribute; none: no schema knows it, any type may come.
    ///
    /// # Errors
    /// `invalidFilter`: the operator or the value does not fit the attribute's type.
    pub(super) fn new(attribute: Option<&Attribute>, expression: &AttrExp) -> Result<Self, ScimError> {
        let AttrExp::Comparison(path, operator, value) = expression else {
            return Ok(Self::Present);
        };
        let op = op(operator);
        let expected = expected(attribute, op, value).ok_or_else(|| {
            ScimError::invalid_filter(format!(
                "\"{path}\" cannot be compared by {operator} with {}.",
                quote(&value.to_string())
            ))
        })?;
        Ok(match op {
            Some(op) => Self::Compare(op, expected),
            None => Self::Differs(expected),
        })
    }

    /// Whether it holds where the attribute has no value: what is not there equals null and
    /// differs from everything else.
    pub(super) fn holds_for_nothing(&self) -> bool {
        match self {
            Self::Compare(Op::Equal, expected) => matches!(expected, Expected::Null),
            Self::Differs(expected) => !matches!(expected, Expected::Null),
            Self::Present | Self::Compare(..) => false,
        }
    }

    /// Whether it holds for an attribute that has these values; at least one.
    pub(super) fn holds<'v>(&self, mut values: impl Iterator<Item = &'v Value>) -> bool {
        match self {
            Self::Present => values.any(is_present),
            Self::Compare(op, expected) => values.any(|value| holds_each(value, *op, expected)),
            Self::Differs(expected) => !values.any(|value| holds_each(value, Op::Equal, expected)),
        }
    }
}

/// None: `ne`.
fn op(operator: &CompareOp) -> Option<Op> {
    Some(match operator {
        CompareOp::Eq => Op::Equal,
        CompareOp::Ne => return None,
        CompareOp::Co => Op::Contains,
        CompareOp::Sw => Op::Starts,
        CompareOp::Ew => Op::Ends,
        CompareOp::Gt => Op::Greater,
        CompareOp::Ge => Op::AtLeast,
        CompareOp::Lt => Op::Less,
        CompareOp::Le => Op::AtMost,
    })
}

fn expected(attribute: Option<&Attribute>, op: Option<Op>, value: &CompValue) -> Option<Expected> {
    use AttributeType as Type;
    let equality = matches!(op, None | Some(Op::Equal));
    let partial = matches!(op, Some(Op::Contains | Op::Starts | Op::Ends));
    let kind = attribute.map(|attribute| attribute.kind);
    let exact = attribute.is_some_and(|attribute| attribute.case_exact);
    Some(match (kind, value) {
        (_, CompValue::Null) if equality => Expected::Null,
        (None | Some(Type::Boolean), CompValue::True) if equality => Expected::Bool(true),
        (None | Some(Type::Boolean), CompValue::False) if equality => Expected::Bool(false),
        // Entra compares booleans with "True".
        (Some(Type::Boolean), CompValue::Str(text)) if equality => match text.to_ascii_lowercase().as_str() {
            "true" => Expected::Bool(true),
            "false" => Expected::Bool(false),
            _ => return None,
        },
        (Some(Type::Binary), CompValue::Str(text)) if equality || partial => Expected::Exact(text.clone()),
        (Some(Type::DateTime), CompValue::Str(text)) if partial => Expected::Exact(text.clone()),
        (Some(Type::DateTime), CompValue::Str(text)) => Expected::Time(text.parse().ok()?),
        (None | Some(Type::String | Type::Reference), CompValue::Str(text)) if exact => {
            Expected::Exact(text.clone())
        }
        (None | Some(Type::String | Type::Reference), CompValue::Str(text)) => Expected::Folded(fold(text)),
        (None | Some(Type::Integer | Type::Decimal), CompValue::Number(number)) if !partial => {
            Expected::Number(number.clone())
        }
        _ => return None,
    })
}

pub(super) fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => values.iter().any(is_present),
        Value::Object(object) => object.values().any(is_present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// A part of an entry may be a list itself.
fn holds_each(value: &Value, op: Op, expected: &Expected) -> bool {
    match value {
        Value::Array(values) => values.iter().any(|value| holds(value, op, expected)),
        value => holds(value, op, expected),
    }
}

/// Values of different types never compare.
fn holds(value: &Value, op: Op, expected: &Expected) -> bool {
    match (value, expected) {
        (Value::String(value), Expected::Exact(expected)) => text(value, op, expected),
        (Value::String(value), Expected::Folded(expected)) => {
            // Most text is short and ASCII: it is compared without being copied.
            match op {
                Op::Equal if value.is_ascii() => value.eq_ignore_ascii_case(expected),
                _ => text(&fold(value), op, expected),
            }
        }
        (Value::String(value), Expected::Time(expected)) => value
            .parse::<ScimDateTime>()
            .is_ok_and(|value| ordered(value.xsd_partial_cmp(expected), op)),
        (Value::Bool(value), Expected::Bool(expected)) => op == Op::Equal && value == expected,
        (Value::Number(value), Expected::Number(expected)) => ordered(numbers(value, expected), op),
        _ => false,
    }
}

fn text(value: &str, op: Op, expected: &str) -> bool {
    match op {
        Op::Contains => value.contains(expected),
        Op::Starts => value.starts_with(expected),
        Op::Ends => value.ends_with(expected),
        op => ordered(Some(value.cmp(expected)), op),
    }
}

fn numbers(value: &Number, expected: &Number) -> Option<Ordering> {
    match (value.as_i64(), expected.as_i64()) {
        (Some(value), Some(expected)) => Some(value.cmp(&expected)),
        _ => value.as_f64()?.partial_cmp(&expected.as_f64()?),
    }
}

fn ordered(ordering: Option<Ordering>, op: Op) -> bool {
    let Some(ordering) = ordering else { return false };
    match op {
        Op::Equal => ordering.is_eq(),
        Op::Greater => ordering.is_gt(),
        Op::AtLeast => ordering.is_ge(),
        Op::Less => ordering.is_lt(),
        Op::AtMost => ordering.is_le(),
        Op::Contains | Op::Starts | Op::Ends => false,
    }
}
