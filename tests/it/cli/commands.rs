//! Each command against a running server, and against a data directory that nobody serves.

use std::path::Path;

use serde_json::Value;
use tidegate_directory::target::Product;
use tidegate_okta::OktaClient;

use super::{entered, fails, works};
use crate::world::{APP, Admin, Org, Process, Simulated, okta, person, share_compiled};

#[tokio::test(flavor = "multi_thread")]
async fn with_a_running_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let process = Process::serve(&data_dir);
    let jira = Simulated::start(Product::Jira, "pass word").await;
    let (path, first, second) = every_command(&data_dir, &jira).await;

    // What commands change counts at once.
    let client = |token: &str| okta(&format!("http://{}{path}", process.address), token);
    let opens = async |client: OktaClient| client.test_api_credentials().await.is_ok();
    assert!(
        opens(client(&first)).await && opens(client(&second)).await,
        "both, while they overlap"
    );
    let (_, third) = entered(&works(
        &data_dir,
        &["app", "rotate-token", "second", "--overlap-seconds", "0"],
    ));
    assert!(
        !opens(client(&first)).await && !opens(client(&second)).await,
        "older tokens end"
    );
    assert!(opens(client(&third)).await);

    client(&third).assign(&person("ada")).await.expect("is assigned");
    Admin::of(&data_dir).converged("second").await;
    let mut org = Org::default();
    org.assign(&person("ada"));
    org.assert_held_by(&[jira]);
    let status = works(&data_dir, &["status"]);
    assert!(
        status.contains("second: 1 users") && status.contains("runs"),
        "{status}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    works(&data_dir, &["app", "create", APP]);
    let jira = Simulated::start(Product::Jira, "pass word").await;
    let (path, first, second) = every_command(&data_dir, &jira).await;

    // What commands changed counts once a server runs; there are apps, so it makes none.
    let process = Process::serve(&data_dir);
    for token in [&first, &second] {
        okta(&format!("http://{}{path}", process.address), token)
            .test_api_credentials()
            .await
            .expect("opens");
    }
    assert!(!process.stdout().contains("token"), "{}", process.stdout());
}

/// Gives back the path of the second app's base URL, and its two tokens.
async fn every_command(data_dir: &Path, jira: &Simulated) -> (String, String, String) {
    let password = data_dir.parent().expect("a folder").join("password");
    std::fs::write(&password, "pass word\n").expect("writes");
    let password = password.to_str().expect("a path");

    let (path, first) = entered(&works(data_dir, &["app", "create", "second"]));
    assert!(fails(data_dir, &["app", "create", "SECOND"]).contains("SECOND"));
    assert!(fails(data_dir, &["app", "create", "a/b"]).contains("letters"));
    let listed = works(data_dir, &["app", "list"]);
    assert!(
        listed.starts_with("APP") && listed.contains("second") && listed.contains(APP),
        "{listed}"
    );
    let (same, second) = entered(&works(data_dir, &["app", "rotate-token", "second"]));
    assert!(same == path && second != first);
    assert!(fails(data_dir, &["app", "rotate-token", "third"]).contains("no app \"third\""));

    let url = jira.simulator.base_url();
    let add = [
        "target",
        "add",
        "jira",
        "--app",
        "second",
        "--product",
        "jira",
        "--url",
        url,
        "--username",
        "admin",
    ];
    let added = works(data_dir, &[&add[..], &["--password-file", password]].concat());
    assert!(added.contains("tidegate target test jira"), "{added}");
    assert!(fails(data_dir, &[&add[..], &["--password-file", "/nowhere"]].concat()).contains("/nowhere"));
    let listed = works(data_dir, &["target", "list", "--app", "second"]);
    assert!(
        listed.contains("jira") && listed.contains(url) && !listed.contains("pass word"),
        "{listed}"
    );
    assert!(
        !works(data_dir, &["target", "list"]).contains("jira"),
        "the other app has none"
    );
    let tested = works(data_dir, &["target", "test", "jira", "--app", "second"]);
    assert!(
        tested.contains("version 10.3.24") && tested.contains("admin"),
        "{tested}"
    );
    assert!(
        fails(data_dir, &["target", "test", "bamboo", "--app", "second"]).contains("no target \"bamboo\"")
    );

    policies(data_dir);
    endpoint(data_dir);
    let status = works(data_dir, &["status"]);
    assert!(
        status.contains("second: 0 users") && status.contains("TARGET"),
        "{status}"
    );
    let json: Value = serde_json::from_str(&works(data_dir, &["status", "--json"])).expect("JSON");
    assert_eq!(json["apps"].as_array().map(Vec::len), Some(2), "{json}");
    (path, first, second)
}

