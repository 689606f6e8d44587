//! Traces, as a collector receives them: by OTLP over real HTTP, from the real binary.

mod collector;

use std::path::PathBuf;

use tempfile::TempDir;
use tidegate_directory::target::Product;

use crate::doctor;
use crate::world::{
    APP, Admin, Process, Simulated, bytes, okta, person, printed, run, share_compiled, until_true,
};
use collector::{Between, Collector, hex, said};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A server with a configuration file.
struct Traced {
    process: Process,
    data_dir: PathBuf,
    /// What Okta is told: the address behind the host, and the token.
    path: String,
    token: String,
    folder: TempDir,
}

impl Traced {
    async fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data_dir = folder.path().join("data");
        share_compiled(&data_dir);
        std::fs::write(
            folder.path().join("headers"),
            "# the collector's\nX-Key: collector's\n",
        )
        .expect("writes");
        let file = folder.path().join("tidegate.toml");
        let headers = folder.path().join("headers");
        std::fs::write(&file, format!("otlp-headers-file = {headers:?}\n{settings}")).expect("writes");
        let file = file.to_str().expect("a path");
        let process = Process::serve_with(&data_dir, "info", &["--config", file]);
        until_true("its three lines", || process.stdout().lines().count() == 3).await;
        let base = printed(&process.stdout(), "SCIM base URL").expect("is printed");
        Self {
            path: base.split_once("/scim/").expect("a base URL").1.to_owned(),
            token: printed(&process.stdout(), "SCIM bearer token").expect("is printed"),
            process,
            data_dir,
            folder,
        }
    }

    fn okta(&self) -> tidegate_okta::OktaClient {
        okta(
            &format!("http://{}/scim/{}", self.process.address, self.path),
            &self.token,
        )
    }

    /// Looks for somebody, within a trace of the client's own.
    async fn looks_for(&self, name: &str) {
        let asks = format!(
            "GET /scim/{}/Users?filter=userName%20eq%20%22{name}%40tidal.example%22 HTTP/1.1\r\nhost: here\r\n\
             authorization: Bearer {}\r\ntraceparent: 00-{TRACE}-00f067aa0ba902b7-01\r\nconnection: close\r\n\r\n",
            self.path, self.token
        );
        let server = self.process.address.parse().expect("an address");
        assert!(bytes(server, asks.as_bytes()).await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_decisions_rows_and_calls_are_traced_and_nobody_is_named() {
    let (collector, address) = Collector::start().await;
    let server = Traced::start(&format!("otlp-endpoint = \"http://{address}/\"\n")).await;
    let jira = Simulated::start(Product::Jira, "admin").await;
    let (between, on_the_way) = Between::start(jira.simulator.base_url()).await;
    let mut target = jira.target("admin");
    target.base_url = format!("http://{on_the_way}");
    let admin = Admin::of(&server.data_dir);
    admin.put_target(APP, &target).await;
    server
        .okta()
        .assign(&person("augusta"))
        .await
        .expect("is assigned");
    admin.converged(APP).await;
    server.looks_for("augusta").await;
    let log = server.process.stderr();
    // What is in the queue is sent when it stops: nothing is waited for here.
    assert!(server.process.terminate());

    let created = collector
        .named("POST /scim/{app}/v2/Users")
        .pop()
        .expect("a span of the request");
    let of = |key: &str| said(&created.attributes, key);
    assert_eq!(of("http.response.status_code"), "201");
    assert_eq!(of("http.request.method"), "POST");
    assert_eq!(of("tidegate.app"), APP);
    assert_eq!(of("tidegate.request").len(), 36);
    assert!(created.end_time_unix_nano > created.start_time_unix_nano);
    for (name, key, value) in [
        ("decide", "tidegate.outcome", "planned"),
        ("store", "tidegate.action", "user.create"),
    ] {
        let within = collector.spans(|span| span.name == name && span.parent_span_id == created.span_id);
        assert_eq!(within.len(), 1, "{name} belongs to its request");
        assert_eq!(said(&within[0].attributes, key), value);
    }
    let row = collector
        .named("reconcile account")
        .pop()
        .expect("a span of the row");
    assert_eq!(said(&row.attributes, "tidegate.target"), "jira");
    assert_eq!(said(&row.attributes, "tidegate.outcome"), "applied");
    let calls = collector.spans(|span| span.parent_span_id == row.span_id);
    let call = calls
        .iter()
        .find(|call| call.name == "POST /rest/api/2/user")
        .expect("a call of the row");
    assert_eq!(said(&call.attributes, "tidegate.outcome"), "2xx");
    let carried = format!("00-{}-{}-01", hex(&call.trace_id), hex(&call.span_id));
    assert!(
        between.parents().contains(&carried),
        "{carried}: {:?}",
        between.parents()
    );

    let linked = collector.spans(|span| span.links.iter().any(|link| hex(&link.trace_id) == TRACE));
    assert_eq!(linked.len(), 1);
    assert_eq!(linked[0].name, "GET /scim/{app}/v2/Users");
    assert_ne!(
        hex(&linked[0].trace_id),
        TRACE,
        "a stranger's trace is noted and not joined"
    );

    let came = collector.came();
    assert_eq!(said(&came.resources, "service.name"), "tidegate");
    assert_eq!(
        said(&came.resources, "service.version"),
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(came.headers["content-type"], "application/x-protobuf");
    let all = String::from_utf8_lossy(&came.bytes);
    for secret in [
        "augusta",
        "tidal.example",
        &server.token,
        "Bearer",
        "filter",
        "collector's",
    ] {
        assert!(!all.contains(secret), "{secret} is in a trace");
    }
    // Spans are not for the log, nor is the key.
    assert!(
        !log.contains("tidegate::spans") && !log.contains("collector's"),
        "{log}"
    );
}

/// One in a thousand is enough for a busy server; a proxy that has chosen a trace wants all of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_s_trace_is_joined_and_others_are_sampled() {
    let (collector, address) = Collector::start().await;
    let server = Traced::start(&format!(
        "otlp-endpoint = \"http://{address}\"\notlp-sample-ratio = 0.0\ntrusted-proxies = [\"127.0.0.0/8\"]\n"
    ))
    .await;
    for _ in 0..20 {
        server.okta().test_api_credentials().await.expect("is answered");
    }
    server.looks_for("augusta").await;
    assert!(server.process.terminate());
    let spans = collector.spans(|_| true);
    assert!(!spans.is_empty());
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE), "{spans:?}");
    assert!(
        spans
            .iter()
            .any(|span| hex(&span.parent_span_id) == "00f067aa0ba902b7")
    );
}

