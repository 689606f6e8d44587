//! What an index finds is what reading everything finds.
//!
//! `not (not (F))` means the same as `F`, and no index serves it: each filter is asked in both
//! forms, so that one way of finding checks the other.

use serde_json::{Value, json};

use super::{encode, ids};
use crate::world::World;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// People who differ in everything that filters look at.
async fn people(world: &World) -> Vec<Value> {
    let mut people = Vec::new();
    for (number, (name, title, department)) in [
        ("Ann", Some("Engineer"), Some("Tours")),
        ("bärbel", None, Some("tours")),
        ("BÄRTE", Some("engineer"), None),
        ("Bo", Some("Écuyer"), Some("Engines")),
        ("bob", None, None),
        ("Zoë", Some("Zookeeper"), Some("Animals")),
        ("ann.other", Some(""), Some("Engines")),
    ]
    .into_iter()
    .enumerate()
    {
        let mut user = json!({
            "userName": format!("{name}@tidal.example"),
            "externalId": format!("00u{number}"),
            "displayName": name,
            "active": number % 3 != 1,
            "name": {"givenName": name, "familyName": "Example"},
            "emails": [
                {"value": format!("{name}@work.example"), "type": "work", "primary": true},
                {"value": format!("{number}@home.example"), "type": "home"},
            ],
        });
        if let Some(title) = title {
            user["title"] = title.into();
        }
        if let Some(department) = department {
            user[ENTERPRISE] = json!({"department": department});
        }
        let made = world.call(http::Method::POST, "/Users", &[], Some(user)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        people.push(made.body);
    }
    people
}

async fn found(world: &World, endpoint: &str, filter: &str) -> Vec<String> {
    let list = world
        .read(&format!("/{endpoint}?count=1000&filter={}", encode(filter)))
        .await;
    let found = ids(&list);
    assert_eq!(list["totalResults"], found.len(), "{filter}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_finds_what_a_walk_finds() {
    let world = World::bare().await;
    let people = people(&world).await;
    let members: Vec<Value> = people[..3]
        .iter()
        .map(|user| json!({"value": user["id"]}))
        .collect();
    for (name, members) in [
        ("Crew", members),
        ("Nobody", Vec::new()),
        ("crew two", Vec::new()),
    ] {
        let group = json!({"displayName": name, "members": members, "externalId": name});
        let made = world.call(http::Method::POST, "/Groups", &[], Some(group)).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let groups = world.read("/Groups").await;
    let (crew, ann) = (&groups["Resources"][0]["id"], &people[0]["id"]);
    let when = people[3]["meta"]["lastModified"].as_str().expect("a time");
    let users = [
        (r#"userName eq "ANN@tidal.example""#.to_owned(), 1),
        (r#"userName eq "BÄRBEL@TIDAL.EXAMPLE""#.into(), 1),
        (r#"userName sw "bä""#.into(), 2),
        (r#"userName sw "ann""#.into(), 2),
        (r#"userName sw "a" or userName sw "b""#.into(), 6),
        (r#"userName gt "bo@""#.into(), 5),
        (
            r#"userName ge "bo@tidal.example" and userName le "bob@tidal.example""#.into(),
            2,
        ),
        (r#"userName lt "ann""#.into(), 0),
        (r#"displayName eq "ZOË""#.into(), 1),
        (r#"displayName sw "B""#.into(), 4),
        (r#"displayName ge "z""#.into(), 1),
        (r#"externalId eq "00u3""#.into(), 1),
        (r#"externalId eq "00U3""#.into(), 0),
        (r#"emails eq "bob@WORK.example""#.into(), 1),
        (r#"emails.value eq "4@home.example""#.into(), 1),
        (
            r#"emails[type eq "home" and value eq "bob@work.example"]"#.into(),
            0,
        ),
        (r#"emails[type eq "work"].value eq "bob@work.example""#.into(), 1),
        (
            r#"emails[value eq "1@home.example" or value eq "2@home.example"]"#.into(),
            2,
        ),
        ("active eq false".into(), 2),
        ("active eq true".into(), 5),
        ("active ne true".into(), 2),
        (format!("groups.value eq {crew}"), 3),
        (format!("groups[value eq {crew} and display eq \"Crew\"]"), 3),
        (format!("groups.value eq {crew} and active eq false"), 1),
        (format!("groups.value ne {crew}"), 4),
        ("groups pr".into(), 3),
        (r#"groups.display eq "crew""#.into(), 3),
        (format!("id eq {ann}"), 1),
        (format!("id eq {ann} or active eq false"), 3),
        (format!("id eq {ann} or title eq \"engineer\""), 2),
        (format!(r#"meta.lastModified ge "{when}""#), 4),
        (format!(r#"meta.lastModified lt "{when}""#), 3),
        (r#"meta.created gt "2020-01-01T00:00:00Z""#.into(), 7),
        (r#"meta.lastModified gt "2100-01-01T00:00:00+14:00""#.into(), 0),
        (format!(r#"{ENTERPRISE}:department eq "TOURS""#), 2),
        (format!(r#"{ENTERPRISE}:department pr and not (title pr)"#), 2),
        (r#"title co "gin""#.into(), 2),
        (r#"title sw "é""#.into(), 1),
        ("title eq null".into(), 2),
        (
            r#"name.familyName ew "PLE" and (title pr or active eq false)"#.into(),
            6,
        ),
    ];
    for (filter, expected) in users {
        let by_index = found(&world, "Users", &filter).await;
        let by_walk = found(&world, "Users", &format!("not (not ({filter}))")).await;
        assert_eq!(by_index, by_walk, "{filter}");
        assert_eq!(by_index.len(), expected, "{filter}");
    }
    for (filter, expected) in [
        (r#"displayName eq "CREW""#.to_owned(), 1),
        (r#"displayName sw "crew""#.into(), 2),
        (r#"externalId eq "Nobody""#.into(), 1),
        (format!("members.value eq {ann}"), 1),
        (format!("members eq {ann} and displayName eq \"Nobody\""), 0),
        (format!("members[value eq {ann} and type eq \"user\"]"), 1),
        (format!("id eq {crew} and members[value eq {ann}]"), 1),
        ("members pr".into(), 1),
        ("not (members pr)".into(), 2),
        (r#"members[display sw "ann"]"#.into(), 1),
        (format!("members.value ne {ann}"), 2),
    ] {
        let by_index = found(&world, "Groups", &filter).await;
        let by_walk = found(&world, "Groups", &format!("not (not ({filter}))")).await;
        assert_eq!(by_index, by_walk, "{filter}");
        assert_eq!(by_index.len(), expected, "{filter}");
    }
}
