//! The body of `POST …/.search` (RFC 7644 section 3.4.3): the query string's twin.

use serde_json::Value;

use super::{ListParams, Projection, invalid_count};
use crate::error::ScimError;
use crate::filter;
use crate::limits::{MAX_PATH, MAX_QUERY};
use crate::text::quote;

/// The message's schema.
const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Reads a search request.
///
/// # Errors
/// `invalidSyntax` if it is not one, `invalidFilter`, or `invalidValue` with the member in the detail.
pub fn search(body: &Value) -> Result<ListParams, ScimError> {
    let Value::Object(members) = body else {
        return Err(ScimError::invalid_syntax("A search request is a JSON object."));
    };
    let get = |name: &str| {
        let found = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value).filter(|value| !value.is_null())
    };
    if let Some(schemas) = get("schemas") {
        let named = |value: &Value| {
            value
                .as_str()
                .is_some_and(|urn| urn.eq_ignore_ascii_case(SEARCH_REQUEST))
        };
        if !schemas
            .as_array()
            .is_some_and(|schemas| schemas.iter().any(named))
        {
            return Err(ScimError::invalid_syntax(format!(
                "schemas must name {SEARCH_REQUEST}."
            )));
        }
    }
    let text = |name: &str, longest: usize| match get(name) {
        None => Ok(None),
        Some(Value::String(text)) if text.len() <= longest => {
            Ok(Some(text.clone()).filter(|text| !text.trim().is_empty()))
        }
        Some(_) => Err(ScimError::invalid_value(format!(
            "{name} must be a string of at most {longest} bytes."
        ))),
    };
    let projection = Projection::parse(
        names("attributes", get("attributes"))?.as_deref(),
        names("excludedAttributes", get("excludedAttributes"))?.as_deref(),
    )?;
    let cursor = match get("cursor") {
        None => None,
        Some(Value::String(cursor)) if cursor.len() <= MAX_QUERY => Some(cursor.clone()),
        Some(_) => {
            return Err(ScimError::invalid_cursor(format!(
                "cursor must be a string of at most {MAX_QUERY} bytes."
            )));
        }
    };
    let by_cursor = cursor.is_some();
    Ok(ListParams {
        filter: text("filter", MAX_QUERY)?
            .map(|text| filter::parse(&text))
            .transpose()?,
        start_index: integer("startIndex", get("startIndex"))?.unwrap_or(1).max(1),
        count: integer("count", get("count")).map_err(|error| invalid_count(error, by_cursor))?,
        cursor,
        projection,
        sort_by: text("sortBy", MAX_PATH)?,
        descending: text("sortOrder", MAX_PATH)?
            .is_some_and(|order| order.eq_ignore_ascii_case("descending")),
    })
}

/// A list of names, as the query string writes it.
fn names(name: &str, value: Option<&Value>) -> Result<Option<String>, ScimError> {
    let wrong = || ScimError::invalid_value(format!("{name} must be a list of attribute names."));
    let Some(value) = value else {
        return Ok(None);
    };
    let list = value.as_array().ok_or_else(wrong)?;
    let names: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
    Ok(Some(names.ok_or_else(wrong)?.join(",")))
}

/// A whole number; one below 0 counts as 0.
fn integer(name: &str, value: Option<&Value>) -> Result<Option<u64>, ScimError> {
    let Some(value) = value else {
        return Ok(None);
    };
    match (value.as_u64(), value.as_i64()) {
        (Some(number), _) => Ok(Some(number)),
        (None, Some(_)) => Ok(Some(0)),
        (None, None) => {
            let shown = quote(&value.to_string()).to_string();
            Err(ScimError::invalid_value(format!(
                "{name} is {shown}: must be a whole number."
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::search;

    #[test]
    fn says_the_same_as_a_query_string() {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "attributes": ["userName", "name.givenName"],
            "filter": "userName sw \"a\"",
            "sortBy": "userName", "sortOrder": "descending",
            "startIndex": -3, "count": 10, "cursor": "",
        });
        let query = "attributes=userName,name.givenName&filter=userName%20sw%20%22a%22&sortBy=userName\
                     &sortOrder=descending&startIndex=-3&count=10&cursor";
        assert_eq!(search(&body).unwrap(), crate::query::parse(Some(query)).unwrap());
    }

    #[test]
    fn what_is_not_one_is_refused() {
        for body in [
            json!([]),
            json!({"schemas": ["x"]}),
            json!({"count": "5"}),
            json!({"attributes": "userName"}),
            json!({"filter": "userName zz \"a\""}),
            json!({"startIndex": 1.5}),
            json!({"cursor": 1}),
            json!({"cursor": "", "count": "0"}),
        ] {
            assert_eq!(search(&body).unwrap_err().status, 400, "{body}");
        }
        assert!(search(&json!({"filter": null})).unwrap().filter.is_none());
    }
}
