//! A product's own words, out of whichever error shape it used:
//! Jira `{errorMessages, errors: {field: text}}`, Confluence `{message, data: {errors}}`,
//! Bitbucket `{errors: [{message, exceptionName}]}`, Crowd `{reason, message}`, Cloud's SCIM
//! `{detail, scimType}` and, before its resources are reached, `{error, traceId}`.

use serde_json::Value;

/// Longer texts are cut: they are shown in tables.
const MOST_CHARACTERS: usize = 500;

/// The words, if the body has any. HTML is not words.
pub(super) fn of(body: &[u8]) -> Option<String> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        return (!text.is_empty() && !text.starts_with('<')).then(|| cut(text));
    };
    let mut words = Vec::new();
    for text in list(&body, "/errorMessages") {
        words.extend(text.as_str().map(str::to_owned));
    }
    if let Some(fields) = body.get("errors").and_then(Value::as_object) {
        words.extend(
            fields
                .iter()
                .filter_map(|(field, text)| Some(format!("{field}: {}", text.as_str()?))),
        );
    }
    for error in list(&body, "/errors").chain(list(&body, "/data/errors")) {
        let text = error
            .pointer("/message/translation")
            .or_else(|| error.get("message"));
        words.extend(text.and_then(Value::as_str).map(str::to_owned));
    }
    for field in ["message", "detail", "error"] {
        words.extend(body.get(field).and_then(Value::as_str).map(str::to_owned));
    }
    words.dedup();
    (!words.is_empty()).then(|| cut(&words.join("; ")))
}

/// Bitbucket's exception names.
pub(super) fn exceptions(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    list(&body, "/errors")
        .filter_map(|error| Some(error.get("exceptionName")?.as_str()?.to_owned()))
        .collect()
}

/// Crowd's reason.
pub(super) fn reason(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body.get("reason")?.as_str()?.to_owned())
}

fn list<'a>(body: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    body.pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_products_shape_is_read() {
        let jira = br#"{"errorMessages":["No."],"errors":{"username":"Taken."}}"#;
        assert_eq!(of(jira).as_deref(), Some("No.; username: Taken."));
        let confluence =
            br#"{"statusCode":402,"data":{"errors":[]},"message":"Limit reached","reason":"Payment"}"#;
        assert_eq!(of(confluence).as_deref(), Some("Limit reached"));
        let bitbucket = br#"{"errors":[{"context":null,"message":"Gone","exceptionName":"a.b.NoSuch"}]}"#;
        assert_eq!(of(bitbucket).as_deref(), Some("Gone"));
        assert_eq!(exceptions(bitbucket), ["a.b.NoSuch"]);
        let crowd = br#"{"reason":"USER_NOT_FOUND","message":"User <ann> does not exist"}"#;
        assert_eq!(of(crowd).as_deref(), Some("User <ann> does not exist"));
        assert_eq!(reason(crowd).as_deref(), Some("USER_NOT_FOUND"));
        assert_eq!(reason(b"<html>USER_NOT_FOUND</html>"), None);
        let scim = br#"{"schemas":["urn"],"status":"400","scimType":"invalidValue","detail":"Not verified"}"#;
        assert_eq!(of(scim).as_deref(), Some("Not verified"));
        let gateway = br#"{"error":"Unauthorized","traceId":"1b2c"}"#;
        assert_eq!(of(gateway).as_deref(), Some("Unauthorized"));
        assert_eq!(of(b"XSRF check failed").as_deref(), Some("XSRF check failed"));
        assert_eq!(of(b"<html>log in</html>"), None);
        assert_eq!(of(b""), None);
    }
}
