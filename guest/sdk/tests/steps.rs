//! Steps as sentences, and the names under which the contract's types are written as JSON.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use serde_json::{Value, json};
use tidegate_sdk::types::{
    AccountRef, AccountSpec, Change, Group, GroupRef, GroupSpec, LinkBy, Member, OnExisting, OnMissing,
    Rejection, User,
};
use tidegate_sdk::{Plan, Request, Step, step};

fn json(step: &Step) -> Value {
    serde_json::to_value(step).unwrap()["operation"].clone()
}

fn ann() -> User {
    User {
        id: "u1".into(),
        user_name: "ann".into(),
        ..User::default()
    }
}

#[test]
fn a_step_says_where_what_and_why() {
    let said = step("Contractors share one group")
        .on("jira-main")
        .members("contractors", [&ann()]);
    assert_eq!(said.target.as_deref(), Some("jira-main"));
    assert_eq!(said.reason, "Contractors share one group");
    let everywhere = step("all").members("contractors", [&ann()]);
    assert_eq!((everywhere.target, everywhere.operation), (None, said.operation));
}

#[test]
fn every_outcome_has_its_word() {
    let (user, group) = (
        ann(),
        Group {
            id: "g1".into(),
            ..Group::default()
        },
    );
    let member = Member {
        id: "u2".into(),
        ..Member::default()
    };
    let username = || AccountRef::Username("bob".into());
    let (u1, g1) = (json!({"scim-id": "u1"}), json!({"scim-id": "g1"}));
    let said = |operation: Value, step: Step| assert_eq!(json(&step), operation);
    said(
        json!({"suspend-account": {"account": u1, "strip-groups": false}}),
        step("").suspend(&user),
    );
    said(
        json!({"suspend-account": {"account": u1, "strip-groups": true}}),
        step("").suspend_and_strip(&user),
    );
    said(
        json!({"restore-account": {"username": "bob"}}),
        step("").restore(username()),
    );
    said(json!({"remove-account": u1}), step("").remove_account(&user));
    said(json!({"release-account": u1}), step("").release_account(&user));
    said(json!({"remove-group": g1}), step("").remove_group(&group));
    said(
        json!({"release-group": {"name": "devs"}}),
        step("").release_group("devs"),
    );
    let members = json!({"group": {"name": "devs"}, "accounts": [{"scim-id": "u2"}]});
    said(
        json!({"ensure-members": members}),
        step("").members(String::from("devs"), [&member]),
    );
    said(
        json!({"ensure-not-members": members}),
        step("").not_members("devs", [&member]),
    );
    said(
        json!({"custom": {"key": "k", "kind": "licence", "arguments": "{}"}}),
        step("").custom("k", "licence", "{}"),
    );
    let group = GroupSpec {
        group: GroupRef::from(&group),
        name: "devs".into(),
        description: None,
        on_missing: OnMissing::Skip,
    };
    let spec = json!({"group": g1, "name": "devs", "description": null, "on-missing": "skip"});
    said(json!({"ensure-group": spec}), step("").ensure_group(group));
    let account = AccountSpec {
        account: AccountRef::Email("ann@example.com".into()),
        username: "ann".into(),
        email: None,
        display_name: Some("Ann".into()),
        given_name: None,
        family_name: None,
        on_missing: OnMissing::Fail,
        on_existing: OnExisting::LinkOnly,
        link_by: LinkBy::Username,
    };
    let said = json(&step("").ensure_account(account));
    let spec = &said["ensure-account"];
    assert_eq!(spec["account"], json!({"email": "ann@example.com"}));
    assert_eq!(
        (&spec["display-name"], &spec["on-existing"]),
        (&json!("Ann"), &json!("link-only"))
    );
}

/// The names of the decision vectors, which other languages read too.
#[test]
fn requests_and_answers_are_json_in_kebab_case() {
    let request: Request = serde_json::from_value(json!({
        "id": "r", "app": "a", "occasion": "reconcile", "now": 5,
        "targets": [{"name": "jira", "product": "jira"}],
        "change": {"user": {"after": {"id": "u1", "user-name": "ann", "manager-id": "m"}}},
    }))
    .unwrap();
    let Change::User(change) = request.change else {
        panic!("a user")
    };
    assert_eq!(change.after.unwrap().manager_id.as_deref(), Some("m"));
    assert_eq!((change.before, change.groups), (None, Vec::new()));
    let later = serde_json::to_value(Rejection::RetryLater(17)).unwrap();
    assert_eq!(later, json!({"retry-later": 17}));
    assert_eq!(
        serde_json::from_value::<Plan>(json!({})).unwrap(),
        Plan::default()
    );
}
