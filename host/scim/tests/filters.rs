//! Filters: parsing, finding an index, matching (RFC 7644 section 3.4.2.2).

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use serde_json::{Value, json};
use tidegate_scim::ResourceKind::{self, Group, User};
use tidegate_scim::filter::{self, Access, Lookup};

fn barbara() -> Value {
    json!({
        "id": "0190A", "externalId": "00uX", "userName": "BJensen", "active": true,
        "displayName": "Bärbel Jensen", "title": "",
        "name": { "givenName": "Barbara", "familyName": "Jensen" },
        "emails": [
            { "value": "b@work.example", "type": "work", "primary": true },
            { "value": "b@home.example", "type": "home" },
        ],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Tours", "manager": { "value": "26" } },
        "meta": { "lastModified": "2026-05-13T04:42:34.000Z" },
    })
}

fn engineers() -> Value {
    json!({ "id": "g1", "displayName": "Engineers", "members": [{ "value": "u1", "type": "User" }, { "value": "u2" }] })
}

fn matches(kind: ResourceKind, text: &str) -> bool {
    let filter = filter::parse(text).unwrap();
    filter::check(kind, &filter).unwrap();
    let resource = if kind == User { barbara() } else { engineers() };
    filter::matches(kind, &filter, &resource)
}

#[test]
fn these_match() {
    for text in [
        r#"userName eq "bjensen""#,
        r#"USERNAME Eq "BJENSEN""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "bj""#,
        r#"id eq "0190A""#,
        r#"externalId eq "00uX""#,
        r#"displayName eq "BÄRBEL JENSEN""#,
        r#"name.familyName co "ens" and name.givenName ew "ARA""#,
        r#"emails.value eq "B@HOME.example""#,
        r#"emails co "home""#,
        r#"emails[type eq "work"].value eq "b@work.example""#,
        r#"emails[type eq "work" and value eq "b@work.example"]"#,
        r#"emails[not (type eq "work")] and not (userName eq "x")"#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tours""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26""#,
        "active eq true",
        r#"active eq "True""#,
        "emails.primary eq true",
        "emails pr and not (title pr) and not (nickName pr)",
        r#"nickName ne "x" and nickName eq null and userName ne null"#,
        r#"meta.lastModified gt "2026-05-13T06:00:00+02:00""#,
        r#"meta.lastModified le "2026-05-13T04:42:34Z""#,
        r#"userName eq "x" or userName eq "bjensen" and active eq true"#,
    ] {
        assert!(matches(User, text), "{text}");
    }
    for text in [
        r#"members eq "u2""#,
        r#"members[value eq "u1"]"#,
        r#"id eq "g1" and members.value eq "u1""#,
    ] {
        assert!(matches(Group, text), "{text}");
    }
}

#[test]
fn these_do_not_match() {
    for text in [
        r#"id eq "0190a""#,
        r#"externalId eq "00ux""#,
        r#"emails[type eq "home" and value eq "b@work.example"]"#,
        r#"emails.value ne "b@work.example""#,
        "active eq false",
        r#"name.familyName gt "k""#,
        "title pr",
    ] {
        assert!(!matches(User, text), "{text}");
    }
    assert!(!matches(Group, r#"members eq "U2""#));
}

#[test]
fn these_are_refused() {
    for text in [
        "",
        "userName",
        "userName eq",
        r#"userName xx "a""#,
        r#"userName eq "a"#,
        "((userName pr)",
        r#"shoeSize eq "7""#,
        r#"name.shoeSize pr"#,
        r#"emails[shoe eq "x"]"#,
        "emails[type eq \"work\"].",
        "active gt true",
        "userName eq 7",
        r#"name eq "x""#,
        r#"meta.created gt "yesterday""#,
        "userName gt null",
        r#"userName[value eq "x"]"#,
        r#"urn:ietf:params:scim:schemas:core:2.0:Group:members pr"#,
    ] {
        let refused = filter::parse(text).and_then(|filter| filter::check(User, &filter));
        let error = refused.expect_err(text);
        assert_eq!(error.body()["scimType"], "invalidFilter", "{text}");
    }
}

#[test]
fn size_and_depth_are_bounded() {
    let deep = format!("{}userName pr{}", "(".repeat(1000), ")".repeat(1000));
    assert!(filter::parse(&deep).is_err());
    assert!(filter::parse(&format!("userName eq \"{}\"", "x".repeat(10_000))).is_err());
    let wide = vec!["id eq \"0190\""; 300].join(" or ");
    assert!(filter::parse(&wide).is_ok());
}

#[test]
fn access_finds_the_index() {
    let found = |lookup, exact| Access {
        lookup: Some(lookup),
        exact,
        member: None,
    };
    let none = Access::default();
    let cases = [
        (
            User,
            r#"userName eq "A""#,
            found(Lookup::UserName("A".into()), true),
        ),
        (
            User,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:USERNAME eq "A""#,
            found(Lookup::UserName("A".into()), true),
        ),
        (
            User,
            r#"emails.value eq "A""#,
            found(Lookup::Email("A".into()), true),
        ),
        (
            User,
            r#"emails[value eq "A"]"#,
            found(Lookup::Email("A".into()), true),
        ),
        (
            User,
            r#"emails[type eq "work"].value eq "A""#,
            found(Lookup::Email("A".into()), false),
        ),
        (User, r#"emails.type eq "work""#, none.clone()),
        (
            User,
            r#"displayName eq "D" and externalId eq "E" and active eq true"#,
            found(Lookup::ExternalId("E".into()), false),
        ),
        (User, r#"userName eq "A" or userName eq "B""#, none.clone()),
        (User, r#"not (userName eq "A")"#, none.clone()),
        (User, r#"userName sw "A""#, none.clone()),
        (
            Group,
            r#"displayName eq "D""#,
            found(Lookup::DisplayName("D".into()), true),
        ),
        (
            Group,
            r#"members eq "u""#,
            Access {
                member: Some("u".into()),
                ..none.clone()
            },
        ),
        (
            Group,
            r#"id eq "g" and members[value eq "u"]"#,
            Access {
                lookup: Some(Lookup::Id("g".into())),
                exact: false,
                member: Some("u".into()),
            },
        ),
    ];
    for (kind, text, expected) in cases {
        assert_eq!(
            filter::access(kind, &filter::parse(text).unwrap()),
            expected,
            "{text}"
        );
    }
}

#[test]
fn needs_tells_what_must_be_loaded() {
    let needs = |kind, text: &str| filter::needs(kind, &filter::parse(text).unwrap());
    assert!(needs(Group, r#"displayName eq "x" and not (members pr)"#));
    assert!(needs(User, r#"groups[value eq "x"]"#));
    assert!(!needs(User, r#"userName eq "members""#));
}
