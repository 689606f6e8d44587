//! Paths, queries and filters.

use super::{assert_error, request, send, stored};
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_pages_that_make_no_sense() {
    let world = World::bare().await;
    world.okta().assign(&person("ada")).await.expect("is assigned");
    let before = stored(&world);
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let long = format!("userName eq \"{}\"", "x".repeat(9_000));
    let deep = format!("{}userName eq \"a\"{}", "(".repeat(3_000), ")".repeat(3_000));
    for filter in [
        "userName",
        "userName eq",
        "userName eq ada",
        "eq \"ada\"",
        "userName is \"ada\"",
        "userName eq \"ada\" and",
        "userName eq \"ada",
        "(userName eq \"ada\"",
        "userName eq \"a\" or or",
        "emails[value eq \"a\"",
        "favouriteColour eq \"a\"",
        "1=1; DROP TABLE scim_user",
        "\u{0}",
        &long,
        &deep,
    ] {
        for endpoint in ["/Users", "/Groups"] {
            let path = format!("{endpoint}?filter={}", encode(filter));
            let answer = send(&world, request(&world, "GET", &path, "")).await;
            assert_error(
                &format!("{endpoint} {filter:.60}"),
                &answer,
                400,
                Some("invalidFilter"),
            );
        }
    }
    for (query, scim_type) in [
        ("count=many", "invalidValue"),
        ("startIndex=first", "invalidValue"),
        ("count=1.5", "invalidValue"),
        ("count=99999999999999999999999999", "invalidValue"),
        ("filter=%ff%fe", "invalidValue"),
    ] {
        let answer = send(&world, request(&world, "GET", &format!("/Users?{query}"), "")).await;
        assert!(
            answer.status == 400 || query.starts_with("count=999") && answer.status == 200,
            "{query}: {}",
            answer.text
        );
        if answer.status == 400 {
            let found = answer.body["scimType"].as_str();
            assert!(
                found == Some(scim_type) || found == Some("invalidFilter"),
                "{query}: {}",
                answer.text
            );
            assert_error(query, &answer, 400, found);
        }
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_none() {
    let world = World::bare().await;
    let before = stored(&world);
    for path in [
        "",
        "/",
        "/Nothing",
        "/users",
        "/Users/",
        "/Users/a/b",
        "/Users/../Groups/x",
        "/Users/%00",
        "/Users/%2e%2e",
        "/Schemas/urn:none",
        "/ResourceTypes/None",
    ] {
        let answer = send(&world, request(&world, "GET", path, "")).await;
        assert_error(path, &answer, 404, None);
    }
    let long = format!("/Users/{}", "x".repeat(20_000));
    let answer = send(&world, request(&world, "GET", &long, "")).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    for (method, path) in [
        ("DELETE", "/Users"),
        ("PUT", "/Users"),
        ("PATCH", "/Groups"),
        ("POST", "/Users/x"),
        ("POST", "/Schemas"),
        ("TRACE", "/Users"),
        ("BREW", "/Users"),
    ] {
        let answer = send(&world, request(&world, method, path, "{}")).await;
        assert_error(&format!("{method} {path}"), &answer, 405, None);
    }
    assert_eq!(stored(&world), before);
}
