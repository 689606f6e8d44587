//! A tap between connector and Prism. Prism tells of a violation in its answer, in a
//! header or as a problem document; here every answer is read before it is passed on.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::common::serve;

/// One call that Prism has judged.
#[derive(Debug, Clone)]
pub struct Judged {
    /// `METHOD /path`, without the query: Bitbucket takes passwords in it.
    pub call: String,
    /// The status that the connector saw.
    pub status: u16,
    /// Prism's words, where call or answer left the contract.
    pub complaint: Option<String>,
}

/// The calls judged, oldest first.
pub type Record = Arc<Mutex<Vec<Judged>>>;

/// Listens on a free port, passes everything on to `prism` and records it. Runs until
/// the runtime of the test ends; returns its own base URL.
pub async fn start(prism: String, record: Record) -> String {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    serve(move |request| {
        let (client, prism, record) = (client.clone(), prism.clone(), record.clone());
        async move {
            let (mut head, body) = request.into_parts();
            let call = format!("{} {}", head.method, head.uri.path());
            let path = head.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
            head.uri = format!("{prism}{path}").parse().unwrap();
            head.headers.remove(header::HOST);
            let body = body.collect().await.unwrap().to_bytes();
            let answer = client
                .request(Request::from_parts(head, Full::new(body)))
                .await
                .unwrap();
            let (mut head, body) = answer.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            record.lock().unwrap().push(Judged {
                call,
                status: head.status.as_u16(),
                complaint: complaint(&head.headers, &body),
            });
            head.headers.remove(header::TRANSFER_ENCODING);
            Response::from_parts(head, Full::new(body))
        }
    })
    .await
}

fn complaint(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    if text("content-type").is_some_and(|it| it.starts_with("application/problem+json")) {
        return Some(String::from_utf8_lossy(body).into_owned());
    }
    text("sl-violations").map(str::to_owned)
}
