//! How a target is reached: authorities, client certificates, proxies, and at what rate.
#![allow(clippy::unwrap_used, reason = "a test")]

mod wire;

use std::num::NonZeroU32;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use tidegate_directory::connector::ConnectorError;
use tidegate_directory::target::{ClientCertificate, TargetConfig};
use tidegate_directory::transport::{Answer, Client};
use tokio::net::TcpListener;
use wire::proxy::Proxy;
use wire::server::Server;
use wire::{Authority, PASSWORD, self_signed, target};

const PATH: &str = "/rest/api/2/serverInfo";
const HOST: &str = "127.0.0.1";

async fn call(config: &TargetConfig) -> Result<Answer, ConnectorError> {
    Client::new(config).unwrap().get(PATH).await
}

async fn unavailable(config: &TargetConfig) -> String {
    match call(config).await {
        Err(ConnectorError::Unavailable(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn refused(config: &TargetConfig) -> String {
    match Client::new(config) {
        Err(ConnectorError::Refused(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_private_authority_is_needed_and_suffices() {
    let authority = Authority::new("ours");
    let server = Server::tls(&authority.issue(HOST), None).await;
    let mut config = target(&server.base_url);
    let words = unavailable(&config).await;
    assert!(words.contains("--ca-file"), "{words}");
    config.ca = Some(Authority::new("another").pem());
    let words = unavailable(&config).await;
    assert!(words.contains("--ca-file"), "{words}");
    // Several in one text, with what people write between them, and no last line's end.
    let several = format!("{}\n# ours\n{}", Authority::new("another").pem(), authority.pem());
    config.ca = Some(several.trim_end().to_owned());
    assert_eq!(call(&config).await.unwrap().status(), 200);
    assert_eq!(server.calls().len(), 1, "nothing was sent to a stranger");
}

#[tokio::test]
async fn a_certificate_that_signed_itself_is_explained() {
    let own = self_signed();
    let server = Server::tls(&own, None).await;
    let mut config = target(&server.base_url);
    let words = unavailable(&config).await;
    assert!(words.contains("--ca-file"), "{words}");
    config.ca = Some(own.chain);
    let words = unavailable(&config).await;
    assert!(words.contains("signed by an authority"), "{words}");
}

#[tokio::test]
async fn a_client_certificate_opens_a_server_that_demands_one() {
    let authority = Authority::new("ours");
    let server = Server::tls(&authority.issue(HOST), Some(&authority)).await;
    let mut config = target(&server.base_url);
    config.ca = Some(authority.pem());
    let words = unavailable(&config).await;
    assert!(words.contains("--client-certificate-file"), "{words}");
    config.client_certificate = Some(Authority::new("another").issue("tidegate"));
    let words = unavailable(&config).await;
    assert!(words.contains("does not accept"), "{words}");
    assert!(server.calls().is_empty());
    config.client_certificate = Some(authority.issue("tidegate"));
    assert_eq!(call(&config).await.unwrap().status(), 200);
}

#[tokio::test]
async fn bad_pem_is_refused_in_words_that_hold_no_key() {
    let authority = Authority::new("ours");
    let (good, other) = (authority.issue("a"), authority.issue("b"));
    let mut config = target("https://jira.example.com");
    for ca in ["", "hidden", "-----BEGIN CERTIFICATE-----\nhidden\n", &good.key] {
        config.ca = Some(ca.to_owned());
        let words = refused(&config);
        assert!(words.contains("root certificates"), "{words}");
        assert!(!words.contains("hidden"), "{words}");
    }
    config.ca = None;
    let half = good.key.split_at(good.key.len() / 2).0;
    let locked = good.key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    for (chain, key, why) in [
        (good.chain.as_str(), "", "the private key is not whole PEM"),
        (&good.chain, half, "the private key is not whole PEM"),
        (&good.chain, &good.chain, "the private key is not whole PEM"),
        (&good.chain, &locked, "passphrase"),
        (&good.chain, &other.key, "not that of the client certificate"),
        (&good.key, &good.key, "the client certificate"),
        ("", &good.key, "the client certificate"),
    ] {
        let (chain, key) = (chain.to_owned(), key.to_owned());
        config.client_certificate = Some(ClientCertificate { chain, key });
        let words = refused(&config);
        assert!(words.contains(why), "{words}");
        let secret = good.key.lines().nth(1).unwrap();
        for shown in [words, format!("{config:?}"), format!("{config:#?}")] {
            assert!(!shown.contains(secret) && !shown.contains(PASSWORD), "{shown}");
        }
    }
    let mut plain = target("http://jira.example.com");
    plain.client_certificate = Some(good);
    assert!(refused(&plain).contains("https://"));
}

#[tokio::test]
async fn a_proxy_tunnels_to_https_and_learns_nothing() {
    let authority = Authority::new("ours");
    let (server, proxy) = (
        Server::tls(&authority.issue(HOST), None).await,
        Proxy::open().await,
    );
    let mut config = target(&server.base_url);
    config.ca = Some(authority.pem());
    config.proxy = Some(proxy.address.clone());
    assert_eq!(call(&config).await.unwrap().status(), 200);
    let calls = server.calls();
    let basic = BASE64_STANDARD.encode(format!("admin:{PASSWORD}"));
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (calls[0].uri.as_str(), &calls[0].authorization),
        (PATH, &format!("Basic {basic}"))
    );
    let saw = proxy.saw();
    let host = server.base_url.trim_start_matches("https://");
    assert!(saw.starts_with(&format!("CONNECT {host} HTTP/1.1\r\n")), "{saw}");
    for hidden in [basic.as_str(), PASSWORD, PATH, "uthorization"] {
        assert!(!saw.contains(hidden), "{saw}");
    }
}

#[tokio::test]
async fn a_proxy_is_asked_for_http_in_absolute_form() {
    let (server, proxy) = (Server::plain(HeaderMap::new()).await, Proxy::open().await);
    let mut config = target(&format!("{}/jira", server.base_url));
    config.proxy = Some(proxy.address.clone());
    assert_eq!(call(&config).await.unwrap().status(), 200);
    let absolute = format!("{}/jira{PATH}", server.base_url);
    assert_eq!(server.calls()[0].uri, absolute);
    assert!(
        proxy.saw().starts_with(&format!("GET {absolute} HTTP/1.1\r\n")),
        "{}",
        proxy.saw()
    );
    // And without the proxy in the form that every server knows.
    config.proxy = None;
    call(&config).await.unwrap();
    assert_eq!(server.calls()[1].uri, format!("/jira{PATH}"));
}

#[tokio::test]
async fn a_proxy_that_is_down_or_refuses_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let demanding = Proxy::refusing("407 Log in").await;
    let closed = Proxy::refusing("403 No").await;
    for base_url in ["https://jira.example.com", "http://jira.example.com"] {
        let mut config = target(base_url);
        config.proxy = Some(nobody.clone());
        let words = unavailable(&config).await;
        let down = format!("by the proxy {}", nobody.trim_start_matches("http://"));
        assert!(words.contains(&down) && words.contains("refused"), "{words}");
        config.proxy = Some(demanding.address.clone());
        let words = unavailable(&config).await;
        assert!(words.contains("the proxy"), "{words}");
    }
    let mut config = target("https://jira.example.com");
    config.proxy = Some(closed.address.clone());
    let words = unavailable(&config).await;
    assert!(words.contains("by the proxy"), "{words}");
    config.proxy = Some(format!("http://ann:{PASSWORD}@127.0.0.1:1"));
    let words = refused(&config);
    assert!(
        words.contains("no user name or password") && !words.contains(PASSWORD),
        "{words}"
    );
}

/// Stops the clock: it goes on only as it is told to, not by itself whenever nothing but the
/// network is waited for (that is what a blocking task in flight keeps it from).
fn stop_the_clock() -> std::sync::mpsc::Sender<()> {
    let (go_on, wait) = std::sync::mpsc::channel();
    tokio::time::pause();
    tokio::task::spawn_blocking(move || wait.recv());
    go_on
}

/// The second call of this client waits, others' calls go on meanwhile, and it goes on after
/// so many seconds, no earlier.
async fn second_call_waits(config: TargetConfig, server: &Server, seconds: u64) {
    let _stopped = stop_the_clock();
    let client = Client::new(&config).unwrap();
    client.get("/first").await.unwrap();
    let mut second = tokio::spawn(async move { client.get("/second").await });
    for step in [0, seconds - 1] {
        tokio::time::advance(Duration::from_secs(step)).await;
        for _ in 0..3 {
            let other = target(&server.base_url);
            Client::new(&other).unwrap().get("/other").await.unwrap();
        }
        assert!(server.calls().iter().all(|call| call.uri != "/second"));
    }
    tokio::time::advance(Duration::from_millis(1_001)).await;
    (&mut second).await.unwrap().unwrap();
    assert_eq!(server.calls().last().unwrap().uri, "/second");
}

#[tokio::test]
async fn a_configured_rate_is_waited_for_outside_the_timeout() {
    let server = Server::plain(HeaderMap::new()).await;
    let mut config = target(&server.base_url);
    config.calls_per_second = NonZeroU32::new(1);
    config.timeout_ms = 500;
    second_call_waits(config, &server, 1).await;
}

#[tokio::test]
async fn an_empty_bucket_is_waited_for_before_the_product_says_429() {
    let headers = [
        ("x-ratelimit-limit", "10"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-fillrate", "10"),
        ("x-ratelimit-interval-seconds", "30"),
        ("retry-after", "0"),
    ];
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    let server = Server::plain(headers.collect()).await;
    second_call_waits(target(&server.base_url), &server, 30).await;
}
