//! `--help`.

use super::works;
use crate::world::run;

const COMMANDS: [&[&str]; 54] = [
    &[],
    &["serve"],
    &["demo"],
    &["status"],
    &["config"],
    &["config", "example"],
    &["config", "check"],
    &["backup"],
    &["restore"],
    &["doctor"],
    &["log"],
    &["completions"],
    &["man"],
    &["app"],
    &["app", "create"],
    &["app", "list"],
    &["app", "rotate-token"],
    &["target"],
    &["target", "add"],
    &["target", "list"],
    &["target", "test"],
    &["credential"],
    &["credential", "set"],
    &["credential", "list"],
    &["credential", "remove"],
    &["administrator"],
    &["administrator", "create"],
    &["administrator", "list"],
    &["administrator", "set"],
    &["administrator", "remove"],
    &["token"],
    &["token", "create"],
    &["token", "list"],
    &["token", "remove"],
    &["audit"],
    &["audit", "verify"],
    &["audit", "export"],
    &["brake"],
    &["brake", "status"],
    &["brake", "release"],
    &["policy"],
    &["policy", "new"],
    &["policy", "check"],
    &["policy", "test"],
    &["policy", "bench"],
    &["policy", "deploy"],
    &["policy", "list"],
    &["policy", "preview"],
    &["policy", "shadow"],
    &["policy", "canary"],
    &["policy", "watch"],
    &["policy", "activate"],
    &["policy", "rollback"],
    &["help"],
];

#[test]
fn every_command_explains_itself_and_touches_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    for command in COMMANDS {
        let flag = if command == ["help"] {
            vec![]
        } else {
            vec!["--help"]
        };
        let text = works(&data_dir, &[command, flag.as_slice()].concat());
        assert!(text.contains("Usage: tidegate"), "{command:?}: {text}");
        let summary = text.lines().next().expect("a line");
        assert!(summary.len() > 5, "{command:?} says what it does: {summary:?}");
    }
    assert!(!data_dir.exists(), "help makes no data directory");
    assert!(works(&data_dir, &["--version"]).starts_with("tidegate "));
    let unknown = run(&data_dir, &["fly"]);
    assert_eq!(unknown.status.code(), Some(2));
}

/// The first command of the README.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_ends_well_and_shows_what_each_product_holds() {
    let demo = std::process::Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["demo", "--once"])
        .output();
    let demo = demo.expect("runs");
    let told = String::from_utf8_lossy(&demo.stdout);
    assert!(
        demo.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&demo.stderr)
    );
    for line in [
        "0 requests failed",
        "ACCOUNT",
        "JIRA  ",
        "katherine.johnson",
        "MEMBERS OF",
        "tidal-staff",
    ] {
        assert!(told.contains(line), "{line:?} is not in\n{told}");
    }
    assert!(!told.contains('✗'), "{told}");
}
