//! Group push, in every spelling.

use http::Method;
use serde_json::{Value, json};
use tidegate_okta::{Dialect, Member, OktaClient};

use crate::world::{APP, Org, World, person};

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const NAMES: [&str; 4] = ["ada", "alan", "grace", "joan"];

/// Each spelling, and who is a member afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_of_a_change_of_members_reaches_the_products() {
    let world = World::start().await;
    let okta = world.okta();
    let (mut org, members) = assigned(&okta).await;
    let id = |name: usize| members[name].id.clone();
    let group = okta.push_group("Crew", &members[..1]).await.expect("is pushed");
    org.set_members("Crew", ["ada@tidal.example"]);
    let path = format!("/Groups/{group}");
    let value = |numbers: &[usize]| -> Value {
        numbers
            .iter()
            .map(|number| json!({"value": id(*number)}))
            .collect()
    };

    let spellings: Vec<(&str, Value, &[usize])> = vec![
        (
            "add",
            json!([{"op": "add", "path": "members", "value": value(&[1, 2])}]),
            &[0, 1, 2],
        ),
        (
            "add again",
            json!([{"op": "add", "path": "members", "value": value(&[1])}]),
            &[0, 1, 2],
        ),
        (
            "filtered remove",
            json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", id(1))}]),
            &[0, 2],
        ),
        (
            "remove one who is none",
            json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", id(1))}]),
            &[0, 2],
        ),
        (
            "path-less add",
            json!([{"op": "add", "value": {"members": value(&[3])}}]),
            &[0, 2, 3],
        ),
        (
            "replace",
            json!([{"op": "replace", "path": "members", "value": value(&[1, 3])}]),
            &[1, 3],
        ),
        (
            "path-less replace",
            json!([{"op": "replace", "value": {"members": value(&[0, 1])}}]),
            &[0, 1],
        ),
        (
            "replace with empty",
            json!([{"op": "replace", "path": "members", "value": []}]),
            &[],
        ),
        (
            "upper case",
            json!([{"op": "Add", "path": "members", "value": value(&[2])}]),
            &[2],
        ),
        (
            "remove with values",
            json!([{"op": "remove", "path": "members", "value": value(&[2])}]),
            &[],
        ),
        (
            "both in one",
            json!([
                {"op": "remove", "path": format!("members[value eq \"{}\"]", id(0))},
                {"op": "add", "path": "members", "value": value(&[0, 1, 2])},
            ]),
            &[0, 1, 2],
        ),
        ("remove all", json!([{"op": "remove", "path": "members"}]), &[]),
    ];
    for (spelling, operations, expected) in spellings {
        let body = json!({"schemas": [PATCH_OP], "Operations": operations});
        let answer = okta
            .send(Method::PATCH, &path, Some(&body))
            .await
            .expect("an answer");
        assert!(answer.is_success(), "{spelling}: {}", answer.text);
        assert_eq!(
            shown(&okta, &path).await,
            sorted(expected.iter().map(|number| id(*number))),
            "{spelling}"
        );
        org.set_members(
            "Crew",
            expected.iter().map(|number| members[*number].login.as_str()),
        );
        world.assert_equal_to(&org).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_renamed_filled_and_deleted_by_both_kinds_of_apps() {
    let world = World::start().await;
    let (mut org, members) = assigned(&world.okta()).await;
    for (dialect, number) in [(Dialect::Template, 1), (Dialect::Custom, 2)] {
        let okta = world.okta().with_dialect(dialect);
        let (first, second) = (format!("First {number}"), format!("Second {number}"));
        let group = okta.push_group(&first, &members[..2]).await.expect("is pushed");
        org.set_members(&first, ["ada@tidal.example", "alan@tidal.example"]);
        world.assert_equal_to(&org).await;

        okta.rename_group(&group, &second).await.expect("is renamed");
        org.rename_group(&first, &second);
        assert_eq!(
            okta.link_group(&second).await.expect("an answer"),
            Some(group.clone())
        );
        assert_eq!(okta.link_group(&first).await.expect("an answer"), None);
        world.assert_equal_to(&org).await;

        okta.replace_members(&group, &members[2..])
            .await
            .expect("is pushed anew");
        org.set_members(&second, ["grace@tidal.example", "joan@tidal.example"]);
        world.assert_equal_to(&org).await;

        okta.delete_group(&group).await.expect("is deleted");
        org.delete_group(&second);
        let gone = okta
            .send(Method::GET, &format!("/Groups/{group}"), None)
            .await
            .expect("an answer");
        assert_eq!(gone.status, 404);
        world.assert_equal_to(&org).await;
    }
}

/// A PUT without `members` is about the name; one with a list is about both.
#[tokio::test(flavor = "multi_thread")]
async fn a_put_without_members_leaves_them_alone() {
    let world = World::bare().await;
    let okta = world.okta();
    let (_, members) = assigned(&okta).await;
    let group = okta.push_group("Crew", &members[..2]).await.expect("is pushed");
    let path = format!("/Groups/{group}");
    let schema = "urn:ietf:params:scim:schemas:core:2.0:Group";

    let body = json!({"schemas": [schema], "displayName": "Crew of two"});
    let put = okta
        .send(Method::PUT, &path, Some(&body))
        .await
        .expect("an answer");
    assert_eq!(
        (put.status, &put.body["displayName"]),
        (200, &json!("Crew of two"))
    );
    assert_eq!(shown(&okta, &path).await.len(), 2);

    let body = json!({"schemas": [schema], "id": "another", "displayName": "Crew", "members": [{"value": members[3].id}]});
    let put = okta
        .send(Method::PUT, &path, Some(&body))
        .await
        .expect("an answer");
    assert_eq!((put.status, &put.body["id"]), (200, &json!(group)));
    assert_eq!(shown(&okta, &path).await, [members[3].id.clone()]);
}

/// Joins while suspended: not given access before the account is usable again.
#[tokio::test(flavor = "multi_thread")]
async fn one_who_joins_while_inactive_is_a_member_once_active() {
    let world = World::start().await;
    let okta = world.okta();
    let (mut org, members) = assigned(&okta).await;
    let group = okta.push_group("Crew", &members[..1]).await.expect("is pushed");
    org.set_members("Crew", ["ada@tidal.example"]);
    world.admin.converged(APP).await;

    okta.deactivate(&members[1].id).await.expect("is deactivated");
    org.set_active("alan@tidal.example", false);
    okta.add_members(&group, &members[1..2]).await.expect("is added");
    world.assert_equal_to(&org).await;

    okta.reactivate(&members[1].id).await.expect("is active");
    org.set_active("alan@tidal.example", true);
    org.join("Crew", "alan@tidal.example");
    world.assert_equal_to(&org).await;
}

async fn assigned(okta: &OktaClient) -> (Org, Vec<Member>) {
    let (mut org, mut members) = (Org::default(), Vec::new());
    for name in NAMES {
        let profile = person(name);
        let id = okta.assign(&profile).await.expect("is assigned").id;
        org.assign(&profile);
        members.push(Member::new(id, profile.login));
    }
    (org, members)
}

async fn shown(okta: &OktaClient, path: &str) -> Vec<String> {
    let group = okta.send(Method::GET, path, None).await.expect("an answer").body;
    let members = group["members"].as_array().cloned().unwrap_or_default();
    sorted(
        members
            .iter()
            .map(|member| member["value"].as_str().expect("an id").to_owned()),
    )
}

fn sorted(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids
}
