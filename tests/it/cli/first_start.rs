//! The first start, and the second.

use std::os::unix::fs::PermissionsExt;

use super::entered;
use crate::world::{APP, Admin, Process, okta, person, printed, run, share_compiled, until_true};

#[tokio::test(flavor = "multi_thread")]
async fn base_url_and_token_are_printed_once() {
    let folder = tempfile::tempdir().expect("a folder");
    // Nothing prepared, not even a folder for compiled policies.
    let data_dir = folder.path().join("some/where/data");
    let process = Process::serve(&data_dir);
    until_true("three lines", || process.stdout().lines().count() == 3).await;
    let text = process.stdout();
    let url = printed(&text, "SCIM base URL").expect("a base URL");
    assert!(
        url.starts_with(&format!("http://{}/scim/", process.address)) && url.ends_with("/v2"),
        "{url}"
    );
    let (path, token) = entered(&text);
    let client = okta(&url, &token);
    client.test_api_credentials().await.expect("opens");
    client.assign(&person("ada")).await.expect("is assigned");
    assert_eq!(Admin::of(&data_dir).status(APP).await.app.base_url, url);

    // Only the owner gets in.
    let mode = std::fs::metadata(&data_dir)
        .expect("is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    // One server per data directory.
    let second = run(&data_dir, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&second.stderr).contains("another tidegate runs"),
        "{second:?}"
    );
    client
        .test_api_credentials()
        .await
        .expect("the first one serves on");

    assert!(process.terminate(), "SIGTERM ends it well");
    let process = Process::serve(&data_dir);
    let client = okta(&format!("http://{}{path}", process.address), &token);
    assert_eq!(
        client.import_users().await.expect("the token still opens").len(),
        1
    );
    // Nobody administers over the network yet: each start prints a new link for the first, and that only.
    until_true("a line", || process.stdout().ends_with('\n')).await;
    let link = printed(&process.stdout(), "Set-up link").expect("a link");
    assert!(
        link.starts_with(&format!("http://{}/admin/setup#", process.address)),
        "{link}"
    );
    assert_eq!(process.stdout().lines().count(), 1);
    assert!(!process.stderr().contains(&token));
}

#[test]
fn what_cannot_be_configured_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let file = folder.path().join("tidegate.toml");
    std::fs::write(&file, "lisen = \"127.0.0.1:1\"\n").expect("writes");
    let config = file.to_str().expect("a path");
    let said = super::fails(&data_dir, &["serve", "--config", config]);
    assert!(said.contains("lisen"), "{said}");
    let said = super::fails(&data_dir, &["serve", "--config", "/nowhere.toml"]);
    assert!(said.contains("/nowhere.toml"), "{said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = taken.local_addr().expect("an address").to_string();
    let said = super::fails(&data_dir, &["serve", "--listen", &address]);
    assert!(said.contains(&address), "{said}");
}
