//! Values in the shape the schema gives them (RFC 7643 sections 2.3 to 2.5).
//!
//! Strict on types, since a wrong one would be stored and echoed for ever; lenient on four habits
//! of real clients: `"True"` for a boolean, one object where a list belongs, a plain string where
//! an object with `value` belongs (Entra's `manager`), and attributes that no schema knows.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use iri_string::types::IriReferenceStr;
use scim_v2::ScimDateTime;
use serde_json::{Map, Value};

use crate::error::ScimError;
use crate::limits::{MAX_BINARY, MAX_DEPTH, MAX_PATH, MAX_STRING, MAX_VALUES};
use crate::schema::{Attribute, AttributeType, Mutability};
use crate::text::quote;

type Normal<T> = Result<Option<T>, ScimError>;

/// The entries of a multi-valued attribute; a single entry counts as a list of one.
pub(crate) fn list(attribute: &Attribute, value: &Value) -> Result<Vec<Value>, ScimError> {
    let items = match value {
        Value::Null => &[],
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    check_count(&attribute.name, items.len())?;
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        list.extend(single(&attribute.name, attribute, item)?);
    }
    keep_one_primary(&mut list, 0);
    Ok(list)
}

/// Whether a value says that there is none: null (RFC 7643 section 2.5), and for a reference an empty
/// text, which is no URI of anything.
pub(crate) fn unassigns(attribute: Option<&Attribute>, value: &Value) -> bool {
    let reference = || attribute.is_some_and(|attribute| attribute.kind == AttributeType::Reference);
    value.is_null() || (value.as_str() == Some("") && reference())
}

/// At most [`MAX_VALUES`] entries.
pub(crate) fn check_count(label: &str, count: usize) -> Result<(), ScimError> {
    if count > MAX_VALUES {
        return Err(ScimError::too_many(format!(
            "{label} has more than {MAX_VALUES} values."
        )));
    }
    Ok(())
}

/// `primary` is true at most once (section 2.4): for the entry `preferred` if it claims it, else
/// for the first that does; the others are demoted.
pub(crate) fn keep_one_primary(list: &mut [Value], preferred: usize) {
    let claims = |item: &Value| item.get("primary") == Some(&Value::Bool(true));
    let winner = match list.get(preferred) {
        Some(item) if claims(item) => Some(preferred),
        _ => list.iter().position(claims),
    };
    for (position, item) in list.iter_mut().enumerate() {
        if Some(position) != winner
            && let Some(primary) = item.get_mut("primary")
        {
            *primary = Value::Bool(false);
        }
    }
}

