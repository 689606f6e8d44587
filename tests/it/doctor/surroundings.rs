//! Certificate, address, permissions, database, rules.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rusqlite::Connection;
use tidegate_directory::target::Product;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::{bad, only};
use crate::cli::{fails, works};
use crate::world::{APP, Admin, Authority, Process, Simulated, secured::replace, share_compiled};

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("is ours");
}

fn change(data_dir: &Path, sql: &str) {
    let database = Connection::open(data_dir.join("tidegate.db")).expect("opens");
    database.execute_batch(sql).expect("is changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_okta_believes_is_well_until_something_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let authority = Authority::new();
    let put = |pair: &(String, String)| {
        replace(&chain, &pair.0);
        replace(&key, &pair.1);
        mode(&key, 0o600);
    };
    let good = authority.issue(2040);
    put(&good);
    let root = folder.path().join("root.pem");
    std::fs::write(&root, authority.pem()).expect("writes");
    let text = |path: &Path| path.to_str().expect("a path").to_owned();
    let process = Process::serve_in(
        &data_dir,
        "info",
        &[("SSL_CERT_FILE", &text(&root))],
        &["--tls-certificate", &text(&chain), "--tls-key", &text(&key)],
    );
    let jira = Simulated::start(Product::Jira, "admin").await;
    Admin::of(&data_dir).put_target(APP, &jira.target("admin")).await;
    Admin::of(&data_dir).converged(APP).await;
    assert_eq!(bad(&data_dir), Vec::<String>::new());
    let table = works(&data_dir, &["doctor"]);
    let table = table.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "is believed, ends on 2040-01-01",
        &format!("https://{} leads here", process.address),
        "good jira answers, version 10.3.24",
        "good clock and jira agree",
        "MiB free",
    ] {
        assert!(table.contains(line), "{line}: {table}");
    }

    mode(&data_dir.join("secret.key"), 0o644);
    only(&data_dir, &["secret.key has mode 644", "chmod 600"]);
    assert!(fails_with_a_table(&data_dir).contains("BAD"));
    mode(&data_dir.join("secret.key"), 0o600);
    mode(&key, 0o640);
    only(&data_dir, &["key of TLS", "chmod 600"]);
    mode(&key, 0o600);

    put(&authority.issue(2001));
    assert!(bad(&data_dir)[0].contains("ended on 2001-01-01"));
    put(&authority.issue_for("elsewhere.example", 2040));
    assert!(bad(&data_dir)[0].contains("is not for 127.0.0.1"));
    put(&Authority::new().issue(2040));
    assert!(bad(&data_dir)[0].contains("no authority that this system knows"));
    replace(&key, &good.1);
    mode(&key, 0o600);
    assert!(bad(&data_dir)[0].contains("is not the key of"));
    put(&good);

    change(&data_dir, "PRAGMA user_version = 99");
    let found = bad(&data_dir);
    assert!(
        found.iter().any(|line| line.contains("schema version 99")),
        "{found:#?}"
    );
}

fn fails_with_a_table(data_dir: &Path) -> String {
    let done = crate::world::run(data_dir, &["doctor"]);
    assert_eq!(done.status.code(), Some(1));
    String::from_utf8(done.stdout).expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_elsewhere_is_bad() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    // Plain HTTP, and somebody who does not answer as we do.
    let jira = Simulated::start(Product::Jira, "admin").await;
    let url = jira.simulator.base_url().to_owned();
    let process = Process::serve_in(&data_dir, "info", &[], &["--public-url", &url]);
    let found = bad(&data_dir);
    assert!(
        found.len() == 2 && found[0].contains("is not https") && found[1].contains("somebody else answers"),
        "{found:#?}"
    );
    drop(process);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let url = format!("https://{}", nobody.local_addr().expect("an address"));
    drop(nobody);
    let _process = Process::serve_in(&data_dir, "info", &[], &["--public-url", &url]);
    only(&data_dir, &[&url, "name resolution"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_here_through_a_proxy_which_forwards_scim_alone_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let proxy = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let url = format!("http://{}", proxy.local_addr().expect("an address"));
    let process = Process::serve_in(&data_dir, "info", &[], &["--public-url", &url]);
    let behind = process.address.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = proxy.accept().await {
            let mut asked = [0; 4_096];
            let count = stream.read(&mut asked).await.unwrap_or_default();
            if asked.starts_with(b"GET /scim/") {
                let mut server = TcpStream::connect(&behind).await.expect("connects");
                server.write_all(&asked[..count]).await.expect("is forwarded");
                tokio::spawn(async move { drop(copy_bidirectional(&mut stream, &mut server).await) });
            } else {
                let hidden = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                drop(stream.write_all(hidden).await);
            }
        }
    });
    // It is not https, which is another matter.
    only(&data_dir, &["is not https"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_rules_that_do_not_load_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    works(&data_dir, &["app", "create", APP]);
    assert_eq!(bad(&data_dir), Vec::<String>::new());
    assert!(works(&data_dir, &["doctor"]).contains("no server runs"));
    change(
        &data_dir,
        "UPDATE component SET bytes = x'00'; UPDATE policy_version SET settings = '[]'",
    );
    only(&data_dir, &["rules of default", "does not load", "rollback"]);
    change(&data_dir, "PRAGMA user_version = 99");
    assert!(fails(&data_dir, &["doctor"]).contains("use a newer tidegate"));
}
