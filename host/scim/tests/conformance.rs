//! `CONFORMANCE.md` names tests: they must be there.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::path::{Path, PathBuf};

#[test]
fn every_test_named_here_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("host/scim/CONFORMANCE.md")).unwrap();
    let mut checked = 0;
    // What stands between back-quotes, every second piece.
    for named in text.split('`').skip(1).step_by(2) {
        let file = if named.starts_with("tests/") {
            assert!(root.join(named).exists(), "there is no {named}");
            checked += 1;
            continue;
        } else if let Some(place) = named.strip_prefix("unit:") {
            place.split_once("::").map(|(file, name)| (root.join(file), name))
        } else {
            test_file(&root, named)
        };
        let Some((file, name)) = file else { continue };
        let source =
            std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("{named}: no {}", file.display()));
        assert!(
            source.contains(&format!("fn {name}(")),
            "{named} is not in {}",
            file.display()
        );
        checked += 1;
    }
    assert!(
        checked > 100,
        "only {checked} were found: the text is read wrongly"
    );
}

/// `scim::okta::name` or `it::lists::pages::name`.
fn test_file<'a>(root: &Path, named: &'a str) -> Option<(PathBuf, &'a str)> {
    let (place, name) = named.rsplit_once("::")?;
    let (kind, path) = place.split_once("::")?;
    let folder = match kind {
        "scim" => root.join("host/scim/tests"),
        "it" => root.join("tests/it"),
        _ => return None,
    };
    let file = folder.join(format!("{}.rs", path.replace("::", "/")));
    Some((file, name))
}
