//! A backup of what is being written to, and a data directory made of it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tidegate::config::Config;
use tidegate::server::Server;
use tidegate_directory::target::Product;

use crate::cli::{fails, works};
use crate::world::{APP, Admin, World, okta, person, run_in, share_compiled, until_true};

fn text(path: &Path) -> String {
    path.to_str().expect("a path").to_owned()
}

fn holds(file: &Path, secret: &str) -> bool {
    let bytes = std::fs::read(file).expect("reads");
    bytes
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_backup_is_in_it_and_targets_can_be_called() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, elsewhere) = (folder.path().join("backup"), folder.path().join("elsewhere"));
    let world = World::with_product(Product::Jira).await;
    let stored = Arc::new(Mutex::new(Vec::new()));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (okta, stored) = (world.okta(), Arc::clone(&stored));
            tokio::spawn(async move {
                for number in 0.. {
                    let name = format!("w{writer}-{number}");
                    okta.assign(&person(&name)).await.expect("is assigned");
                    stored.lock().unwrap().push(format!("{name}@tidal.example"));
                }
            })
        })
        .collect();
    let count = || stored.lock().unwrap().len();
    until_true("some are stored", || count() > 40).await;
    let before = stored.lock().unwrap().clone();
    let said = world.command(&["backup", &text(&file)]);
    let during = count();
    until_true("writers go on", || count() > during + 40).await;
    for writer in writers {
        writer.abort();
    }
    assert!(said.contains("the key is not in it"), "{said}");
    assert_eq!(
        std::fs::metadata(&file).expect("is there").permissions().mode() & 0o777,
        0o600
    );
    let key = world.config.data_dir.join("secret.key");
    assert!(!holds(&file, &std::fs::read_to_string(&key).expect("a key")));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 1, "nothing but the file: {left:?}");

    let said = works(&elsewhere, &["restore", &text(&file), "--key-file", &text(&key)]);
    assert!(said.contains("secret.key is in it"), "{said}");
    share_compiled(&elsewhere);
    let config = Config {
        data_dir: elsewhere.clone(),
        ..world.config.clone()
    };
    let server = Server::start(&config).await.expect("the server starts");
    assert!(server.first_app.is_none());
    let path = world.base_url();
    let path = path.split_once("/scim/").expect("a SCIM base URL").1;
    let okta = okta(&format!("http://{}/scim/{path}", server.address), world.token());
    let names: Vec<String> = okta
        .import_users()
        .await
        .expect("the token still opens")
        .iter()
        .filter_map(|user| Some(user["userName"].as_str()?.to_owned()))
        .collect();
    for name in &before {
        assert!(names.contains(name), "{name} is lost");
    }
    let admin = Admin::of(&elsewhere);
    admin
        .test_target(APP, "jira", false)
        .await
        .expect("its credentials open, and the product takes them");
    admin.converged(APP).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_may_hold_its_key_and_is_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("backup");
    let mut world = World::with_product(Product::Jira).await;
    let key = std::fs::read_to_string(world.config.data_dir.join("secret.key")).expect("a key");
    // Nobody needs to serve for it.
    world.stop().await;
    let said = world.command(&["backup", "--with-key", &text(&file)]);
    assert!(
        said.contains("as you keep passwords") && holds(&file, &key),
        "{said}"
    );

    let elsewhere = folder.path().join("elsewhere");
    works(&elsewhere, &["restore", &text(&file)]);
    assert!(
        !holds(&elsewhere.join("tidegate.db"), &key),
        "it is in its own file only"
    );
    assert_eq!(
        std::fs::read_to_string(elsewhere.join("secret.key")).expect("a key"),
        key
    );
    for name in ["secret.key", "tidegate.db"] {
        let mode = std::fs::metadata(elsewhere.join(name))
            .expect("is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    assert!(works(&elsewhere, &["target", "list"]).contains("jira"));

    // From the environment it is in no file at all.
    let third = folder.path().join("third");
    let done = run_in(
        &third,
        &[("TIDEGATE_SECRET_KEY", &key)],
        &["restore", &text(&file)],
    );
    assert!(done.status.success(), "{done:?}");
    assert!(!third.join("secret.key").exists());
    let fourth = folder.path().join("fourth");
    let both = [
        "restore",
        &text(&file),
        "--key-file",
        &text(&third.join("secret.key")),
    ];
    let done = run_in(&fourth, &[("TIDEGATE_SECRET_KEY", &key)], &both);
    assert!(
        String::from_utf8_lossy(&done.stderr).contains("leave --key-file out"),
        "{done:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_restored_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, empty) = (folder.path().join("backup"), folder.path().join("empty"));
    let world = World::with_product(Product::Jira).await;
    let (data_dir, path) = (world.config.data_dir.clone(), text(&file));
    world.command(&["backup", &path]);
    assert!(fails(&data_dir, &["backup", &path]).contains("nothing is overwritten"));
    assert!(fails(&empty, &["backup", "other"]).contains("no database"));
    assert!(fails(&data_dir, &["restore", &path]).contains("a tidegate runs"));
    assert!(fails(folder.path(), &["restore", &path]).contains("is not empty"));
    assert!(fails(&empty, &["restore", "/nowhere"]).contains("/nowhere"));
    assert!(fails(&empty, &["restore", &path]).contains("--key-file"));

    let wrong = folder.path().join("wrong.key");
    std::fs::write(&wrong, "0".repeat(64)).expect("writes");
    let said = fails(&empty, &["restore", &path, "--key-file", &text(&wrong)]);
    assert!(said.contains("the key is not that of"), "{said}");

    let key = text(&data_dir.join("secret.key"));
    let mut bytes = std::fs::read(&file).expect("reads");
    let middle = bytes.len() / 2;
    bytes.truncate(middle);
    let damaged = folder.path().join("damaged");
    for (bytes, what) in [
        (bytes, "half of it"),
        (b"SQLite format 3\0".to_vec(), "a beginning"),
        (b"users,groups\n".to_vec(), "another file"),
        (Vec::new(), "nothing"),
    ] {
        std::fs::write(&damaged, bytes).expect("writes");
        let said = fails(&empty, &["restore", &text(&damaged), "--key-file", &key]);
        assert!(said.contains("cannot be used"), "{what}: {said}");
    }
    let left = std::fs::read_dir(&empty).is_ok_and(|mut entries| entries.next().is_some());
    assert!(!left, "the directory is as empty as it was");
    // And so it can be used for a good one.
    works(&empty, &["restore", &path, "--key-file", &key]);
}
