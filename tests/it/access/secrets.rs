//! Secrets of administrators are in no log and in no file.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::PASSWORD;
use crate::world::{Process, RawAnswer, exchange, printed, share_compiled, until_true};

async fn ask(process: &Process, path: &str, headers: &[(&str, &str)], body: &Value) -> RawAnswer {
    let mut request = Request::post(format!("/admin/api/v1{path}"))
        .header("host", &process.address)
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Bytes::from(body.to_string())).expect("a request");
    let address = process.address.parse().expect("an address");
    exchange(address, request).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_logged_even_at_the_finest_level() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let log = "info,tidegate=trace,tidegate_store=trace,hyper=trace,hyper_util=trace,axum=trace,tower=trace";
    let process = Process::serve_logging(&data_dir, log);
    until_true("three lines", || process.stdout().lines().count() == 3).await;
    let link = printed(&process.stdout(), "Set-up link").expect("a link");
    let setup = link.split_once('#').expect("a token").1.to_owned();
    let wanted = json!({"token": setup, "name": "Ada", "password": PASSWORD});
    assert_eq!(ask(&process, "/setup", &[], &wanted).await.status, 201);
    let answer = ask(
        &process,
        "/session",
        &[],
        &json!({"name": "ada", "password": PASSWORD}),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let cookie = super::cookie(&answer);
    let csrf = answer.body["csrf-token"].as_str().expect("a token").to_owned();
    let headers = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
    let made = ask(
        &process,
        "/tokens",
        &headers,
        &json!({"name": "ci", "role": "operator"}),
    )
    .await;
    let token = made.body["token"].as_str().expect("a secret").to_owned();
    let bearer = format!("Bearer {token}");
    let used = ask(
        &process,
        "/apps",
        &[("authorization", &bearer)],
        &json!({"name": "second"}),
    )
    .await;
    assert_eq!(used.status, 403);
    assert_eq!(
        ask(
            &process,
            "/session",
            &[],
            &json!({"name": "ada", "password": [PASSWORD]})
        )
        .await
        .status,
        422
    );

    let session = cookie.split_once('=').expect("a value").1;
    let log = process.stderr();
    assert!(log.contains("request refused"), "{log}");
    let kept = [data_dir.join("tidegate.db"), data_dir.join("tidegate.db-wal")]
        .map(|file| std::fs::read(file).expect("reads"));
    for secret in [PASSWORD, setup.as_str(), session, csrf.as_str(), token.as_str()] {
        assert!(!log.contains(secret), "a secret is in the log");
        for bytes in &kept {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "a secret lies open in the database");
        }
    }
}
