//! Groups with many members: read whole, by page, by filter, and left out.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use super::{encode, ids};
use crate::world::World;

/// Beyond what is answered in one piece.
const MANY: usize = 4_500;

async fn large(world: &World) {
    world.seed_many_users(MANY).await;
    let members = (1..=i64::try_from(MANY).expect("fits")).collect();
    world.seed_group("everybody", members).await;
    world.seed_group("nobody", Vec::new()).await;
}

fn members(group: &Value) -> BTreeSet<&str> {
    let members = group["members"].as_array().expect("members");
    let ids: BTreeSet<&str> = members
        .iter()
        .map(|member| member["value"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids.len(), members.len(), "each once");
    ids
}

fn renaming(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "displayName", "value": name}],
    })
}

/// RFC 7644 section 3.5.2: 204 may do, unless the client says what it wants to see.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_write_many_members_are_sent_to_who_names_them() {
    let world = World::bare().await;
    world.seed_many_users(300).await;
    world.seed_group("crowd", (1..=300).collect()).await;
    let path = |query: &str| format!("/Groups/crowd{query}");
    let patched = world
        .call(Method::PATCH, &path(""), &[], Some(renaming("one")))
        .await;
    assert_eq!((patched.status, patched.text.as_str()), (204, ""));
    assert_eq!(patched.headers["etag"], "W/\"2\"");
    let put = json!({"displayName": "two"});
    let put_back = world.call(Method::PUT, &path(""), &[], Some(put.clone())).await;
    assert_eq!((put_back.status, put_back.body.get("members")), (200, None));
    for (query, count) in [
        ("?attributes=members", Some(300)),
        ("?attributes=displayName,members.value", Some(300)),
        ("?attributes=displayName", None),
        ("?excludedAttributes=members", None),
    ] {
        for (method, body) in [(Method::PATCH, renaming("three")), (Method::PUT, put.clone())] {
            let answer = world.call(method.clone(), &path(query), &[], Some(body)).await;
            assert_eq!(answer.status, 200, "{method} {query}: {}", answer.text);
            let sent = answer.body.get("members").map(|_| members(&answer.body).len());
            assert_eq!(sent, count, "{method} {query}");
            assert!(answer.headers.contains_key("etag"), "{method} {query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_read_whole_by_page_by_filter_and_left_out() {
    let world = World::bare().await;
    large(&world).await;
    let whole = world.get("/Groups/everybody").await;
    assert_eq!(whole.status, 200);
    assert_eq!(members(&whole.body).len(), MANY);
    assert_eq!(whole.headers["etag"], "W/\"1\"");
    assert_eq!(whole.headers["content-type"], "application/scim+json");
    let first = &whole.body["members"][0];
    let location = format!(
        "{}/Users/{}",
        world.base_url(),
        first["value"].as_str().expect("an id")
    );
    assert_eq!(
        (&first["type"], &first["$ref"]),
        (&json!("User"), &json!(location))
    );
    assert!(first.get("display").is_none(), "only on request");

    let named = world
        .read("/Groups/everybody?attributes=members.display,members.value")
        .await;
    assert_eq!(members(&named).len(), MANY);
    assert!(named["members"][0]["display"].is_string() && named["members"][0].get("type").is_none());
    for without in ["excludedAttributes=members", "attributes=displayName"] {
        let group = world.read(&format!("/Groups/everybody?{without}")).await;
        assert!(group.get("members").is_none() && group["displayName"] == "everybody");
    }

    // In a list as well, with a small group behind it.
    let list = world.read("/Groups?sortBy=displayName").await;
    assert_eq!(list["totalResults"], 2);
    assert_eq!(members(&list["Resources"][0]).len(), MANY);
    assert_eq!(list["Resources"][1]["members"], json!([]));
    let search =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "startIndex": MANY});
    let found = world.call(Method::POST, "/.search", &[], Some(search)).await.body;
    assert_eq!(found["totalResults"], MANY + 2);
    assert_eq!(ids(&found)[1..], ["everybody", "nobody"]);
    assert_eq!(members(&found["Resources"][1]).len(), MANY);

    // In one order over both kinds, others stand behind it.
    let ordered = json!({"sortBy": "displayName", "count": 4});
    let found = world
        .call(Method::POST, "/.search", &[], Some(ordered))
        .await
        .body;
    let [everybody, nobody, seeds @ ..] = found["Resources"].as_array().expect("a list").as_slice() else {
        panic!("{found}");
    };
    assert_eq!((members(everybody).len(), members(nobody).len()), (MANY, 0));
    assert!(seeds.len() == 2 && seeds.iter().all(|seed| seed["userName"].is_string()));

    // A page of the members, and one of them.
    let filter = encode(r#"groups.value eq "everybody""#);
    let page = world
        .read(&format!(
            "/Users?filter={filter}&attributes=userName&startIndex=4401&count=1000"
        ))
        .await;
    assert_eq!(
        (page["totalResults"].as_u64(), ids(&page).len()),
        (Some(MANY as u64), 100)
    );
    for (member, is_in) in [("seed-77", 1), ("stranger", 0)] {
        let filter = encode(&format!(r#"id eq "everybody" and members.value eq "{member}""#));
        let list = world
            .read(&format!("/Groups?filter={filter}&excludedAttributes=members"))
            .await;
        assert_eq!(list["totalResults"], is_in, "{member}");
    }
    let head = world.call(Method::HEAD, "/Groups/everybody", &[], None).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    let path = "/Groups/everybody?attributes=members";
    let patched = world.call(Method::PATCH, path, &[], Some(renaming("all"))).await;
    assert_eq!((patched.status, members(&patched.body).len()), (200, MANY));
    assert_eq!(patched.headers["etag"], "W/\"2\"");
}
