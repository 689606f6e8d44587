//! Pages by cursor (RFC 9865).

use http::Method;
use serde_json::{Value, json};

use super::{encode, ids};
use crate::world::World;

/// Walks over all pages by cursor; `between` happens after each page.
async fn walk(world: &World, path: &str, mut between: impl AsyncFnMut(usize)) -> Vec<String> {
    let (mut all, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let list = world.read(&format!("{path}&cursor={cursor}")).await;
        let page = ids(&list);
        assert!(list.get("startIndex").is_none(), "{list}");
        assert_eq!(list["itemsPerPage"], page.len());
        all.extend(page);
        pages += 1;
        between(pages).await;
        match list.get("nextCursor") {
            None => return all,
            Some(next) => cursor = next.as_str().expect("a text").to_owned(),
        }
    }
}

async fn nothing(_: usize) {}

#[tokio::test(flavor = "multi_thread")]
async fn every_walk_meets_everybody_once() {
    let world = World::bare().await;
    world.seed_users(230).await;
    for (query, total) in [
        ("count=50".to_owned(), 230),
        // The last page is full: no cursor leads to an empty one.
        ("count=46".into(), 230),
        ("count=1000".into(), 230),
        ("count=30&sortBy=userName".into(), 230),
        ("count=30&sortBy=userName&sortOrder=descending".into(), 230),
        ("count=30&sortBy=title".into(), 230),
        ("count=30&sortBy=title&sortOrder=descending".into(), 230),
        ("count=30&sortBy=nickName".into(), 230),
        ("count=7&filter=active%20eq%20false".into(), 23),
        (format!("count=30&filter={}", encode(r#"title co "3""#)), 33),
        (
            format!("count=30&sortBy=userName&filter={}", encode(r#"title co "3""#)),
            33,
        ),
        (
            format!(
                "count=30&sortBy=displayName&filter={}",
                encode(r#"userName sw "seed-1""#)
            ),
            111,
        ),
    ] {
        let path = format!("/Users?{query}");
        let first = world.read(&format!("{path}&cursor")).await;
        assert_eq!(first["totalResults"], total, "{query}");
        let by_cursor = walk(&world, &path, nothing).await;
        let at_once = ids(&world.read(&path.replace("count=", "count=1000&x=")).await);
        assert_eq!(by_cursor, at_once, "{query}");
        assert_eq!(by_cursor.len(), total, "{query}");
    }
}

/// Index pages shift when somebody is deleted meanwhile; cursor pages do not.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_missed_while_others_come_and_go() {
    let world = World::bare().await;
    world.seed_users(90).await;
    for query in ["count=10", "count=10&sortBy=userName", "count=10&sortBy=title"] {
        let world = &world;
        let met = walk(world, &format!("/Users?{query}"), async |page| {
            if page == 4 {
                let people = world.read("/Users?count=5&filter=title%20pr").await;
                for id in ids(&people) {
                    world
                        .call(Method::DELETE, &format!("/Users/{id}"), &[], None)
                        .await;
                }
            }
        })
        .await;
        let left = ids(&world.read("/Users?count=1000").await);
        assert!(left.iter().all(|id| met.contains(id)), "{query}");
        let mut once = met.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), met.len(), "{query}: twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_over_both_kinds_goes_on_from_one_to_the_other() {
    let world = World::bare().await;
    world.seed_users(12).await;
    for number in 0..5 {
        world.seed_group(&format!("group-{number}"), Vec::new()).await;
    }
    let (mut met, mut cursor) = (Vec::new(), String::new());
    loop {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 5, "cursor": cursor,
        });
        let list = world.call(Method::POST, "/.search", &[], Some(body)).await.body;
        assert_eq!(list["totalResults"], 17);
        met.extend(ids(&list));
        match list["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let expected: Vec<String> = (0..12)
        .map(|number| format!("seed-{number}"))
        .chain((0..5).map(|number| format!("group-{number}")))
        .collect();
    assert_eq!(met, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_does_not_belong_is_refused() {
    let world = World::bare().await;
    world.seed_users(20).await;
    let list = world.read("/Users?count=5&cursor=").await;
    let cursor = list["nextCursor"].as_str().expect("a next page");
    let keyword = async |path: String| {
        let answer = world.get(&path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        answer.body["scimType"].clone()
    };
    let wrong: Value = json!("invalidCursor");
    assert_eq!(keyword("/Users?cursor=nonsense".into()).await, wrong);
    assert_eq!(keyword(format!("/Users?cursor={}", &cursor[1..])).await, wrong);
    assert_eq!(keyword(format!("/Groups?cursor={cursor}")).await, wrong);
    assert_eq!(
        keyword(format!("/Users?sortBy=title&cursor={cursor}")).await,
        wrong
    );
    assert_eq!(
        keyword(format!("/Users?filter=title%20pr&cursor={cursor}")).await,
        wrong
    );
    for count in ["many", "1.5"] {
        assert_eq!(
            keyword(format!("/Users?cursor&count={count}")).await,
            json!("invalidCount")
        );
    }
    // Another app cannot go on where this one was.
    let other = world.admin.create_app("second").await;
    let answer = world
        .call(Method::GET, &format!("/Users?cursor={cursor}"), &[], None)
        .await;
    assert_eq!(answer.status, 200);
    let foreign = crate::world::okta(&world.here(&other), &other.token)
        .send(Method::GET, &format!("/Users?cursor={cursor}"), None)
        .await
        .expect("an answer");
    assert_eq!(foreign.status, 400, "{}", foreign.text);
    // A larger page is fine: only what is looked for and its order must stay.
    assert_eq!(
        ids(&world.read(&format!("/Users?count=9&cursor={cursor}")).await).len(),
        9
    );
}

/// A count below 1 asks for the total (RFC 7644 section 3.4.2.4), by cursor as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_count_of_nothing_asks_for_the_total() {
    let world = World::bare().await;
    world.seed_users(3).await;
    for count in ["0", "-1"] {
        let list = world.read(&format!("/Users?cursor&count={count}")).await;
        assert_eq!(
            (&list["totalResults"], &list["itemsPerPage"]),
            (&json!(3), &json!(0))
        );
        assert!(list.get("nextCursor").is_none(), "{list}");
    }
}
