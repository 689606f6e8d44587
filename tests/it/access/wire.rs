//! Addresses and headers as no client of good will writes them.

use super::{Caller, get, set_up};
use crate::world::{World, bytes};

/// Sends it as it is, with the session's cookie.
async fn raw(world: &World, ada: &Caller, line: &str, headers: &str) -> String {
    let cookie = &ada
        .0
        .iter()
        .find(|(name, _)| name == "cookie")
        .expect("a cookie")
        .1;
    let request = format!("{line} HTTP/1.1\r\nconnection: close\r\ncookie: {cookie}\r\n{headers}\r\n");
    bytes(world.address(), request.as_bytes()).await
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_leads_to_a_file() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    for path in [
        "/admin/static/../../Cargo.toml",
        "/admin/static/..%2f..%2fCargo.toml",
        "/admin/static/%2e%2e/%2e%2e/secret.key",
        "/admin/static/..\\..\\secret.key",
        "/admin/static//etc/passwd",
        "/admin/static/style.css/../../../tidegate.db",
        "/admin/static/style.css%00.key",
        "/admin/apps/..%2f..%2fsecret.key/people",
        "/admin/api/v1/apps/..%2f..%2f/targets",
        "/admin/api/v1/../../../etc/passwd",
        "//etc/passwd",
        "/scim/../secret.key/v2/Users",
        "/scim/%2e%2e%2fadmin/v2/Users",
    ] {
        let answer = raw(&world, &ada, &format!("GET {path}"), "host: here\r\n").await;
        assert!(!status(&answer).starts_with('5'), "{path}: {answer}");
        for content in ["[workspace]", "root:", "SQLite format"] {
            assert!(!answer.contains(content), "{path}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_comes_becomes_a_header() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    for (line, headers) in [
        ("GET /admin%0d%0aset-cookie:%20planted=1", "host: here\r\n"),
        (
            "GET /admin/sign-in?x=%0d%0aset-cookie:%20planted=1",
            "host: here\r\n",
        ),
        (
            "GET /admin/apps/x%0d%0aset-cookie:%20planted=1/people",
            "host: here\r\n",
        ),
        (
            "GET /admin/api/v1/apps/x%0d%0aset-cookie:%20planted=1/targets",
            "host: here\r\n",
        ),
        ("GET /admin", "host: here%0d%0aset-cookie: planted=1\r\n"),
        (
            "GET /admin",
            "host: evil.example\r\nx-forwarded-host: evil.example\r\nforwarded: host=evil.example\r\n",
        ),
        ("GET /admin", "host: here\r\nx-request-id: planted\r\n"),
    ] {
        let answer = raw(&world, &ada, line, headers).await;
        let head = answer.split("\r\n\r\n").next().unwrap_or_default().to_lowercase();
        assert!(!head.contains("planted"), "{line}: {head}");
        let location = head.lines().find(|line| line.starts_with("location:"));
        assert!(
            location.is_none_or(|location| !location.contains("evil")),
            "{line}: {head}"
        );
    }
}

/// Two lengths, or a length and chunks: whoever is in front may see another end than we do.
#[tokio::test(flavor = "multi_thread")]
async fn no_request_hides_in_another() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let hidden = "POST /admin/api/v1/apps HTTP/1.1\r\nhost: here\r\n\r\n";
    for headers in [
        format!(
            "host: here\r\ncontent-length: 0\r\ncontent-length: {}\r\n",
            hidden.len()
        ),
        "host: here\r\ncontent-length: +5\r\n".to_owned(),
        "host: here\r\ntransfer-encoding: gzip, identity\r\n".to_owned(),
        "host: here\r\ntransfer-encoding : chunked\r\n".to_owned(),
        "host: here\r\n bad: folded\r\n".to_owned(),
    ] {
        let answer = raw(&world, &ada, "POST /admin/api/v1/session", &headers).await;
        assert_eq!(status(&answer), "400", "{headers}: {answer}");
    }
    let apps = get(&world, &ada, "/apps").await;
    assert_eq!(apps.body.as_array().map(Vec::len), Some(1), "{}", apps.text);
}
