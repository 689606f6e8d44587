//! Where nobody can send the server by the address of a product, whatever their role: a cloud hands its credentials to whoever
//! asks from this machine, and what a product answers is shown.

use http::Method;
use serde_json::{Value, json};

use super::{ask, get, post, set_up};
use crate::world::{APP, World};

fn target(base_url: &str, proxy: Option<&str>) -> Value {
    json!({
        "name": "jira", "product": "jira", "base-url": base_url, "proxy": proxy,
        "credentials": {"method": "basic", "username": "u", "password": "p"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_target_is_where_a_cloud_s_services_are() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let path = format!("/apps/{APP}/targets/jira");
    let attempt = format!("{path}/try");
    for url in [
        "http://169.254.169.254",
        "http://169.254.169.254:80/latest",
        "http://[::ffff:169.254.169.254]",
        "http://[fd00:ec2::254]",
        "http://[64:ff9b::a9fe:a9fe]",
        "http://100.100.100.200",
        "http://0.0.0.0:8080",
    ] {
        for answer in [
            ask(&world, &ada, Method::PUT, &path, Some(target(url, None))).await,
            post(&world, &ada, &attempt, target(url, None)).await,
            post(
                &world,
                &ada,
                &attempt,
                target("http://jira.example", Some("http://169.254.169.254:80")),
            )
            .await,
        ] {
            assert_eq!(answer.status, 422, "{url}: {}", answer.text);
            assert!(answer.text.contains("no product does"), "{url}: {}", answer.text);
        }
    }
    // Names that are looked up; these are numbers, which every system knows.
    for url in [
        "http://2852039166",
        "http://0xa9.0xfe.0xa9.0xfe",
        "http://0251.0376.0251.0376",
    ] {
        let answer = post(&world, &ada, &attempt, target(url, None)).await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["pointer"]),
            (422, &json!("#/base-url")),
            "{url}: {}",
            answer.text
        );
        assert!(answer.text.contains("no product does"), "{url}: {}", answer.text);
    }
    assert_eq!(
        get(&world, &ada, &format!("/apps/{APP}/targets")).await.body,
        json!([]),
        "nothing is kept"
    );
    // What is no address of a product at all.
    for url in [
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_",
        "http://user:pass@jira.example",
        "http://jira.example?x=1",
        "http://jira.example#x",
        "//jira.example",
        "http://jira.example\r\nx: y",
        "",
    ] {
        let answer = ask(&world, &ada, Method::PUT, &path, Some(target(url, None))).await;
        assert!(
            [400, 422].contains(&answer.status),
            "{url:?}: {} {}",
            answer.status,
            answer.text
        );
    }
}
