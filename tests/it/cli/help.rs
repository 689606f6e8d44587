//! `--help`.

use super::works;
use crate::world::run;

const COMMANDS: [&[&str]; 18] = [
    &[],
    &["serve"],
    &["demo"],
    &["status"],
    &["app"],
    &["app", "create"],
    &["app", "list"],
    &["app", "rotate-token"],
    &["target"],
    &["target", "add"],
    &["target", "list"],
    &["target", "test"],
    &["policy"],
    &["policy", "deploy"],
    &["policy", "list"],
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