/// One value of an attribute, or one entry of its list.
pub(crate) fn single(label: &str, attribute: &Attribute, value: &Value) -> Normal<Value> {
    use AttributeType as Type;
    if value.is_null() {
        return Ok(None);
    }
    let normal = match (attribute.kind, value) {
        (Type::Complex, Value::Object(object)) => return complex(label, attribute, object),
        (Type::Complex, Value::String(_)) if attribute.sub_attribute("value").is_some() => {
            let object = Map::from_iter([("value".to_owned(), value.clone())]);
            return complex(label, attribute, &object);
        }
        (Type::Boolean, Value::Bool(_)) => value.clone(),
        (Type::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("true") => Value::Bool(true),
        (Type::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("false") => Value::Bool(false),
        (Type::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => value.clone(),
        (Type::Decimal, Value::Number(_)) => value.clone(),
        (Type::String, Value::String(text)) => bounded(label, text, MAX_STRING)?,
        // No reference is no value, not a wrong one: forms send what was left empty.
        (Type::Reference, Value::String(text)) if text.is_empty() => return Ok(None),
        (Type::Reference, Value::String(text)) if IriReferenceStr::new(text).is_ok() => {
            bounded(label, text, MAX_BINARY)?
        }
        (Type::Binary, Value::String(text)) if text.len() > MAX_BINARY || is_base64(text) => {
            bounded(label, text, MAX_BINARY)?
        }
        (Type::DateTime, Value::String(text)) if text.parse::<ScimDateTime>().is_ok() => value.clone(),
        _ => return Err(wrong_type(label, attribute.kind)),
    };
    Ok(Some(normal))
}

/// In either alphabet, with or without padding (RFC 7643 section 2.3.6).
fn is_base64(text: &str) -> bool {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const ENGINES: [GeneralPurpose; 2] = [
        GeneralPurpose::new(&alphabet::STANDARD, LENIENT),
        GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT),
    ];
    ENGINES.iter().any(|engine| engine.decode(text).is_ok())
}

fn complex(label: &str, attribute: &Attribute, object: &Map<String, Value>) -> Normal<Value> {
    let mut normal = Map::new();
    for (name, value) in object {
        check_name(name)?;
        match attribute.sub_attribute(name) {
            // Only the server sets it, or nobody is ever shown it: taken and forgotten.
            Some(sub) if matches!(sub.mutability, Mutability::ReadOnly | Mutability::WriteOnly) => {}
            Some(sub) => {
                let label = format!("{label}.{}", sub.name);
                let value = match sub.multi_valued {
                    true => {
                        Some(Value::Array(list(sub, value)?)).filter(|list| *list != Value::Array(Vec::new()))
                    }
                    false => single(&label, sub, value)?,
                };
                normal.extend(value.map(|value| (sub.name.clone(), value)));
            }
            None => {
                if let Some((name, value)) = extra(label, attribute, name, value)? {
                    normal.insert(name, value);
                }
            }
        }
    }
    Ok((!normal.is_empty()).then_some(Value::Object(normal)))
}

/// Section 2.4 gives every multi-valued attribute a `primary`, also where the schema forgets it.
fn extra(label: &str, attribute: &Attribute, name: &str, value: &Value) -> Normal<(String, Value)> {
    if !(attribute.multi_valued && name.eq_ignore_ascii_case("primary")) {
        return Ok(unknown(name, value)?.map(|value| (name.to_owned(), value)));
    }
    match value {
        Value::Null => Ok(None),
        Value::Bool(_) => Ok(Some(("primary".to_owned(), value.clone()))),
        Value::String(text) if text.eq_ignore_ascii_case("true") => {
            Ok(Some(("primary".to_owned(), true.into())))
        }
        Value::String(text) if text.eq_ignore_ascii_case("false") => {
            Ok(Some(("primary".to_owned(), false.into())))
        }
        _ => Err(wrong_type(&format!("{label}.primary"), AttributeType::Boolean)),
    }
}

/// A value that no schema describes: kept, because Okta sends back what it was given, but without
/// nulls and within bounds.
pub(crate) fn unknown(label: &str, value: &Value) -> Normal<Value> {
    bounded_unknown(label, value, MAX_DEPTH)
}

/// The same for a part of such a value.
pub(crate) fn unknown_part(label: &str, value: &Value) -> Normal<Value> {
    bounded_unknown(label, value, MAX_DEPTH - 1)
}

fn bounded_unknown(label: &str, value: &Value, depth: usize) -> Normal<Value> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(ScimError::invalid_value(format!(
            "{} is nested too deeply.",
            quote(label)
        )));
    };
    Ok(match value {
        Value::Null => None,
        Value::String(text) => Some(bounded(label, text, MAX_STRING)?),
        Value::Array(items) => {
            check_count(&quote(label), items.len())?;
            let mut kept = Vec::with_capacity(items.len());
            for item in items {
                kept.extend(bounded_unknown(label, item, depth)?);
            }
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        Value::Object(object) => {
            check_count(&quote(label), object.len())?;
            let mut kept = Map::new();
            for (name, item) in object {
                check_name(name)?;
                if let Some(item) = bounded_unknown(label, item, depth)? {
                    kept.insert(name.clone(), item);
                }
            }
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        scalar => Some(scalar.clone()),
    })
}

/// Names are stored and echoed too, so they are bounded as well.
pub(crate) fn check_name(name: &str) -> Result<(), ScimError> {
    if name.is_empty() || name.len() > MAX_PATH || name.contains(char::is_control) {
        return Err(ScimError::invalid_value(format!(
            "\"{}\" is not an attribute name.",
            quote(name)
        )));
    }
    Ok(())
}

fn bounded(label: &str, text: &str, limit: usize) -> Result<Value, ScimError> {
    if text.len() > limit {
        return Err(ScimError::invalid_value(format!(
            "{} is longer than {limit} bytes.",
            quote(label)
        )));
    }
    Ok(Value::String(text.to_owned()))
}

fn wrong_type(label: &str, kind: AttributeType) -> ScimError {
    let expected = match kind {
        AttributeType::String => "a string",
        AttributeType::Boolean => "true or false",
        AttributeType::Decimal => "a number",
        AttributeType::Integer => "a whole number",
        AttributeType::DateTime => "a date and time such as 2026-01-31T12:00:00Z",
        AttributeType::Binary => "a string in base 64",
        AttributeType::Reference => "a string with a URI",
        AttributeType::Complex => "an object",
    };
    ScimError::invalid_value(format!("{} must be {expected}.", quote(label)))
}
