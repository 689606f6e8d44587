//! Secrets stay where they belong: not in logs, not in listings, not readable in the database.

use http::Method;
use tidegate_directory::target::Product;

use super::{entered, works};
use crate::world::{APP, Admin, Process, Simulated, okta, person, share_compiled, until_true};

/// Nothing else in a log looks like it.
const PASSWORD: &str = "qZ7-target-password-qZ7";

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_logged_even_at_the_finest_level() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    // Compilers and parsers at that level would fill the disk and tell nothing of ours.
    let log = "info,tidegate=trace,tidegate_store=trace,tidegate_directory=trace,tidegate_runtime=trace,\
               tidegate_scim=trace,hyper=trace,hyper_util=trace,axum=trace,tower=trace,h2=trace";
    let process = Process::serve_logging(&data_dir, log);
    until_true("three lines", || process.stdout().lines().count() == 3).await;
    let (path, token) = entered(&process.stdout());
    let file = folder.path().join("password");
    std::fs::write(&file, PASSWORD).expect("writes");
    let file = file.to_str().expect("a path");
    let mut told = String::new();
    for product in [Product::Jira, Product::Confluence, Product::Bitbucket] {
        let simulated = Simulated::start(product, PASSWORD).await;
        let name = product.to_string();
        let url = simulated.simulator.base_url().to_owned();
        told += &works(
            &data_dir,
            &[
                "target",
                "add",
                &name,
                "--product",
                &name,
                "--url",
                &url,
                "--username",
                "admin",
                "--password-file",
                file,
            ],
        );
        told += &works(&data_dir, &["target", "test", &name]);
        let client = okta(&format!("http://{}{path}", process.address), &token);
        client.assign(&person(&name)).await.expect("is assigned");
        Admin::of(&data_dir).converged(APP).await;
        assert!(
            simulated
                .state()
                .account(&format!("{name}@tidal.example"))
                .is_some()
        );
        // A wrong password of ours, and a request with a wrong token: both are logged as failures.
        simulated.state().set_password("admin", "another");
        let id = client.assign(&person("ada")).await.expect("is assigned").id;
        until_true("the target is stopped", || {
            process.stderr().contains("mend its credentials")
        })
        .await;
        let refused = okta(&format!("http://{}{path}", process.address), "another")
            .send(Method::GET, "/Users", None)
            .await;
        assert_eq!(refused.expect("an answer").status, 401);
        client.deactivate(&id).await.expect("is deactivated");
        simulated.state().set_password("admin", PASSWORD);
        simulated.state().clear_captcha("admin");
        told += &works(&data_dir, &["target", "test", &name]);
        Admin::of(&data_dir).converged(APP).await;
        client.reactivate(&id).await.expect("is active");
        Admin::of(&data_dir).converged(APP).await;
        // The next product alone, and this one as it is.
        std::mem::forget(simulated);
    }
    told += &works(&data_dir, &["target", "list"]);
    told += &works(&data_dir, &["status", "--json"]);
    told += &works(&data_dir, &["app", "list"]);
    let log = process.stderr();
    assert!(process.terminate());
    assert!(
        log.contains("\"level\":\"TRACE\"") && log.contains("product answered"),
        "the log is that fine"
    );
    let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("admin:{PASSWORD}"));
    for secret in [PASSWORD, &token, &encoded] {
        assert!(
            !log.contains(secret),
            "{}",
            log.lines().find(|line| line.contains(secret)).unwrap_or_default()
        );
        assert!(!told.contains(secret), "{told}");
        for entry in std::fs::read_dir(&data_dir).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let bytes = std::fs::read(&path).expect("reads");
                let found = bytes
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes());
                assert!(!found, "a secret lies open in {}", path.display());
            }
        }
    }
}
