//! `tidegate config`, and the key of stored secrets from a file.

use super::{fails, works};
use crate::world::{APP, Authority, run_in, share_compiled};

/// Sixty-four hexadecimal digits.
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

#[test]
fn the_example_has_every_setting_and_nothing_wrong_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let example = works(&data_dir, &["config", "example"]);
    for name in [
        "listen = \"127.0.0.1:8080\"",
        "# tls-key = ",
        "max-connections = 1024",
    ] {
        assert!(example.contains(name), "{name}: {example}");
    }
    let file = folder.path().join("tidegate.toml");
    std::fs::write(&file, &example).expect("writes");
    let file = file.to_str().expect("a path");
    assert!(works(&data_dir, &["config", "check", file]).contains("nothing is wrong"));
    assert!(works(&data_dir, &["--config", file, "config", "check"]).contains("nothing is wrong"));
    assert!(!data_dir.exists(), "nothing is made");
}

#[test]
fn every_problem_is_said_with_line_and_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let authority = Authority::new();
    let (chain, _) = authority.issue(2040);
    let (_, other) = authority.issue(2040);
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("writes");
        path.to_str().expect("a path").to_owned()
    };
    let (chain, other) = (file("chain.pem", &chain), file("other.pem", &other));
    let text = format!(
        "listen = 8080\nmax-conections = 7\ntls-certificate = {chain:?}\ntls-key = {other:?}\n\
         log-format = \"xml\"\n"
    );
    let config = file("tidegate.toml", &text);
    let said = fails(&data_dir, &["config", "check", &config]);
    assert!(said.contains("4 problems"), "{said}");
    for line in [
        format!("{config}:1:10: listen: "),
        format!("{config}:2:1: unknown setting \"max-conections\": is \"max-connections\" meant?"),
        format!("{config}:4:11: tls-key: {other} is not the key of {chain}"),
        format!("{config}:5:14: log-format: "),
    ] {
        assert!(said.contains(&line), "{line}: {said}");
    }
    let key = file(
        "key.toml",
        &format!("tls-certificate = {chain:?}\n\ntls-key = {chain:?}\n"),
    );
    let said = fails(&data_dir, &["config", "check", &key]);
    assert!(
        said.contains("one problem") && said.contains(":3:11: tls-key: "),
        "{said}"
    );

    assert!(fails(&data_dir, &["config", "check"]).contains("--config FILE"));
    assert!(fails(&data_dir, &["config", "check", "/nowhere.toml"]).contains("/nowhere.toml"));
}

#[test]
fn what_is_wrong_in_the_environment_is_said_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tidegate.toml");
    std::fs::write(&file, "").expect("writes");
    let check = ["config", "check", file.to_str().expect("a path")];
    for (name, value, words) in [
        ("TIDEGATE_SECRET_KEY", "secret-but-short", "64 hexadecimal digits"),
        ("TIDEGATE_SECRET_KEY", "", "64 hexadecimal digits"),
        ("TIDEGATE_SECRET_KEY_FILE", "/nowhere.key", "/nowhere.key"),
        ("TIDEGATE_MAX_CONNECTIONS", "many", "many"),
    ] {
        let done = run_in(&folder.path().join("data"), &[(name, value)], &check);
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{said}");
        assert!(
            said.contains("environment: ") && said.contains(words),
            "{name}: {said}"
        );
        assert!(!said.contains("secret-but"), "{said}");
    }
}

#[test]
fn the_key_comes_from_the_file_that_the_environment_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let key = folder.path().join("key");
    std::fs::write(&key, format!("{KEY}\n")).expect("writes");
    let path = key.to_str().expect("a path");
    let from_file = [("TIDEGATE_SECRET_KEY_FILE", path)];
    let made = run_in(&data_dir, &from_file, &["app", "create", APP]);
    assert!(made.status.success(), "{made:?}");
    assert!(!data_dir.join("secret.key").exists(), "no other key is made");
    let add = |environment: &[(&str, &str)]| {
        let credential = [
            "credential",
            "set",
            "hr",
            "--origin",
            "https://hr.example.com",
            "--value-file",
            path,
        ];
        run_in(&data_dir, environment, &credential)
    };
    assert!(add(&from_file).status.success());
    let both = add(&[from_file[0], ("TIDEGATE_SECRET_KEY", KEY)]);
    assert!(
        String::from_utf8_lossy(&both.stderr).contains("not both"),
        "{both:?}"
    );
}
