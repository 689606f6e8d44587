//! The real binary: what it refuses to start with, and what it never writes down.

use rustls::version::TLS13;

use crate::cli::fails;
use crate::world::{Authority, Process, secured::replace, share_compiled, until_true};

/// The lines of a key between its first and its last.
fn body(key: &str) -> Vec<&str> {
    key.lines().filter(|line| !line.starts_with("-----")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_in_no_log_not_even_those_that_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let authority = Authority::new();
    let (first, second) = (authority.issue(2040), authority.issue(2041));
    replace(&chain, &first.0);
    replace(&key, &first.1);
    let file = folder.path().join("tidegate.toml");
    let text = format!("tls-certificate = {chain:?}\ntls-key = {key:?}\n");
    std::fs::write(&file, text).expect("writes");
    let config = file.to_str().expect("a path");
    let log = "info,tidegate=trace,rustls=trace,tokio_rustls=trace,hyper=trace,h2=trace";
    let process = Process::serve_with(&data_dir, log, &["--config", config]);
    let address = process.address.parse().expect("an address");
    let connection = authority.connect(address, &[&TLS13], &["h2"]).await;
    connection
        .expect("TLS is agreed on")
        .get("/livez", "")
        .await
        .expect("an answer");

    // Another's key, then one that is cut off: what is there of it is a secret too.
    replace(&key, &second.1);
    let refusals = || process.stderr().matches("cannot be used: the one before").count();
    until_true("the first is refused", || refusals() == 1).await;
    replace(&key, &second.1[..second.1.len() / 2]);
    until_true("the second is refused", || refusals() == 2).await;
    replace(&key, &format!("{}{}", first.1, "\n"));
    until_true("the key is back", || process.stderr().contains("was exchanged")).await;
    let log = process.stderr();
    assert!(process.terminate());
    for secret in body(&first.1).into_iter().chain(body(&second.1)) {
        assert!(!log.contains(secret), "a line of a key is in the log");
    }
    assert!(
        log.contains("is not the key of") && log.contains("not whole PEM"),
        "{log}"
    );
}

#[test]
fn a_server_does_not_start_with_a_pair_that_cannot_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let authority = Authority::new();
    let (chain, key) = authority.issue(2040);
    let (_, other) = authority.issue(2040);
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("writes");
        path.to_str().expect("a path").to_owned()
    };
    let (chain, key, other) = (file("chain", &chain), file("key", &key), file("other", &other));
    let encrypted = file(
        "encrypted",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    for (words, said) in [
        (vec!["--tls-certificate", &chain], "tls-key"),
        (vec!["--tls-key", &key], "tls-certificate"),
        (
            vec!["--tls-certificate", &chain, "--tls-key", &other],
            "is not the key of",
        ),
        (
            vec!["--tls-certificate", &key, "--tls-key", &key],
            "BEGIN CERTIFICATE",
        ),
        (
            vec!["--tls-certificate", &chain, "--tls-key", &chain],
            "BEGIN PRIVATE KEY",
        ),
        (
            vec!["--tls-certificate", &chain, "--tls-key", &encrypted],
            "passphrase",
        ),
        (
            vec!["--tls-certificate", &chain, "--tls-key", "/nowhere"],
            "/nowhere",
        ),
    ] {
        let refusal = fails(&data_dir, &[&serve[..], &words].concat());
        assert!(refusal.contains(said), "{words:?}: {refusal}");
    }
}
