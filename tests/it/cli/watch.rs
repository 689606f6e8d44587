//! `policy watch` makes live what an author writes.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use tidegate_guests::STANDARD;

use crate::world::{APP, World, person};

#[tokio::test(flavor = "multi_thread")]
async fn what_an_author_writes_is_live_and_what_is_wrong_is_not() {
    let world = World::bare().await;
    let folder = tempfile::tempdir().unwrap();
    let (component, settings) = (folder.path().join("rules.wasm"), folder.path().join("rules.json"));
    std::fs::write(&component, STANDARD).unwrap();
    std::fs::write(&settings, r#"{"default-groups": ["one"]}"#).unwrap();
    let mut watch = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args([
            "policy",
            "watch",
            component.to_str().unwrap(),
            "--settings",
            settings.to_str().unwrap(),
        ])
        .arg("--data-dir")
        .arg(&world.config.data_dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut next = async || {
        let line = tokio::task::block_in_place(|| lines.next());
        line.expect("a line").unwrap()
    };
    assert_eq!(next().await, "version 2 (standard 0.1.0) is live");
    std::fs::write(&settings, r#"{"default-grups": ["two"]}"#).unwrap();
    let refused = next().await;
    assert!(
        refused.starts_with("not live: ") && refused.contains("/default-grups"),
        "{refused}"
    );
    world
        .okta()
        .assign(&person("ada"))
        .await
        .expect("what serves goes on");
    std::fs::write(&settings, r#"{"default-groups": ["two", "three"]}"#).unwrap();
    assert_eq!(next().await, "version 4 (standard 0.1.0) is live");
    watch.kill().unwrap();
    watch.wait().unwrap();
    let states: Vec<String> = world
        .admin
        .versions(APP)
        .await
        .into_iter()
        .map(|version| version.state)
        .collect();
    assert_eq!((states[0].as_str(), states[1].as_str()), ("active", "failed"));
}
