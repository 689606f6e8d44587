//! References within a bulk request: a string that is `bulkId:` and the name of a POST stands for
//! the id of what that creates (RFC 7644 section 3.7.2).

use std::collections::BTreeSet;

use serde_json::Value;

use super::REFERENCE;

/// What becomes of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolve {
    /// The id.
    Id(String),
    /// No operation of the request has that name.
    Unknown,
}

/// The names that a value refers to.
#[must_use]
pub fn references(value: &Value) -> Vec<String> {
    let mut names = BTreeSet::new();
    collect(value, &mut names);
    names.into_iter().collect()
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => names.extend(text.strip_prefix(REFERENCE).map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(members) => members.values().for_each(|member| collect(member, names)),
        _ => {}
    }
}

/// Puts ids in the place of references; those that are not known stay.
pub fn resolve(value: &mut Value, id_of: &impl Fn(&str) -> Resolve) {
    match value {
        Value::String(text) => {
            if let Some(Resolve::Id(id)) = text.strip_prefix(REFERENCE).map(id_of) {
                *text = id;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, id_of)),
        Value::Object(members) => members.values_mut().for_each(|member| resolve(member, id_of)),
        _ => {}
    }
}

/// The value without what refers to some names: for a resource that was created before it turned
/// out that they would not be. None: nothing is left.
#[must_use]
pub fn without(value: &Value, gone: &dyn Fn(&str) -> bool) -> Option<Value> {
    match value {
        Value::String(text) if text.strip_prefix(REFERENCE).is_some_and(gone) => None,
        Value::Array(items) => Some(items.iter().filter_map(|item| without(item, gone)).collect()),
        Value::Object(members) => {
            let refers = members
                .get("value")
                .and_then(Value::as_str)
                .and_then(|text| text.strip_prefix(REFERENCE))
                .is_some_and(gone);
            // `{"value": "bulkId:x", "display": "X"}` is about x as a whole.
            (!refers).then(|| {
                members
                    .iter()
                    .filter_map(|(name, member)| Some((name.clone(), without(member, gone)?)))
                    .collect()
            })
        }
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_resolved_and_taken_out() {
        let value = json!({
            "members": [{"value": "bulkId:a", "display": "A"}, {"value": "bulkId:b"}, {"value": "u1"}],
            "urn:x": {"manager": {"value": "bulkId:a"}},
            "note": "see bulkId:c",
        });
        assert_eq!(references(&value), ["a", "b"]);
        let mut resolved = value.clone();
        resolve(&mut resolved, &|name| match name {
            "a" => Resolve::Id("id-a".into()),
            _ => Resolve::Unknown,
        });
        assert_eq!(resolved["members"][0]["value"], "id-a");
        assert_eq!(resolved["members"][1]["value"], "bulkId:b");
        assert_eq!(resolved["urn:x"]["manager"]["value"], "id-a");
        let expected = json!({
            "members": [{"value": "bulkId:b"}, {"value": "u1"}], "urn:x": {}, "note": "see bulkId:c",
        });
        assert_eq!(without(&value, &|name| name == "a"), Some(expected));
    }
}
