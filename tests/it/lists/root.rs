//! Users and groups in one list (RFC 7644 section 3.4.3).

use http::Method;
use serde_json::{Value, json};

use super::ids;
use crate::world::{RawAnswer, World};

async fn search(world: &World, mut wanted: Value) -> RawAnswer {
    wanted["schemas"] = json!(["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]);
    world.call(Method::POST, "/.search", &[], Some(wanted)).await
}

/// All pages of a search, by cursor.
async fn walk(world: &World, mut wanted: Value) -> Vec<String> {
    let mut all = Vec::new();
    let mut totals = Vec::new();
    wanted["cursor"] = json!("");
    loop {
        let page = search(world, wanted.clone()).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let found = ids(&page.body);
        totals.push(page.body["totalResults"].clone());
        all.extend(found.clone());
        match page.body.get("nextCursor") {
            Some(next) => wanted["cursor"] = next.clone(),
            None => break,
        }
        assert_eq!(
            json!(found.len()),
            wanted["count"],
            "not the last, and not full: {wanted}"
        );
    }
    assert!(
        totals.iter().all(|total| *total == all.len()),
        "{wanted}: {totals:?}"
    );
    all
}

/// Ten users, seed-0 the first, and three groups.
async fn seeded() -> World {
    let world = World::bare().await;
    world.seed_users(10).await;
    for name in ["Seed 3b", "a crew", "zebras"] {
        world.seed_group(name, vec![1]).await;
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_by_cursor_meets_both_kinds_wherever_a_page_ends() {
    let world = seeded().await;
    let users: Vec<String> = (0..10).map(|number| format!("seed-{number}")).collect();
    let all = [
        users.clone(),
        ["Seed 3b", "a crew", "zebras"].map(str::to_owned).to_vec(),
    ]
    .concat();
    for count in 1..=14 {
        assert_eq!(walk(&world, json!({"count": count})).await, all, "{count}");
        for (by, order) in [
            ("displayName", "ascending"),
            ("displayName", "descending"),
            ("userName", "descending"),
            // Equals are in the order of creation, kind by kind.
            ("title", "ascending"),
            ("meta.resourceType", "descending"),
        ] {
            let order = json!({"count": count, "sortBy": by, "sortOrder": order});
            let mut at_once = order.clone();
            at_once["count"] = 100.into();
            let at_once = ids(&search(&world, at_once).await.body);
            assert_eq!(walk(&world, order.clone()).await, at_once, "{order}");
        }
        for filter in [
            "userName pr",
            "active eq true or active eq false",
            "userName sw \"seed\"",
        ] {
            let found = walk(&world, json!({"count": count, "filter": filter})).await;
            assert_eq!(found, users, "{count}: {filter}");
        }
        // What indexes find, of both kinds and of the second only.
        let either = json!({"count": count, "filter": "displayName sw \"seed 3\""});
        assert_eq!(walk(&world, either).await, ["seed-7", "Seed 3b"], "{count}");
        let second = json!({"count": count, "filter": "displayName ge \"z\" or displayName eq \"a crew\""});
        assert_eq!(walk(&world, second).await, ["a crew", "zebras"], "{count}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_kind_does_not_have_has_no_value_there() {
    let world = seeded().await;
    for (filter, found) in [
        ("userName pr", 10),
        ("not (userName pr)", 3),
        ("members pr", 3),
        ("members pr or userName eq \"seed-4@tidal.example\"", 4),
        ("members pr and userName pr", 0),
        ("emails[type eq \"work\"] or displayName eq \"zebras\"", 11),
        ("title ne \"Title 1\"", 11),
        ("displayName sw \"seed 3\"", 2),
    ] {
        let list = search(&world, json!({"filter": filter})).await;
        assert_eq!(
            (list.status, &list.body["totalResults"]),
            (200, &json!(found)),
            "{filter}: {}",
            list.text
        );
        assert_eq!(ids(&list.body).len(), found, "{filter}");
    }
    for neither in ["shoeSize pr", "userName pr or shoeSize pr", "userName gt 3"] {
        let refused = search(&world, json!({"filter": neither})).await;
        assert_eq!(
            (refused.status, &refused.body["scimType"]),
            (400, &json!("invalidFilter")),
            "{neither}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_order_goes_over_both_kinds() {
    let world = seeded().await;
    let names = async |wanted: Value| {
        let list = search(&world, wanted).await;
        assert_eq!(list.status, 200, "{}", list.text);
        let resources = list.body["Resources"].as_array().unwrap().clone();
        resources
            .iter()
            .map(|resource| resource["displayName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let ascending = names(json!({"sortBy": "displayName"})).await;
    assert_eq!(ascending[0], "a crew");
    assert_eq!(ascending[3..6], ["Seed 2", "Seed 3", "Seed 3b"]);
    assert_eq!(ascending[12], "zebras");
    let mut descending = names(json!({"sortBy": "displayName", "sortOrder": "descending"})).await;
    descending.reverse();
    assert_eq!(descending, ascending);
    let page = names(json!({"sortBy": "displayName", "startIndex": 5, "count": 3})).await;
    assert_eq!(page, ascending[4..7]);
    // Who has no value comes last.
    let by_user_name = names(json!({"sortBy": "userName"})).await;
    assert_eq!(by_user_name[10..], ["Seed 3b", "a crew", "zebras"]);
    let unknown = search(&world, json!({"sortBy": "shoeSize"})).await;
    assert_eq!(
        (unknown.status, &unknown.body["scimType"]),
        (400, &json!("invalidValue"))
    );
}
