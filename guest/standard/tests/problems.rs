//! Every mistake in the settings is named by its JSON pointer, all of them at once.
#![allow(clippy::unwrap_used, reason = "a test")]

use tidegate_sdk::Policy;
use tidegate_standard::Standard;

/// The problems of a document: (pointer, part of the message), in any order.
#[track_caller]
fn expect(settings: &str, expected: &[(&str, &str)]) {
    let mut problems = Standard::configure(settings).unwrap_err();
    for (path, message) in expected {
        let found = problems
            .iter()
            .position(|problem| problem.path == *path && problem.message.contains(message));
        let found = found.unwrap_or_else(|| panic!("no {path} {message:?} in {problems:?}"));
        problems.remove(found);
    }
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn regular_expressions_and_replacements() {
    expect(
        r#"{"username-rules":[{"pattern":"(","replacement":""},{"pattern":"(.*)@.*","replacement":"$1"}],
            "groups":{"mapping":[{"from":"[","regex":true,"to":["a"]},{"from":"[","to":["a"]}]}}"#,
        &[
            ("/username-rules/0/pattern", "is not a regular expression"),
            ("/groups/mapping/0/from", "is not a regular expression"),
        ],
    );
    let replacement = |text: &str| {
        format!(r#"{{"username-rules":[{{"pattern":"(.*)@(?P<host>.*)","replacement":"{text}"}}]}}"#)
    };
    let pointer = "/username-rules/0/replacement";
    expect(&replacement("$3"), &[(pointer, "has 2 numbered group(s)")]);
    expect(&replacement("${user}"), &[(pointer, "\"$user\"")]);
    expect(&replacement("$1st"), &[(pointer, "write \"${1}st\"")]);
    expect(&replacement("a$"), &[(pointer, "lone \"$\"")]);
    for good in ["$2", "$0", "${host}", "$host", "$$1", "${1}st", ""] {
        Standard::configure(&replacement(good)).unwrap();
    }
    let mapping = r#"{"groups":{"mapping":[{"from":"^a-(.*)","regex":true,"to":["$1","$2"]}]}}"#;
    expect(mapping, &[("/groups/mapping/0/to/1", "\"$2\"")]);
    // Not a regular expression: a dollar sign is one.
    Standard::configure(r#"{"groups":{"mapping":[{"from":"a","to":["$2"]}]}}"#).unwrap();
}

/// Look-around and back-references are what a linear-time engine has not.
#[test]
fn what_could_take_for_ever_is_refused() {
    for pattern in [r"(?=a)b", r"(a)\\1", r"(?<!a)b"] {
        let settings = format!(r#"{{"username-rules":[{{"pattern":"{pattern}","replacement":""}}]}}"#);
        expect(
            &settings,
            &[("/username-rules/0/pattern", "is not a regular expression")],
        );
    }
    let huge = r#"{"username-rules":[{"pattern":"(?:\\w{500}){500}","replacement":""}]}"#;
    expect(huge, &[("/username-rules/0/pattern", "size limit")]);
}

#[test]
fn unknown_settings_and_wrong_types() {
    expect(
        r#"{"import-user":true,"update-users":"yes","on-removal":"remove","default-groups":["a"," ",3],
            "groups":{"push":0,"mappings":[]},
            "targets":{"a/b~c":{"username-case":"UPPER"},"jira":[]}}"#,
        &[
            ("/import-user", "no such setting"),
            ("/update-users", "must be true or false, not a string"),
            ("/on-removal", "one of \"disable\", \"delete\", \"leave\""),
            ("/default-groups/1", "must not be blank"),
            ("/default-groups/2", "a string, not a number"),
            ("/groups/push", "not a number"),
            ("/groups/mappings", "no such setting"),
            ("/targets/a~1b~0c/username-case", "one of \"keep\", \"lower\""),
            ("/targets/jira", "must be an object, not a list"),
        ],
    );
}

#[test]
fn what_is_missing_and_what_is_no_json() {
    expect(
        r#"{"username-rules":[{"pattern":"a"},"b"],"groups":{"mapping":[{"from":"a"},{"to":"a"}]}}"#,
        &[
            ("/username-rules/0/replacement", "is required"),
            ("/username-rules/1", "must be an object, not a string"),
            ("/groups/mapping/0/to", "is required"),
            ("/groups/mapping/1/from", "is required"),
            ("/groups/mapping/1/to", "must be a list, not a string"),
        ],
    );
    expect("{", &[("", "this is not JSON")]);
    expect("[]", &[("", "must be an object, not a list")]);
    Standard::configure("").unwrap();
}
