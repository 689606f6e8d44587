//! Answers, and each product's shape of a refusal.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::config::SimProduct;
use crate::crowd;

/// What handlers return.
pub(crate) type Answer = Result<Response, Response>;

/// A JSON answer.
pub(crate) fn json(status: u16, body: &Value) -> Response {
    let mut answer = Response::new(Body::from(body.to_string()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=UTF-8"),
    );
    answer
}

/// An answer without a body.
pub(crate) fn empty(status: u16) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer
}

/// A plain-text answer, as servlet filters give it before a product's REST layer is reached.
pub(crate) fn text(status: u16, body: &str) -> Response {
    let mut answer = empty(status);
    *answer.body_mut() = Body::from(body.to_owned());
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain;charset=UTF-8"),
    );
    answer
}

/// Another type than the body's first one.
pub(crate) fn typed(mut answer: Response, kind: &'static str) -> Response {
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// A refusal in the product's own shape.
pub(crate) fn refusal(product: SimProduct, status: u16, message: &str) -> Response {
    let body = match product {
        SimProduct::Jira | SimProduct::JiraCloud => json!({ "errorMessages": [message], "errors": {} }),
        SimProduct::Confluence => confluence_error(status, message),
        SimProduct::Bitbucket => {
            let exception = match status {
                401 => "com.atlassian.bitbucket.AuthorisationException",
                404 => "com.atlassian.bitbucket.NoSuchEntityException",
                409 => "com.atlassian.bitbucket.IntegrityException",
                500.. => "com.atlassian.bitbucket.ServerException",
                _ => "com.atlassian.bitbucket.ArgumentValidationException",
            };
            bitbucket_error(exception, message)
        }
        SimProduct::Crowd => return crowd::refusal(status, message),
        SimProduct::CloudDirectory => return scim_error(status, None, message),
    };
    json(status, &body)
}

/// A SCIM error; before its resources are reached, Cloud says `{error, traceId}`.
pub(crate) fn scim_error(status: u16, kind: Option<&str>, message: &str) -> Response {
    if matches!(status, 401 | 403) {
        return json(
            status,
            &json!({ "error": message, "traceId": "4f2a9c1d7be03586" }),
        );
    }
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(), "detail": message,
    });
    if let (Some(kind), Some(body)) = (kind, body.as_object_mut()) {
        body.insert("scimType".to_owned(), json!(kind));
    }
    scim(status, &body)
}

/// A SCIM answer.
pub(crate) fn scim(status: u16, body: &Value) -> Response {
    let mut answer = json(status, body);
    let kind = HeaderValue::from_static("application/scim+json");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}

/// `{statusCode, data, message, reason}` of Confluence. The real one has a list in
/// `data.errors`, the published description says object: left out, clients read both.
pub(crate) fn confluence_error(status: u16, message: &str) -> Value {
    let reason = StatusCode::from_u16(status)
        .ok()
        .and_then(|it| it.canonical_reason())
        .unwrap_or("Error");
    json!({
        "statusCode": status,
        "data": { "authorized": status != 403, "valid": false, "successful": false },
        "message": message,
        "reason": reason,
    })
}

/// `{"errors": [{context, message, exceptionName}]}` of Bitbucket. The context is left
/// out where the real one says null: the published description does not allow null.
pub(crate) fn bitbucket_error(exception: &str, message: &str) -> Value {
    json!({ "errors": [{ "message": message, "exceptionName": exception }] })
}