/// What concerns the endpoint alone: limits, extensions, OAuth clients.
fn endpoint(data_dir: &Path) {
    let file = |name: &str, text: &str| {
        let path = data_dir.parent().expect("a folder").join(name);
        std::fs::write(&path, text).expect("writes");
        path.to_str().expect("a path").to_owned()
    };
    let set = works(
        data_dir,
        &[
            "app",
            "set",
            "second",
            "--basic-authentication",
            "true",
            "--most-pending",
            "9000",
        ],
    );
    assert!(
        set.contains("basic authentication: on") && set.contains("9000"),
        "{set}"
    );
    let set = works(data_dir, &["app", "set", "second", "--most-pending", "0"]);
    assert!(
        set.contains("basic authentication: on") && set.contains("pending changes, at most: none"),
        "{set}"
    );

    let app = ["--app", "second"];
    let badge = file(
        "badge.json",
        r#"{"id": "urn:example:badge", "name": "Badge", "attributes": [{"name": "code"}]}"#,
    );
    let wrong = file(
        "wrong.json",
        r#"{"id": "badge", "attributes": [{"name": "code", "type": "number"}]}"#,
    );
    let schema = |words: &[&str]| works(data_dir, &[&["schema"], words, &app].concat());
    let refused = |words: &[&str]| fails(data_dir, &[&["schema"], words, &app].concat());
    let added = schema(&["add", &badge, "--type", "user", "--type", "group"]);
    assert!(
        added.contains("urn:example:badge (Badge) extends User Group"),
        "{added}"
    );
    let words = refused(&["add", &wrong]);
    assert!(
        words.contains("/id") && words.contains("/attributes/0/type"),
        "{words}"
    );
    assert!(schema(&["list"]).contains("urn:example:badge"));
    let shown: Value = serde_json::from_str(&schema(&["show", "urn:example:badge"])).expect("JSON");
    assert_eq!(shown["attributes"][0]["uniqueness"], "none", "the complete form");
    assert!(schema(&["remove", "urn:example:badge"]).contains("is removed"));
    assert!(refused(&["show", "urn:example:badge"]).contains("no extension"));

    let client = |words: &[&str]| works(data_dir, &[&["client"], words, &app].concat());
    let refused = |words: &[&str]| fails(data_dir, &[&["client"], words, &app].concat());
    let made = client(&["create", "entra"]);
    assert!(
        made.contains("client secret: tg_") && made.contains("/token"),
        "{made}"
    );
    let keys =
        r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let made = client(&["create", "signer", "--keys", &file("keys.json", keys)]);
    assert!(made.contains("client id: ") && !made.contains("secret"), "{made}");
    assert!(refused(&["create", "ENTRA"]).contains("in use"));
    assert!(refused(&["create", "other", "--keys", &badge]).contains("JSON Web Key Set"));
    assert!(client(&["rotate-secret", "entra"]).contains("client secret: tg_"));
    assert!(refused(&["rotate-secret", "signer"]).contains("no secret"));
    let listed = client(&["list"]);
    assert!(
        listed.contains("2 secrets") && listed.contains("assertions"),
        "{listed}"
    );
    assert!(client(&["remove", "entra"]).contains("is removed"));
    assert!(refused(&["remove", "entra"]).contains("not found"));
}

fn policies(data_dir: &Path) {
    let file = |name: &str, bytes: &[u8]| {
        let path = data_dir.parent().expect("a folder").join(name);
        std::fs::write(&path, bytes).expect("writes");
        path.to_str().expect("a path").to_owned()
    };
    let component = file("standard.wasm", tidegate_guests::STANDARD);
    let settings = file("settings.json", br#"{"username-case": "lower"}"#);
    let broken = file("broken.wasm", b"not wasm");
    let bad = file("bad.json", br#"{"username-case": "UPPER"}"#);
    let app = ["--app", "second"];
    let policy = |words: &[&str]| works(data_dir, &[&["policy"], words, &app].concat());
    let refused = |words: &[&str]| fails(data_dir, &[&["policy"], words, &app].concat());

    assert!(policy(&["deploy", &component, "--settings", &settings]).contains("version 2 (standard"));
    assert!(refused(&["deploy", &broken]).contains("not a usable WebAssembly component"));
    assert!(refused(&["deploy", "--settings", &bad]).contains("/username-case"));
    assert!(refused(&["deploy", "/nowhere.wasm"]).contains("/nowhere.wasm"));
    assert!(policy(&["activate", "2"]).contains("is active"));
    assert!(refused(&["activate", "3"]).contains("cannot be activated"));
    assert!(refused(&["activate", "9"]).contains("no version 9"));
    assert!(policy(&["rollback"]).contains("version 1 (standard"));
    let listed = policy(&["list"]);
    let states: Vec<(&str, &str)> = listed
        .lines()
        .skip(1)
        .map(|line| (line.split_whitespace().next().unwrap_or(""), line))
        .collect();
    assert_eq!(
        states.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
        ["4", "3", "2", "1"],
        "{listed}"
    );
    assert!(
        states[0].1.contains("failed") && states[1].1.contains("failed") && states[3].1.contains("active"),
        "{listed}"
    );
}
