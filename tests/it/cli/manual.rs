//! `tidegate completions` and `tidegate man`.

use std::process::{Command, Stdio};

use super::{fails, works};
use crate::world::run;

#[test]
fn every_shell_gets_its_completions() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let text = works(&data_dir, &["completions", shell]);
        for word in ["tidegate", "doctor", "rotate-token", "tls-certificate"] {
            assert!(text.contains(word), "{shell}: {word}");
        }
        // The shell itself reads it, where it is installed.
        let file = folder.path().join(shell);
        std::fs::write(&file, text).expect("writes");
        if ["bash", "fish", "zsh"].contains(&shell) {
            let read = Command::new(shell)
                .arg("-n")
                .arg(&file)
                .stderr(Stdio::null())
                .status();
            assert!(
                read.is_err() || read.is_ok_and(|status| status.success()),
                "{shell}"
            );
        }
    }
    assert_eq!(run(&data_dir, &["completions", "cmd"]).status.code(), Some(2));
    assert!(!data_dir.exists());
}

#[test]
fn every_command_gets_its_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let pages = folder.path().join("share/man1");
    works(&data_dir, &["man", pages.to_str().expect("a path")]);
    for command in [
        "tidegate",
        "tidegate-serve",
        "tidegate-policy-deploy",
        "tidegate-backup",
    ] {
        let page = std::fs::read_to_string(pages.join(format!("{command}.1"))).expect("a page");
        assert!(
            page.contains(".TH ") && page.contains(".SH SYNOPSIS"),
            "{command}"
        );
    }
    assert!(fails(&data_dir, &["man", "/dev/null/pages"]).contains("cannot write into /dev/null/pages"));
}
