//! The reader of settings: values, what stands where nothing is said, and every mistake.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use tidegate_sdk::Problem;
use tidegate_sdk::settings::{Section, read};

fn pointers(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.path.as_str()).collect()
}

#[test]
fn values_are_read() {
    let text = r#"{"flag":true,"text":"t","word":"two","texts":["a","b"],
        "list":[{"n":"1"},{"n":"2"}],"section":{"deep":{"flag":true}},"null":null}"#;
    let (_, problems) = read(text, |root| {
        assert!(root.flag("flag", false));
        assert_eq!(root.text("text").as_deref(), Some("t"));
        assert_eq!(root.choice("word", &[("one", 1), ("two", 2)], 0), 2);
        assert_eq!(root.texts("texts").unwrap(), ["a", "b"]);
        assert_eq!(
            root.list("list", |item| Some(item.required_text("n"))).unwrap(),
            ["1", "2"]
        );
        let deep = root.section("section", |section| {
            section.section("deep", |deep| deep.flag("flag", false))
        });
        assert_eq!(deep, Some(Some(true)));
        assert!(root.has("null"));
    });
    assert_eq!(problems, []);
}

#[test]
fn what_is_absent_is_the_default_and_no_problem() {
    for text in ["{}", "", " \n"] {
        let (_, problems) = read(text, |root| {
            assert!(root.flag("flag", true) && !root.flag("other", false));
            assert_eq!(root.choice("word", &[("one", 1)], 7), 7);
            assert_eq!((root.text("text"), root.texts("texts")), (None, None));
            assert_eq!(root.list("list", |_| Some(())), None);
            assert_eq!(root.section("section", |_| ()), None);
            assert!(!root.has("anything") && root.names().is_empty());
        });
        assert_eq!(problems, []);
    }
}

#[test]
fn wrong_types_keep_the_default_and_are_named() {
    let text = r#"{"flag":"yes","text":1,"word":"three","texts":"a","list":{},"section":[]}"#;
    let (_, problems) = read(text, |root| {
        assert!(root.flag("flag", true));
        assert_eq!(root.text("text"), None);
        assert_eq!(root.choice("word", &[("one", 1), ("two", 2)], 0), 0);
        assert_eq!(root.texts("texts"), None);
        assert_eq!(root.list("list", |_| Some(())), None);
        root.section("section", |section| section.flag("flag", false));
    });
    assert_eq!(
        pointers(&problems),
        ["/flag", "/text", "/word", "/texts", "/list", "/section"]
    );
    assert_eq!(problems[2].message, "must be one of \"one\", \"two\"");
    assert_eq!(problems[4].message, "must be a list, not an object");
}

#[test]
fn what_is_required_is_missed_once() {
    let reader = |root: &mut Section<'_>| {
        let rule = |rule: &mut Section<'_>| Some((rule.required_text("a"), rule.required_texts("b")));
        root.list("rules", rule);
    };
    let (_, problems) = read(r#"{"rules":[{"a":1,"b":[]},{},"text"]}"#, reader);
    assert_eq!(
        pointers(&problems),
        ["/rules/0/a", "/rules/1/a", "/rules/1/b", "/rules/2"]
    );
}

#[test]
fn what_nobody_asked_for_is_a_problem_at_every_depth() {
    let (_, problems) = read(r#"{"a":{"b":1,"c":true},"d":[{"e":1}],"f":0}"#, |root| {
        root.section("a", |a| a.flag("c", false));
        root.list("d", |_| Some(()));
    });
    assert_eq!(pointers(&problems), ["/a/b", "/d/0/e", "/f"]);
    assert!(
        problems
            .iter()
            .all(|problem| problem.message == "there is no such setting")
    );
}

/// RFC 6901: `~` and `/` in a name are escaped; a pointer into a member is not.
#[test]
fn pointers_are_escaped() {
    let (_, problems) = read(r#"{"a/b":{"~":1},"to":["x"],"m/n":1}"#, |root| {
        let names = root.names();
        root.section(&names[0], |section| section.problem("~", "odd"));
        root.texts("to");
        root.problem("to/0", "not this one");
    });
    assert_eq!(pointers(&problems), ["/a~1b/~0", "/a~1b/~0", "/to/0", "/m~1n"]);
}

#[test]
fn what_is_no_json_is_said_with_its_place() {
    let (flag, problems) = read("{\"a\":}", |root| root.flag("a", true));
    assert!(flag);
    assert_eq!(pointers(&problems), [""]);
    assert!(
        problems[0].message.contains("line 1 column 6"),
        "{}",
        problems[0].message
    );
    let (_, problems) = read("[1]", |root| root.flag("a", true));
    assert_eq!(problems[0].message, "must be an object, not a list");
}
