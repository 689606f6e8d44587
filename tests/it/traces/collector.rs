//! A collector: it takes what comes by OTLP over HTTP, and keeps it. And a way to a product that keeps what calls carry.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// What came.
#[derive(Default)]
pub(super) struct Came {
    /// Attributes of the resources.
    pub(super) resources: Vec<KeyValue>,
    pub(super) spans: Vec<Span>,
    pub(super) headers: HeaderMap,
    /// Everything, to look for what must not be in it.
    pub(super) bytes: Vec<u8>,
}

#[derive(Clone, Default)]
pub(super) struct Collector(Arc<Mutex<Came>>);

impl Collector {
    /// On a loopback port.
    pub(super) async fn start() -> (Self, SocketAddr) {
        let collector = Self::default();
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(collector.clone());
        (collector, serve(router).await)
    }

    pub(super) fn came(&self) -> MutexGuard<'_, Came> {
        self.0.lock().expect("is not poisoned")
    }

    pub(super) fn spans(&self, matches: impl Fn(&Span) -> bool) -> Vec<Span> {
        self.came()
            .spans
            .iter()
            .filter(|span| matches(span))
            .cloned()
            .collect()
    }

    pub(super) fn named(&self, name: &str) -> Vec<Span> {
        self.spans(|span| span.name == name)
    }
}

/// Whoever does not know the word is not let in.
async fn take(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if headers.get("x-key").is_none_or(|key| key != "collector's") {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(request) = ExportTraceServiceRequest::decode(body.clone()) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut came = collector.came();
    came.headers = headers;
    came.bytes.extend_from_slice(&body);
    for resource in request.resource_spans {
        came.resources
            .extend(resource.resource.unwrap_or_default().attributes);
        came.spans
            .extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
    }
    StatusCode::OK
}

/// An attribute as a text.
pub(super) fn said(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

pub(super) fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Passes calls on to a product, and keeps the `traceparent` of each.
#[derive(Clone)]
pub(super) struct Between {
    product: String,
    client: reqwest::Client,
    parents: Arc<Mutex<Vec<String>>>,
}

impl Between {
    pub(super) async fn start(product: &str) -> (Self, SocketAddr) {
        let between = Self {
            product: product.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().expect("a client"),
            parents: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(between.clone());
        (between, serve(router).await)
    }

    pub(super) fn parents(&self) -> Vec<String> {
        self.parents.lock().expect("is not poisoned").clone()
    }
}

async fn pass(State(between): State<Between>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if let Some(parent) = head.headers.get("traceparent") {
        let parent = parent.to_str().expect("a text").to_owned();
        between.parents.lock().expect("is not poisoned").push(parent);
    }
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let path = head.uri.path_and_query().expect("a path");
    let mut headers = head.headers;
    headers.remove("host");
    let asked = between
        .client
        .request(head.method, format!("{}{path}", between.product))
        .headers(headers)
        .body(body);
    let answer = asked.send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, answer.bytes().await.expect("a body")).into_response()
}

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
