//! Canonical JSON: one text for one value, so that texts can be compared, hashed and replayed.

use serde_json::{Map, Value};

/// Writes a value with its members sorted by name and without white space.
#[must_use]
pub fn to_string(value: &Value) -> String {
    sorted(value).to_string()
}

/// The same for an object.
#[must_use]
pub fn object_to_string(object: &Map<String, Value>) -> String {
    Value::Object(sorted_object(object)).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Object(object) => Value::Object(sorted_object(object)),
        scalar => scalar.clone(),
    }
}

fn sorted_object(object: &Map<String, Value>) -> Map<String, Value> {
    let mut members: Vec<_> = object.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    members
        .into_iter()
        .map(|(name, value)| (name.clone(), sorted(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn order_of_members_does_not_matter() {
        let value = json!({ "b": [{ "d": 1, "c": null }], "a": "x" });
        assert_eq!(super::to_string(&value), r#"{"a":"x","b":[{"c":null,"d":1}]}"#);
    }
}
