//! One call, read whole: query parameters and JSON body.

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::header;
use http_body_util::{BodyExt as _, Limited};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::answer;
use crate::config::SimProduct;
use crate::server::Shared;

/// Bodies above this are refused; the longest real one is a list of a few thousand names.
const MOST_BODY: usize = 1 << 20;

/// What a handler needs of the request besides its path.
#[derive(Debug)]
pub(crate) struct Call {
    query: Vec<(String, String)>,
    /// The JSON body; `Null` where there is none. Of XML (Crowd only) its text.
    pub(crate) body: Value,
}

impl Call {
    /// A query parameter, decoded.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A query parameter given several times.
    pub(crate) fn queries(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A number in the query.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.query(name).and_then(|value| value.parse().ok())
    }

    /// A text field of the body.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// A boolean field of the body. The products' JSON reader takes `"false"` for `false`.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.body.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl FromRequest<Shared> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, sim: &Shared) -> Result<Self, Response> {
        let product = sim.config.product;
        let (head, body) = request.into_parts();
        let query = head.uri.query().map(parse_query).unwrap_or_default();
        let body = match Limited::new(body, MOST_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(_) => return Err(answer::refusal(product, 413, "Request body too large")),
        };
        if body.is_empty() {
            return Ok(Self {
                query,
                body: Value::Null,
            });
        }
        let kind = head
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|it| it.to_str().ok())
            .unwrap_or("");
        // Atlassian's own client of Crowd speaks XML.
        if product == SimProduct::Crowd && kind.starts_with("application/xml") {
            let body = Value::String(String::from_utf8_lossy(&body).into_owned());
            return Ok(Self { query, body });
        }
        if !["application/json", "application/scim+json"]
            .iter()
            .any(|it| kind.starts_with(it))
        {
            return Err(answer::refusal(product, 415, "Unsupported Media Type"));
        }
        match serde_json::from_slice(&body) {
            Ok(body) => Ok(Self { query, body }),
            Err(error) => Err(answer::refusal(
                product,
                400,
                &format!("Unreadable JSON: {error}"),
            )),
        }
    }
}

/// Pairs of a query string, decoded as servlets do: `+` is a space.
fn parse_query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}
