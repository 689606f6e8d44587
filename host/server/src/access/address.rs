//! What an address says: the segments of its path and its query. As axum's own extractors, with refusals in the API's
//! form: 400, and which part.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, MatchedPath};
use http::request::Parts;
use http::{StatusCode, Uri};
use serde::de::DeserializeOwned;

use super::expected::Unmet;
use crate::admin::error::Refusal;

/// Segments of the path, in their order.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(value)| Self(value))
            .map_err(|rejection| {
                let pattern = parts
                    .extensions
                    .get::<MatchedPath>()
                    .map_or("", MatchedPath::as_str);
                let text = "the address is not written as one";
                let refusal = |text: &str| Refusal::new(StatusCode::BAD_REQUEST, text);
                let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
                    return refusal(text);
                };
                match failed.into_kind() {
                    ErrorKind::InvalidUtf8InPathParam { key } => refusal(text).of_parameter(&key),
                    ErrorKind::ParseErrorAtIndex { index, .. } => {
                        let name = parameters(pattern).nth(index).unwrap_or_default();
                        refusal(&format!("{name} is a whole number")).of_parameter(name)
                    }
                    _ => refusal(text),
                }
            })
    }
}

/// The names of a pattern's segments, in their order.
pub(crate) fn parameters(pattern: &str) -> impl Iterator<Item = &str> {
    pattern
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// Characters of a value in a query.
pub(crate) const LONGEST: usize = 1_024;

/// The name of a value that is longer.
fn overlong(uri: &Uri) -> Option<String> {
    let axum::extract::Query(pairs) =
        axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let long = |value: &str| value.chars().nth(LONGEST).is_some();
    pairs
        .into_iter()
        .find_map(|(name, value)| long(&value).then_some(name))
}

/// The query.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        // Names are known where it could be read.
        if let (Ok(_), Some(name)) = (&read, overlong(&parts.uri)) {
            let text = format!("this has {LONGEST} characters at most");
            return Err(Refusal::new(StatusCode::BAD_REQUEST, text).of_parameter(&name));
        }
        read.map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| {
                // `name: what is wrong with it`, or only that.
                let said =
                    std::error::Error::source(&rejection).map_or_else(String::new, ToString::to_string);
                let (name, said) = match said.split_once(": ") {
                    Some((name, rest)) if !name.contains(' ') => (Some(name.to_owned()), rest.to_owned()),
                    _ => (None, said),
                };
                let unmet = Unmet::of(&said);
                let words = match said.contains("digit") || said.contains("number too") {
                    true => "expected a whole number".to_owned(),
                    false => unmet.words,
                };
                let refusal = Refusal::new(StatusCode::BAD_REQUEST, words.clone());
                match name.or(unmet.field) {
                    Some(name) => refusal.of_parameter(&name).in_whole(format!("{name}: {words}")),
                    None => refusal.in_whole(format!("the query: {words}")),
                }
            })
    }
}
