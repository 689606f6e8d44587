//! Bodies of requests: one extractor for all of the API, so that every refusal has one form and says which field.
//!
//! What is not JSON is 400; JSON that is not what the route takes is 422. The library's own words repeat what was sent,
//! and that may be a secret: of them only those about what was expected are passed on.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use utoipa::ToSchema;

use super::bounds;
use super::expected::Unmet;
use crate::admin::error::Refusal;
use crate::admin::problem::Place;

/// A JSON body. A form of another site's page cannot send one.
#[derive(Debug)]
pub(crate) struct Fields<T>(pub(crate) T);

impl<T: DeserializeOwned + ToSchema + 'static, S: Send + Sync> FromRequest<S> for Fields<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let media = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media = media
            .and_then(|text| text.split(';').next())
            .unwrap_or_default()
            .trim();
        if !media.eq_ignore_ascii_case("application/json") {
            let text = "the body is JSON: Content-Type: application/json";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Refusal::new(rejection.status(), "the body is too long, or broke off"))?;
        read(&bytes).map(Self)
    }
}

fn read<T: DeserializeOwned + ToSchema + 'static>(bytes: &[u8]) -> Result<T, Refusal> {
    // Whether it is JSON at all comes first: reading a type may end before the text does.
    let whole: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let text = format!("the body is not JSON (line {line}, column {column})");
        Refusal::new(StatusCode::BAD_REQUEST, text)
    })?;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = names(error.path());
        refusal(&path, error.inner())
    })?;
    bounds::check::<T>(&whole)?;
    Ok(value)
}

/// Reads a part of a body that has a type of its own, which the route's does not say.
pub(crate) fn part<T: DeserializeOwned>(field: &str, value: &serde_json::Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut path = names(error.path());
        path.insert(0, field.to_owned());
        refusal(&path, error.inner())
    })
}

fn refusal(path: &[String], error: &serde_json::Error) -> Refusal {
    let unmet = Unmet::of(&error.to_string());
    // A field that is not known is on the path already; one with a name that no field has is not repeated.
    let path = match &unmet.field {
        None if unmet.unknown => path.split_last().map_or(path, |(_, above)| above),
        _ => path,
    };
    let field = unmet.field.as_ref().filter(|_| !unmet.unknown);
    let names: Vec<&str> = path.iter().chain(field).map(String::as_str).collect();
    let words = unmet.words;
    let refusal = Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, words.clone());
    match names.last() {
        None => refusal.in_whole(format!("the body: {words}")),
        Some(last) => {
            let whole = format!("{last}: {words}");
            refusal.at(Place::of_field(names.iter().copied())).in_whole(whole)
        }
    }
}

/// The names on the way to what could not be read. Indices stand for themselves in a pointer.
fn names(path: &Path) -> Vec<String> {
    let name = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use http_body_util::BodyExt;
    use serde_json::{Value, json};

    use super::*;
    use crate::admin::answers::{CreateToken, PutSchema, SetApp};

    async fn said<T: DeserializeOwned + ToSchema + std::fmt::Debug + 'static>(body: &str) -> (u16, Value) {
        let response = read::<T>(body.as_bytes())
            .expect_err("is refused")
            .into_response();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        let problem: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(problem["status"], status);
        (status, problem)
    }

    #[tokio::test]
    async fn each_field_is_named_in_its_place() {
        for (body, pointer, words) in [
            (
                r#"{"brake": {"percent": 300}}"#,
                "#/brake/percent",
                "expected a whole number from 0 to 255",
            ),
            (
                r#"{"brake": {"percent": "x"}}"#,
                "#/brake/percent",
                "expected a whole number from 0 to 255",
            ),
            (
                r#"{"protected-groups": ["a", 1]}"#,
                "#/protected-groups/1",
                "expected a string",
            ),
            (
                r#"{"brake": {"per-cent": 1}}"#,
                "#/brake/per-cent",
                "there is no such field here; there are: percent, at-least, users, window-minutes",
            ),
        ] {
            let (status, problem) = said::<SetApp>(body).await;
            assert_eq!(
                (status, &problem["errors"][0]["pointer"]),
                (422, &json!(pointer)),
                "{body}"
            );
            assert_eq!(problem["errors"][0]["detail"], words, "{body}");
        }
        let (_, problem) = said::<CreateToken>(r#"{"name": "ci"}"#).await;
        assert_eq!(problem["errors"][0]["pointer"], "#/role");
        assert_eq!(problem["detail"], "role: this must be given");
        let (_, problem) = said::<CreateToken>(r#"{"name": "ci", "role": "root"}"#).await;
        assert_eq!(
            problem["detail"],
            "role: expected one of viewer, operator, administrator"
        );
        let (_, problem) = said::<PutSchema>(r#"{"schema": {}, "resource-types": ["User", "X"]}"#).await;
        assert_eq!(problem["errors"][0]["pointer"], "#/resource-types/1");
    }

    #[tokio::test]
    async fn what_is_no_json_is_another_refusal_and_nothing_is_repeated() {
        for body in ["", "{", "{} {}", "{'a': 1}", "[\"a\",]", "\"\\ud800\""] {
            let (status, problem) = said::<SetApp>(body).await;
            assert_eq!((status, &problem["errors"]), (400, &Value::Null), "{body}");
        }
        for body in [
            r#""secret""#,
            "[7]",
            "null",
            r#"{"require-preview": "secret, expected secret"}"#,
            r#"{"a secret": 1}"#,
        ] {
            let (status, problem) = said::<SetApp>(body).await;
            assert!(
                status == 422 && !problem.to_string().contains("secret"),
                "{problem}"
            );
        }
    }
}