/// A collector that does not answer holds nothing up.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_silent_holds_nobody_up() {
    // It takes connections, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = silent.local_addr().expect("an address");
    let server = Traced::start(&format!("otlp-endpoint = \"http://{address}\"\n")).await;
    for _ in 0..200 {
        server.okta().test_api_credentials().await.expect("is answered");
    }
    assert!(server.process.terminate(), "it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_whether_the_collector_takes_traces() {
    let (_collector, address) = Collector::start().await;
    let server = Traced::start(&format!("otlp-endpoint = \"http://{address}\"\n")).await;
    let of_traces = || -> Vec<String> {
        let found = doctor::bad(&server.data_dir);
        found
            .into_iter()
            .filter(|line| line.starts_with("traces: "))
            .collect()
    };
    assert_eq!(of_traces(), Vec::<String>::new());
    let headers = server.folder.path().join("headers");
    // It is read again each time.
    std::fs::write(&headers, "X-Key: another\n").expect("writes");
    let found = of_traces().pop().expect("is bad");
    assert!(
        found.contains("HTTP 401") && found.contains("otlp-headers-file"),
        "{found}"
    );
    std::fs::write(&headers, "X-Key another\n").expect("writes");
    let found = of_traces().pop().expect("is bad");
    assert!(
        found.contains("line 1 is not Name: value") && !found.contains("another"),
        "{found}"
    );
}

#[test]
fn what_is_configured_wrong_is_said_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |text: &str| {
        let file = folder.path().join("tidegate.toml");
        std::fs::write(&file, text).expect("writes");
        let done = run(
            &folder.path().join("data"),
            &["config", "check", file.to_str().expect("a path")],
        );
        assert!(!done.status.success());
        String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr)
    };
    for (text, wanted) in [
        ("otlp-endpoint = \"127.0.0.1:4318\"", "1:17: otlp-endpoint: is"),
        (
            "otlp-endpoint = \"http://a.example\"\notlp-sample-ratio = 1.5",
            "2:21: otlp-sample-ratio: 1.5",
        ),
        (
            "otlp-endpoint = \"http://a.example\"\notlp-headers-file = \"/none\"",
            "2:21: otlp-headers-file: /none",
        ),
    ] {
        let said = check(text);
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}
