//! Who vouches for a component: digests and signatures.

use std::io::Cursor;
use std::path::Path;

use axum::Router;
use axum::routing::get;
use minisign::KeyPair;
use serde_json::json;
use tidegate_guests::{MISBEHAVE, STANDARD};

use crate::world::{APP, World, run};

fn sign(keys: &KeyPair, bytes: &[u8]) -> String {
    let signed = minisign::sign(None, &keys.sk, Cursor::new(bytes), None, None);
    signed.unwrap().into_string()
}

fn deploy(data_dir: &Path, arguments: &[&str]) -> Result<String, String> {
    let done = run(data_dir, &[&["policy", "deploy"], arguments].concat());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    match done.status.success() {
        true => Ok(text(done.stdout)),
        false => Err(text(done.stderr)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_trusted_key_signed_is_taken() {
    let (ours, theirs) = (
        KeyPair::generate_unencrypted_keypair().unwrap(),
        KeyPair::generate_unencrypted_keypair().unwrap(),
    );
    let key = ours.pk.to_base64();
    let world = World::with(|config| {
        config.trusted_keys = vec![key.clone()];
        config.unsigned_policies = false;
    })
    .await;
    // What ships with the program needs nobody's word.
    world
        .admin
        .deploy(APP, STANDARD, json!({}))
        .await
        .expect("deploys");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.wasm");
    std::fs::write(&file, MISBEHAVE).unwrap();
    let component = file.to_str().unwrap();
    let data_dir = &world.config.data_dir;
    let refused = deploy(data_dir, &[component]).unwrap_err();
    assert!(refused.contains("is not signed"), "{refused}");
    let signature = folder.path().join("rules.wasm.minisig");
    std::fs::write(&signature, sign(&theirs, MISBEHAVE)).unwrap();
    let refused = deploy(data_dir, &[component]).unwrap_err();
    assert!(refused.contains("none of the trusted keys"), "{refused}");
    std::fs::write(&signature, sign(&ours, STANDARD)).unwrap();
    let refused = deploy(data_dir, &[component]).unwrap_err();
    assert!(refused.contains("or of another component"), "{refused}");
    std::fs::write(&signature, "nonsense").unwrap();
    let refused = deploy(data_dir, &[component]).unwrap_err();
    assert!(refused.contains("no minisign signature"), "{refused}");
    std::fs::write(&signature, sign(&ours, MISBEHAVE)).unwrap();
    let taken = deploy(data_dir, &[component]).unwrap();
    assert!(taken.contains("is checked"), "{taken}");

    let states: Vec<String> = world
        .admin
        .versions(APP)
        .await
        .into_iter()
        .map(|version| version.state)
        .collect();
    assert_eq!(
        states,
        [
            "checked", "failed", "failed", "failed", "failed", "checked", "active"
        ]
    );
    let verified: String = world
        .database()
        .query_row(
            "SELECT detail FROM audit WHERE action = 'policy.verify' ORDER BY seq DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!(verified.contains(&format!("signed by {key}")), "{verified}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_unsigned_does_not_decide_once_signatures_are_asked_for() {
    let mut world = World::bare().await;
    let deploy = |world: &World, number: &str| run(&world.config.data_dir, &["policy", "activate", number]);
    let unsigned = world
        .admin
        .deploy(APP, MISBEHAVE, json!({}))
        .await
        .expect("deploys");
    world.stop().await;
    world.config.unsigned_policies = false;
    world.start_again().await;
    let refused = deploy(&world, &unsigned.number.to_string());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && said.contains("is not signed"),
        "{said}"
    );
    let canary = run(
        &world.config.data_dir,
        &["policy", "canary", &unsigned.number.to_string()],
    );
    assert!(!canary.status.success(), "{canary:?}");
    assert!(
        deploy(&world, "1").status.success(),
        "what ships with the program does"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_url_only_what_was_meant_is_taken() {
    let routes = Router::new().route("/rules.wasm", get(|| async { MISBEHAVE }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/rules.wasm", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let world = World::bare().await;
    let deploy = async |arguments: Vec<String>| {
        let data_dir = world.config.data_dir.clone();
        let ran = tokio::task::spawn_blocking(move || {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            deploy(&data_dir, &arguments)
        });
        ran.await.unwrap()
    };
    let refused = deploy(vec![url.clone()]).await.unwrap_err();
    assert!(refused.contains("needs its --digest"), "{refused}");
    let refused = deploy(vec![url.clone(), "--digest".into(), "0".repeat(64)])
        .await
        .unwrap_err();
    assert!(refused.contains("has the digest"), "{refused}");
    let digest = tidegate_runtime::stage::component_digest(MISBEHAVE);
    let taken = deploy(vec![url.clone(), "--digest".into(), digest.clone()])
        .await
        .unwrap();
    assert!(taken.contains("is checked"), "{taken}");
    // What is there already is no exception: an old version in the place of the one that was meant.
    let data_dir = world.config.data_dir.clone();
    let (given, other) = (url.clone(), "1".repeat(64));
    let refused = tokio::task::spawn_blocking(move || {
        run(&data_dir, &["policy", "preview", &given, "--digest", &other])
    });
    let refused = String::from_utf8(refused.await.unwrap().stderr).unwrap();
    assert!(refused.contains("has the digest"), "{refused}");
    let missing = deploy(vec![url + "x", "--digest".into(), digest])
        .await
        .unwrap_err();
    assert!(missing.contains("answers 404"), "{missing}");
}
