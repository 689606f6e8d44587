//! The command line: the real binary, with a server and without one.

mod commands;
mod config;
mod first_start;
mod help;
mod log;
mod manual;
mod secrets;
mod targets;
mod watch;

use std::path::Path;
use std::process::Output;

use crate::world::{printed, run};

/// Runs a command that works; what it printed.
pub(crate) fn works(data_dir: &Path, arguments: &[&str]) -> String {
    let output = run(data_dir, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", told(&output));
    String::from_utf8(output.stdout).expect("a text")
}

/// Runs a command that fails; what it said.
pub(crate) fn fails(data_dir: &Path, arguments: &[&str]) -> String {
    let output = run(data_dir, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", told(&output));
    assert!(
        output.stdout.is_empty(),
        "{arguments:?}: errors go to standard error"
    );
    let said = String::from_utf8(output.stderr).expect("a text");
    assert!(said.starts_with("tidegate: "), "{arguments:?}: {said}");
    said
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The path of a base URL, and the token, as a command printed them.
fn entered(text: &str) -> (String, String) {
    let url = printed(text, "SCIM base URL").expect("a base URL");
    let (_, path) = url.split_once("/scim/").expect("a SCIM base URL");
    (
        format!("/scim/{path}"),
        printed(text, "SCIM bearer token").expect("a token"),
    )
}
