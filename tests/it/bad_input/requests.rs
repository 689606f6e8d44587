//! Credentials, types and sizes.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

use super::{USER, assert_error, request, send, stored, with_token};
use crate::world::World;

fn user() -> String {
    json!({"schemas": [USER], "userName": "ada@tidal.example"}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_token_nothing_is_told() {
    let world = World::bare().await;
    let before = stored(&world);
    let right = world.token().to_owned();
    let (short, longer) = (right[..right.len() - 1].to_owned(), format!("{right}x"));
    for token in [
        "",
        "wrong",
        &short,
        &longer,
        &right.to_uppercase(),
        &"x".repeat(10_000),
    ] {
        for (method, path) in [
            ("GET", "/Users"),
            ("POST", "/Users"),
            ("GET", "/Nothing"),
            ("GET", "/ServiceProviderConfig"),
        ] {
            let answer = send(&world, with_token(&world, method, path, token, user())).await;
            assert_error(&format!("{method} {path} with {token:.20}"), &answer, 401, None);
            assert!(answer.headers.contains_key("www-authenticate"));
        }
    }
    let mut without = request(&world, "POST", "/Users", user());
    without.headers_mut().remove(AUTHORIZATION);
    assert_error("no token", &send(&world, without).await, 401, None);
    for value in [
        format!("Digest {right}"),
        format!("Bearer {right} {right}"),
        "Basic ????".to_owned(),
    ] {
        let mut other = request(&world, "POST", "/Users", user());
        other
            .headers_mut()
            .insert(AUTHORIZATION, value.parse().expect("a header"));
        assert_error(&value[..8], &send(&world, other).await, 401, None);
    }
    // An app that does not exist is told apart from a wrong token by nobody.
    let mut elsewhere = request(&world, "GET", "/Users", "");
    *elsewhere.uri_mut() = format!("http://{}/scim/0123456789abcdef/v2/Users", world.address())
        .parse()
        .expect("a URI");
    let unknown = send(&world, elsewhere).await;
    let wrong = send(&world, with_token(&world, "GET", "/Users", "wrong", "")).await;
    assert_eq!((unknown.status, unknown.text), (wrong.status, wrong.text));
    assert_eq!(stored(&world), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_other_types_and_sizes_are_not_read() {
    let world = World::with(|config| config.max_body_bytes = 100_000).await;
    let before = stored(&world);
    for kind in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
    ] {
        let mut other = request(&world, "POST", "/Users", user());
        other
            .headers_mut()
            .insert(CONTENT_TYPE, kind.parse().expect("a header"));
        assert_error(kind, &send(&world, other).await, 415, None);
    }
    let large = json!({"schemas": [USER], "userName": "ada", "displayName": "x".repeat(200_000)}).to_string();
    let answer = send(&world, request(&world, "POST", "/Users", large.clone())).await;
    assert_error("too large", &answer, 413, None);

    // The same without saying so first: counted as it comes.
    let piece = &large[..65_536];
    let head = format!(
        "POST {}/Users HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/scim+json\r\n\
         connection: close\r\ntransfer-encoding: chunked\r\n\r\n",
        world
            .base_url()
            .split_once("//")
            .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
            .expect("a path"),
        world.token(),
    );
    let mut bytes = head.into_bytes();
    for _ in 0..4 {
        bytes.extend(format!("{:x}\r\n{piece}\r\n", piece.len()).into_bytes());
    }
    bytes.extend(b"0\r\n\r\n");
    let answer = crate::world::bytes(world.address(), &bytes).await;
    // A client that is still sending when the connection closes may not see the answer.
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 413"),
        "{answer}"
    );
    assert_eq!(stored(&world), before);

    // Okta's test suite says application/json; some clients say nothing.
    let mut plain = request(&world, "POST", "/Users", user());
    plain.headers_mut().insert(
        CONTENT_TYPE,
        "application/json; charset=utf-8".parse().expect("a header"),
    );
    assert_eq!(send(&world, plain).await.status, 201);
}
