//! Many writers on one group.

use std::collections::BTreeSet;

use http::Method;
use tidegate_okta::Member;
use tokio::task::JoinSet;

use crate::world::{Org, World, person};

const CLIENTS: usize = 20;
const EACH: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_adds_racing_into_one_group_lose_none() {
    let world = World::start().await;
    let okta = world.okta();
    let mut org = Org::default();
    let group = okta.push_group("Everybody", &[]).await.expect("is pushed");
    org.set_members("Everybody", []);

    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (okta, group) = (world.okta(), group.clone());
        let people: Vec<_> = (0..EACH)
            .map(|number| person(&format!("p{client}-{number}")))
            .collect();
        for profile in &people {
            org.assign(profile);
            org.join("Everybody", &profile.login);
        }
        clients.spawn(async move {
            let mut members = Vec::new();
            for profile in people {
                let id = okta.assign(&profile).await.expect("is assigned").id;
                members.push(Member::new(id, profile.login));
            }
            for member in &members {
                okta.add_members(&group, std::slice::from_ref(member))
                    .await
                    .expect("is added");
            }
            assert_eq!(okta.totals().failures, 0, "{:?}", okta.totals());
            members
        });
    }
    let ids: BTreeSet<String> = clients
        .join_all()
        .await
        .into_iter()
        .flatten()
        .map(|member| member.id)
        .collect();
    assert_eq!(ids.len(), CLIENTS * EACH);

    let shown = okta
        .send(Method::GET, &format!("/Groups/{group}"), None)
        .await
        .expect("an answer")
        .body;
    let shown = shown["members"].as_array().expect("members");
    let found: BTreeSet<String> = shown
        .iter()
        .map(|member| member["value"].as_str().expect("an id").into())
        .collect();
    assert_eq!((shown.len(), found), (CLIENTS * EACH, ids));
    world.assert_equal_to(&org).await;
}

/// Adds and removes of different people, interleaved: each one's last word counts.
#[tokio::test(flavor = "multi_thread")]
async fn who_left_is_out_and_who_joined_is_in() {
    let world = World::start().await;
    let mut org = Org::default();
    let group = world.okta().push_group("Crew", &[]).await.expect("is pushed");
    org.set_members("Crew", []);
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (okta, group, profile) = (world.okta(), group.clone(), person(&format!("p{client}")));
        org.assign(&profile);
        let stays = client % 2 == 0;
        if stays {
            org.join("Crew", &profile.login);
        }
        clients.spawn(async move {
            let id = okta.assign(&profile).await.expect("is assigned").id;
            let member = [Member::new(&id, profile.login)];
            for _ in 0..4 {
                okta.add_members(&group, &member).await.expect("is added");
                okta.remove_members(&group, std::slice::from_ref(&id))
                    .await
                    .expect("is removed");
            }
            if stays {
                okta.add_members(&group, &member).await.expect("is added");
            }
        });
    }
    clients.join_all().await;
    world.assert_equal_to(&org).await;
}
