//! Commands for a server elsewhere.

use http::Method;
use serde_json::json;

use super::{PASSWORD, ask, set_up, token};
use crate::world::{APP, World, run};

#[tokio::test(flavor = "multi_thread")]
async fn commands_work_from_elsewhere_as_far_as_the_token_goes() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let elsewhere = tempfile::tempdir().expect("a folder");
    // Nothing of this server's is there.
    let data_dir = elsewhere.path().join("data");
    let url = format!("http://{}", world.address());
    let file = |name: &str, text: &str| {
        let path = elsewhere.path().join(name);
        std::fs::write(&path, text).expect("writes");
        path.to_str().expect("a path").to_owned()
    };
    let mut files = Vec::new();
    for role in ["viewer", "administrator"] {
        let made = token(&world, &ada, json!({"name": role, "role": role})).await;
        files.push(file(role, &made.0[0].1.replace("Bearer ", "")));
    }
    let command = |token: &str, arguments: &[&str]| {
        let before = ["--server", &url, "--token-file", token];
        let done = run(&data_dir, &[before.as_slice(), arguments].concat());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a text");
        (done.status.success(), text(done.stdout), text(done.stderr))
    };
    let (viewer, administrator) = (files[0].as_str(), files[1].as_str());
    let (well, told, said) = command(viewer, &["status"]);
    assert!(well && told.contains(APP), "{told}{said}");
    let (well, _, said) = command(viewer, &["app", "create", "second"]);
    assert!(
        !well && said.contains("this takes the role administrator"),
        "{said}"
    );
    let (well, told, said) = command(administrator, &["app", "create", "second"]);
    assert!(well && told.contains("SCIM bearer token: tg_"), "{told}{said}");
    // Answers that come line by line.
    let (well, told, said) = command(administrator, &["policy", "preview", "--number", "1", "--json"]);
    assert!(well && told.contains("digest"), "{told}{said}");
    let password = file("password", PASSWORD);
    // A command's own file is another than the server's.
    let (well, told, said) = command(
        administrator,
        &[
            "administrator",
            "create",
            "Bob",
            "--role",
            "viewer",
            "--password-file",
            &password,
        ],
    );
    assert!(well && told.contains("Bob may sign in as viewer"), "{told}{said}");
    let (well, told, said) = command(administrator, &["token", "list"]);
    assert!(
        well && told.contains("viewer") && !told.contains("tga_"),
        "{told}{said}"
    );
    let (well, told, _) = command(viewer, &["audit", "export"]);
    assert!(well && told.contains("token:administrator"), "{told}");

    let wrong = file("wrong", "tga_wrong");
    let (well, _, said) = command(&wrong, &["status"]);
    assert!(
        !well && said.contains("tga_…") && !said.contains("tga_wrong"),
        "{said}"
    );
    assert_eq!(
        ask(&world, &ada, Method::DELETE, "/tokens/viewer", None)
            .await
            .status,
        204
    );
    assert!(!command(viewer, &["status"]).0, "it is removed");
    for arguments in [
        [
            "--server",
            "http://scim.example.com",
            "--token-file",
            viewer,
            "status",
        ]
        .as_slice(),
        &["--server", &url, "status"],
        &["--token-file", viewer, "status"],
    ] {
        assert_eq!(run(&data_dir, arguments).status.code(), Some(1), "{arguments:?}");
    }
    assert!(!data_dir.exists(), "nothing is made here");
}
