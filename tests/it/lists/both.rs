//! Searches over both kinds (RFC 7644 sections 3.4.2.1 and 3.4.3).

use http::Method;
use serde_json::{Value, json};

use super::ids;
use crate::world::World;

async fn search(world: &World, more: Value) -> Value {
    let mut body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    let members = body.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    let answer = world
        .call(Method::POST, "/.search", &[], Some(body.clone()))
        .await;
    assert_eq!(answer.status, 200, "{body}: {}", answer.text);
    answer.body
}

/// All pages by cursor.
async fn walk(world: &World, mut query: Value) -> (Vec<String>, u64) {
    let (mut met, mut pages, mut total) = (Vec::new(), 0, None);
    query["cursor"] = "".into();
    loop {
        let list = search(world, query.clone()).await;
        pages += 1;
        met.extend(ids(&list));
        let counted = total.get_or_insert_with(|| list["totalResults"].clone());
        assert_eq!(&list["totalResults"], counted, "{query}");
        assert_eq!(list["itemsPerPage"], ids(&list).len(), "{list}");
        match list.get("nextCursor") {
            Some(next) => query["cursor"] = next.clone(),
            None => {
                assert_eq!(counted, &met.len(), "{query}");
                return (met, pages);
            }
        }
        assert!(pages < 100, "a walk without end: {query}");
    }
}

async fn seeded() -> World {
    let world = World::bare().await;
    world.seed_users(12).await;
    for number in 0..5 {
        world
            .seed_group(&format!("group-{number}"), vec![1 + number])
            .await;
    }
    world
}

