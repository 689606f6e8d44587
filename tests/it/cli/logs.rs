//! What operators are woken for.

use http::Method;

use super::entered;
use crate::world::{Process, okta, share_compiled, until_true};

/// `/Me` is not offered (501): a client asked for what is not there, and nothing is broken.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_offered_is_no_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let process = Process::serve(&data_dir);
    until_true("two lines", || process.stdout().lines().count() == 2).await;
    let (path, token) = entered(&process.stdout());
    let client = okta(&format!("http://{}{path}", process.address), &token);
    let answer = client.send(Method::GET, "/Me", None).await.expect("an answer");
    assert_eq!(answer.status, 501);
    until_true("the request is logged", || {
        process.stderr().contains("\"status\":501")
    })
    .await;
    let log = process.stderr();
    let line = log
        .lines()
        .find(|line| line.contains("\"status\":501"))
        .expect("a line");
    assert!(line.contains("\"level\":\"INFO\""), "{line}");
    assert!(!log.contains("\"level\":\"ERROR\""), "{log}");
    assert!(process.terminate());
}
