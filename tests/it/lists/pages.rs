//! Pages by `startIndex`.

use http::Method;

use super::{encode, ids};
use crate::world::World;

/// More than one block of row numbers, so that a page far back is found through the counts.
const MANY: usize = 1_100;

/// Walks over all pages.
async fn walk(world: &World, query: &str, count: usize) -> Vec<String> {
    let (mut all, mut start) = (Vec::new(), 1);
    loop {
        let list = world
            .read(&format!("/Users?startIndex={start}&count={count}&{query}"))
            .await;
        let page = ids(&list);
        assert_eq!(list["startIndex"], start);
        assert_eq!(list["itemsPerPage"], page.len());
        if page.is_empty() {
            assert_eq!(list["totalResults"], all.len(), "{query}");
            return all;
        }
        all.extend(page);
        start += count;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_walk_meets_everybody_once_in_order() {
    let world = World::bare().await;
    world.seed_users(MANY).await;
    let expected: Vec<String> = (0..MANY).map(|number| format!("seed-{number}")).collect();
    assert_eq!(walk(&world, "", 97).await, expected);
    // The last page, straight away.
    let far = ids(&world
        .read(&format!("/Users?startIndex={}&count=100", MANY - 2))
        .await);
    assert_eq!(far, expected[MANY - 3..]);

    // Holes in the middle, at both ends, and a whole stretch around the border of a block.
    let gone: Vec<usize> = [0, 1, 500, MANY - 1].into_iter().chain(1_000..1_050).collect();
    for number in &gone {
        let path = format!("/Users/seed-{number}");
        assert_eq!(world.call(Method::DELETE, &path, &[], None).await.status, 204);
    }
    let left: Vec<String> = (0..MANY)
        .filter(|number| !gone.contains(number))
        .map(|number| format!("seed-{number}"))
        .collect();
    assert_eq!(walk(&world, "", 100).await, left);
    assert_eq!(
        walk(&world, "filter=active%20eq%20true", 100).await.len(),
        left.len() - 103
    );

    // A sorted walk is one order cut into pages, whether an index has it or not.
    let mut by_name = left.clone();
    by_name.sort_by_key(|id| format!("{id}@"));
    assert_eq!(walk(&world, "sortBy=userName", 250).await, by_name);
    by_name.reverse();
    assert_eq!(
        walk(&world, "sortBy=userName&sortOrder=descending", 250).await,
        by_name
    );
    let by_title = walk(&world, "sortBy=title", 250).await;
    let mut expected = left.clone();
    // Equal titles are in the order of creation.
    expected.sort_by_key(|id| id["seed-".len()..].parse::<usize>().expect("a number") % 7);
    assert_eq!(by_title, expected);
    let filter = encode(r#"userName sw "seed-1" and active eq true"#);
    let query = format!("sortBy=userName&filter={filter}");
    let some = walk(&world, &query, 40).await;
    let mut expected: Vec<String> = left
        .iter()
        .filter(|id| id.starts_with("seed-1") && !id.ends_with('0'))
        .cloned()
        .collect();
    expected.sort_by_key(|id| format!("{id}@"));
    assert_eq!(some, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn corners_of_start_index_and_count() {
    let world = World::bare().await;
    world.seed_users(3).await;
    for (query, start, items) in [
        ("", 1, 3),
        ("startIndex=0&count=2", 1, 2),
        ("startIndex=-7&count=2", 1, 2),
        ("count=0", 1, 0),
        ("count=-1", 1, 0),
        ("startIndex=3&count=5", 3, 1),
        ("startIndex=4", 4, 0),
        (
            "startIndex=18446744073709551615&count=18446744073709551615",
            u64::MAX,
            0,
        ),
        ("count=5&filter=userName%20pr", 1, 3),
        ("startIndex=9&filter=userName%20pr", 9, 0),
        ("count=0&sortBy=title", 1, 0),
    ] {
        let list = world.read(&format!("/Users?{query}")).await;
        assert_eq!(list["totalResults"], 3, "{query}");
        assert_eq!(list["startIndex"], start, "{query}");
        assert_eq!(list["itemsPerPage"], items, "{query}");
        assert_eq!(ids(&list).len(), items, "{query}");
    }
}
