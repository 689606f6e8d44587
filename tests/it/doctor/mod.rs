//! `tidegate doctor`: all is well, and one thing after the other is not.

mod products;
mod surroundings;

use std::path::Path;

use serde_json::Value;

use crate::world::run;

/// What it finds: the lines that are bad, as `what: seen | remedy`.
pub(crate) fn bad(data_dir: &Path) -> Vec<String> {
    let done = run(data_dir, &["doctor", "--json"]);
    let findings: Vec<Value> = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&done.stderr)));
    let text = |finding: &Value, name: &str| finding[name].as_str().expect("a text").to_owned();
    let bad: Vec<String> = findings
        .iter()
        .filter(|finding| finding["verdict"] == "bad")
        .map(|finding| {
            let remedy = text(finding, "remedy");
            assert!(!remedy.is_empty(), "it says what to do: {finding}");
            format!("{}: {} | {remedy}", text(finding, "what"), text(finding, "seen"))
        })
        .collect();
    let code = if bad.is_empty() { 0 } else { 1 };
    assert_eq!(done.status.code(), Some(code), "{bad:?}");
    bad
}

/// That this and nothing else is bad.
fn only(data_dir: &Path, words: &[&str]) {
    let found = bad(data_dir);
    assert!(
        found.len() == 1 && words.iter().all(|word| found[0].contains(word)),
        "{words:?}: {found:#?}"
    );
}