fn names(kind: &str, numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers
        .into_iter()
        .map(|number| format!("{kind}-{number}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_goes_on_from_one_kind_to_the_other() {
    let world = seeded().await;
    let all = [names("seed", 0..12), names("group", 0..5)].concat();
    // The last user fills a page (1, 2, 3, 4, 6, 12), leaves room for some groups, or for all.
    for count in [1, 2, 3, 4, 5, 6, 12, 13, 16, 17, 20] {
        let (met, pages) = walk(&world, json!({"count": count})).await;
        assert_eq!(met, all, "{count} each");
        assert_eq!(pages, 17_u64.div_ceil(count), "{count} each");
        let first = search(&world, json!({"count": count, "cursor": ""})).await;
        assert_eq!(first["totalResults"], 17, "{count} each");
    }
    // Where the second kind has nothing, a full page is the last.
    for filter in [
        "userName pr",
        "userName sw \"seed\"",
        "active eq true or active eq false",
    ] {
        let (met, pages) = walk(&world, json!({"count": 6, "filter": filter})).await;
        assert_eq!((met, pages), (names("seed", 0..12), 2), "{filter}");
    }
    let (met, pages) = walk(&world, json!({"count": 2, "filter": "members pr"})).await;
    assert_eq!((met, pages), (names("group", 0..5), 3));
    // What indexes find.
    let filter = r#"displayName ge "group-3" or userName eq "seed-0@tidal.example""#;
    for count in [1, 5] {
        let (met, _) = walk(&world, json!({"count": count, "filter": filter})).await;
        assert_eq!(met, [names("seed", 0..12), names("group", [3, 4])].concat());
    }
    let (met, pages) = walk(&world, json!({"count": 1, "filter": "displayName sw \"group\""})).await;
    assert_eq!((met, pages), (names("group", 0..5), 5));
    // By index it is the same list.
    let middle = search(&world, json!({"startIndex": 12, "count": 3})).await;
    assert_eq!(ids(&middle), ["seed-11", "group-0", "group-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_kind_lacks_it_has_no_value_of() {
    let world = seeded().await;
    let (users, groups) = (names("seed", 0..12), names("group", 0..5));
    let all = [users.clone(), groups.clone()].concat();
    for (filter, expected) in [
        ("members pr or userName pr", &all),
        ("not (members pr)", &users),
        ("not (userName pr)", &groups),
        ("userName ne \"x\"", &all),
        ("userName eq null", &groups),
        ("members[value eq \"seed-2\"]", &names("group", [2])),
        (
            "not (members[value eq \"seed-2\"])",
            &[users.clone(), names("group", [0, 1, 3, 4])].concat(),
        ),
        ("displayName sw \"group\" and not (active eq true)", &groups),
        ("active eq false and members pr", &Vec::new()),
        (
            "userName eq \"seed-3@tidal.example\" or displayName eq \"group-3\"",
            &[names("seed", [3]), names("group", [3])].concat(),
        ),
        (
            "emails.type eq \"work\" and id eq \"seed-1\"",
            &names("seed", [1]),
        ),
        ("meta.resourceType eq \"Group\"", &groups),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq null",
            &all,
        ),
    ] {
        let list = search(&world, json!({"filter": filter})).await;
        assert_eq!(&ids(&list), expected, "{filter}");
        assert_eq!(list["totalResults"], expected.len(), "{filter}");
    }
    // What neither has is a typing error, and so is a comparison that does not fit.
    for filter in [
        "shoeSize eq \"7\"",
        "userName pr or shoeSize pr",
        "name.shoeSize pr",
        "userName gt 5",
        "members[shoe eq \"x\"]",
        "userName[value eq \"x\"]",
    ] {
        let body = json!({"filter": filter});
        let answer = world.call(Method::POST, "/.search", &[], Some(body)).await;
        assert_eq!(
            (answer.status, &answer.body["scimType"]),
            (400, &json!("invalidFilter")),
            "{filter}: {}",
            answer.text
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_one_over_both_kinds() {
    let world = seeded().await;
    // "Seed 12" is the first user's, "Seed 1" the last one's; "group-…" comes before "seed …".
    let mut by_name: Vec<(String, String)> = (0..12)
        .map(|number| (format!("seed {}", 12 - number), format!("seed-{number}")))
        .chain((0..5).map(|number| (format!("group-{number}"), format!("group-{number}"))))
        .collect();
    by_name.sort();
    let by_name: Vec<String> = by_name.into_iter().map(|(_, id)| id).collect();
    let mut backwards = by_name.clone();
    backwards.reverse();
    let mut logins = names("seed", 0..12);
    logins.sort_by_key(|id| format!("{id}@"));
    let groups = names("group", 0..5);
    let mut titles = names("seed", 0..12);
    titles.sort_by_key(|id| id["seed-".len()..].parse::<usize>().expect("a number") % 7);
    let mut all = [names("seed", 0..12), names("group", 0..5)].concat();
    all.sort();
    for (by, order, expected) in [
        ("displayName", "ascending", by_name),
        ("displayName", "descending", backwards),
        ("id", "ascending", all),
        // Those without a value come last, and first where the order is turned round.
        ("userName", "ascending", [logins.clone(), groups.clone()].concat()),
        (
            "userName",
            "descending",
            [groups.clone(), logins.into_iter().rev().collect()].concat(),
        ),
        // Equals are in the order of creation.
        ("title", "ascending", [titles, groups].concat()),
    ] {
        let query = json!({"sortBy": by, "sortOrder": order});
        let list = search(&world, query.clone()).await;
        assert_eq!(ids(&list), expected, "{query}");
        assert_eq!(list["totalResults"], 17, "{query}");
        for count in [1, 4, 17] {
            let query = json!({"sortBy": by, "sortOrder": order, "count": count});
            let (met, pages) = walk(&world, query.clone()).await;
            assert_eq!((&met, pages), (&expected, 17_u64.div_ceil(count)), "{query}");
        }
        let part = json!({"sortBy": by, "sortOrder": order, "startIndex": 4, "count": 9});
        assert_eq!(ids(&search(&world, part).await), expected[3..12], "{query}");
    }
    let some = json!({"sortBy": "displayName", "sortOrder": "descending", "filter": "id co \"-1\""});
    assert_eq!(
        ids(&search(&world, some).await),
        ["seed-10", "seed-1", "seed-11", "group-1"]
    );
    let body = json!({"sortBy": "shoeSize"});
    let unknown = world.call(Method::POST, "/.search", &[], Some(body)).await;
    assert_eq!(
        (unknown.status, &unknown.body["scimType"]),
        (400, &json!("invalidValue"))
    );
}
