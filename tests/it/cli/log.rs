//! `tidegate log`: what a running server logs, for a while.

use http::Method;
use serde_json::{Value, json};
use tidegate::admin::socket::Administration;

use super::{entered, fails, works};
use crate::world::{Process, okta, share_compiled, until, until_true};

const DEBUG: &str = "\"level\":\"DEBUG\"";

#[tokio::test(flavor = "multi_thread")]
async fn levels_change_while_it_runs_and_go_back_by_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let process = Process::serve(&data_dir);
    until_true("its three lines", || process.stdout().lines().count() == 3).await;
    let (path, token) = entered(&process.stdout());
    let client = okta(&format!("http://{}{path}", process.address), &token);
    assert_eq!(works(&data_dir, &["log"]), "logs info, as configured\n");
    assert!(!process.stderr().contains(DEBUG));

    let said = works(
        &data_dir,
        &["log", "info,hyper=debug,tidegate=debug", "--for", "5"],
    );
    assert!(
        said.starts_with("logs info,hyper=debug,tidegate=debug until 2"),
        "{said}"
    );
    client.test_api_credentials().await.expect("opens");
    // A request on a connection of its own, whose end is a line.
    drop(client);
    until("a line of that level", || async {
        drop(crate::world::bytes(process.address.parse().unwrap(), b"nonsense\r\n\r\n").await);
        match process.stderr().contains(DEBUG) {
            true => Ok(()),
            false => Err(process.stderr()),
        }
    })
    .await;
    assert_eq!(works(&data_dir, &["log", "--back"]), "logs info, as configured\n");

    // The command counts in minutes; the server goes back by itself in seconds just the same.
    let administration = Administration::Running(data_dir.join("admin.sock"));
    let wanted = json!({"levels": "warn,tidegate=info", "seconds": 1});
    let now: Value = administration
        .call(Method::PUT, "/log", &wanted)
        .await
        .expect("is taken");
    assert!(
        now["levels"] == "warn,tidegate=info" && now["until-ms"].is_i64(),
        "{now}"
    );
    until("it is as configured", || async {
        match works(&data_dir, &["log"]).as_str() {
            "logs info, as configured\n" => Ok(()),
            other => Err(other.to_owned()),
        }
    })
    .await;
    assert!(process.stderr().contains("is as configured again"));
    assert!(!process.stderr().contains('\u{1b}'), "files get no colours");
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_that_cannot_be_are_refused_and_nothing_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    assert!(fails(&data_dir, &["log"]).contains("no server runs"));
    let _process = Process::serve(&data_dir);
    assert!(fails(&data_dir, &["log", "tidegate=loud"]).contains("cannot be read"));
    assert!(fails(&data_dir, &["log", ""]).contains("1 to 2,000 bytes"));
    assert!(fails(&data_dir, &["log", &"a,".repeat(1_001)]).contains("2000 characters at most"));
    let administration = Administration::Running(data_dir.join("admin.sock"));
    for (seconds, words) in [(0, "a day at most"), (86_401, "86400 at most")] {
        let wanted = json!({"levels": "info", "seconds": seconds});
        let refused = administration.call::<Value>(Method::PUT, "/log", &wanted).await;
        assert!(refused.expect_err("is refused").to_string().contains(words));
    }
    assert_eq!(works(&data_dir, &["log"]), "logs info, as configured\n");
}
