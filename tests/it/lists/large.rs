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
}

/// A write answers without the members, unless they are asked for by name (RFC 7644 section 3.5.2).
#[tokio::test(flavor = "multi_thread")]
async fn a_patch_shows_the_members_that_it_was_asked_for() {
    let world = World::bare().await;
    large(&world).await;
    let rename = |name: &str| {
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "displayName", "value": name}]})
    };
    let unasked = world
        .call(Method::PATCH, "/Groups/everybody", &[], Some(rename("all")))
        .await;
    assert_eq!((unasked.status, unasked.text.as_str()), (204, ""));
    assert_eq!(unasked.headers["etag"], "W/\"2\"");
    let asked = "/Groups/everybody?attributes=members";
    let asked = world
        .call(Method::PATCH, asked, &[], Some(rename("all of us")))
        .await;
    assert_eq!((asked.status, members(&asked.body).len()), (200, MANY));
    assert_eq!(asked.headers["etag"], "W/\"3\"");
    // In one order with users, between them.
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "sortBy": "displayName", "count": 3, "filter": "displayName sw \"seed 1000\" or members pr or userName eq \"seed-0@tidal.example\""});
    let found = world.call(Method::POST, "/.search", &[], Some(search)).await;
    assert_eq!(found.status, 200, "{}", found.text);
    let at = ids(&found.body).iter().position(|id| id == "everybody").unwrap();
    assert_eq!(members(&found.body["Resources"][at]).len(), MANY);
}
