//! The recipe of the image.

use super::{file, root};

/// Instructions with their arguments; continued lines are one.
pub(super) fn instructions() -> Vec<(String, String)> {
    let text = file("Containerfile").replace("\\\n", " ");
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (name, rest) = line.split_once(' ').expect("an argument");
            (name.to_owned(), rest.to_owned())
        })
        .collect()
}

/// What `COPY` is given: the stage it copies from, its sources, and where they go.
pub(super) fn copied(arguments: &str) -> (Option<&str>, Vec<&str>, &str) {
    let (flags, paths): (Vec<_>, Vec<_>) = arguments
        .split_whitespace()
        .partition(|word| word.starts_with("--"));
    let from = flags.iter().find_map(|flag| flag.strip_prefix("--from="));
    let (to, sources) = paths.split_last().expect("a destination");
    (from, sources.to_vec(), to)
}

#[test]
fn it_builds_in_one_stage_and_runs_in_another_as_nobody_in_particular() {
    let all = instructions();
    let stages: Vec<usize> = (0..all.len()).filter(|at| all[*at].0 == "FROM").collect();
    assert_eq!(stages.len(), 2, "{all:?}");
    let (build, run) = all.split_at(stages[1]);
    assert!(build[0].1.ends_with(" AS build"), "{:?}", build[0]);
    let channel = std::fs::read_to_string(root().join("rust-toolchain.toml")).expect("is there");
    let version = build[0]
        .1
        .split(['/', ':', '-'])
        .find(|part| part.starts_with("1."))
        .expect("a version");
    assert!(
        channel.contains(&format!("\"{version}.")),
        "{version} is another compiler"
    );
    assert!(
        run[0].1.contains("distroless") && run[0].1.ends_with(":nonroot"),
        "{:?}",
        run[0]
    );
    let last = |name: &str| {
        let found = run.iter().rev().find(|(instruction, _)| instruction == name);
        found.map(|(_, arguments)| arguments.as_str()).unwrap_or_default()
    };
    assert!(
        run.iter().all(|(name, _)| name != "RUN"),
        "there is no shell in it"
    );
    assert_eq!(last("USER"), "65532:65532");
    assert_eq!(last("ENTRYPOINT"), "[\"/usr/local/bin/tidegate\"]");
    assert_eq!(last("CMD"), "[\"serve\"]");
    // Where everything is written, so that the root can be read-only.
    assert!(last("ENV").contains("TIDEGATE_DATA_DIR=/var/lib/tidegate"));
    assert_eq!(last("VOLUME"), "[\"/var/lib/tidegate\"]");
    for (_, arguments) in run.iter().filter(|(name, _)| name == "COPY") {
        let (from, sources, _) = copied(arguments);
        assert_eq!(from, Some("build"), "{arguments}");
        for source in sources {
            let made = source == "/src/target/release/tidegate"
                || build
                    .iter()
                    .any(|(name, made)| name == "RUN" && made.contains(source));
            assert!(made, "{source} is not made in the first stage");
        }
    }
}

#[test]
fn everything_that_the_build_needs_is_copied_and_there() {
    let all = instructions();
    let mut sources = Vec::new();
    for (_, arguments) in all.iter().filter(|(name, _)| name == "COPY") {
        let (from, paths, _) = copied(arguments);
        if from.is_none() {
            sources.extend(paths.iter().map(|path| path.trim_start_matches("./").to_owned()));
        }
    }
    for source in &sources {
        assert!(root().join(source).exists(), "{source} is not in the repository");
    }
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("is there");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let members = manifest["workspace"]["members"].as_array().expect("a list");
    for member in members
        .iter()
        .filter_map(toml::Value::as_str)
        .chain(["wit", "Cargo.lock"])
    {
        let top = member.split('/').next().expect("a name");
        assert!(
            sources.iter().any(|source| source == top),
            "{member} is not copied"
        );
    }
}
