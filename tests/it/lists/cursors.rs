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

/// RFC 9865 section 2: 0 asks for the total, a negative value is 0.
#[tokio::test(flavor = "multi_thread")]
async fn no_resources_may_be_asked_for() {
    let world = World::bare().await;
    world.seed_users(20).await;
    let cursor = world.read("/Users?count=5&cursor=").await["nextCursor"].clone();
    let cursor = cursor.as_str().expect("a next page");
    for query in [
        "cursor&count=0".to_owned(),
        "cursor&count=-1".into(),
        "cursor&count=0&sortBy=title".into(),
        "cursor&count=0&sortBy=userName&filter=userName%20pr".into(),
        format!("count=0&cursor={cursor}"),
    ] {
        let list = world.read(&format!("/Users?{query}")).await;
        assert_eq!(list["totalResults"], 20, "{query}");
        assert_eq!(
            (list["itemsPerPage"].as_u64(), ids(&list).len()),
            (Some(0), 0),
            "{query}"
        );
        assert!(list.get("nextCursor").is_none(), "it would lead nowhere: {list}");
    }
    for path in ["/Users/.search", "/.search"] {
        for body in [
            json!({"cursor": "", "count": 0}),
            json!({"cursor": "", "count": -1, "sortBy": "title"}),
        ] {
            let list = world.call(Method::POST, path, &[], Some(body.clone())).await;
            assert_eq!(
                (list.status, &list.body["totalResults"]),
                (200, &json!(20)),
                "{path} {body}"
            );
            assert!(
                ids(&list.body).is_empty() && list.body.get("nextCursor").is_none(),
                "{path} {body}"
            );
        }
    }
}
