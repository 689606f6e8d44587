//! Filters: parsing, finding an index, matching (RFC 7644 section 3.4.2.2).

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::ops::Bound;

use serde_json::{Value, json};
use tidegate_scim::ResourceKind::{self, Group, User};
use tidegate_scim::filter::{self, Access, Condition, Lookup, Range};
use tidegate_scim::schema::Schemas;

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
    let condition = Condition::new(Schemas::standard().of(kind), &filter).unwrap();
    let resource = if kind == User { barbara() } else { engineers() };
    condition.matches(resource.as_object().unwrap()).unwrap()
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
        r#"active eq "maybe""#,
        "userName eq 7",
        r#"name eq "x""#,
        r#"meta.created gt "yesterday""#,
        "userName gt null",
        r#"userName[value eq "x"]"#,
        r#"urn:ietf:params:scim:schemas:core:2.0:Group:members pr"#,
    ] {
        let refused = filter::parse(text).and_then(|filter| {
            Condition::new(Schemas::standard().user(), &filter)?;
            Ok(())
        });
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

fn access(kind: ResourceKind, text: &str) -> Access {
    let filter = filter::parse(text).unwrap();
    Condition::new(Schemas::standard().of(kind), &filter)
        .unwrap()
        .access(kind)
}

fn found(lookup: Lookup, exact: bool) -> Access {
    Access::Lookups {
        any: vec![lookup],
        exact,
    }
}

#[test]
fn equality_finds_its_index() {
    let cases = [
        (
            User,
            r#"userName eq "A""#,
            found(Lookup::UserName("a".into()), true),
        ),
        (
            User,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:USERNAME eq "A""#,
            found(Lookup::UserName("a".into()), true),
        ),
        (
            User,
            r#"emails.value eq "A""#,
            found(Lookup::Email("a".into()), true),
        ),
        (
            User,
            r#"emails[value eq "A"]"#,
            found(Lookup::Email("a".into()), true),
        ),
        (
            User,
            r#"emails[type eq "work"].value eq "A""#,
            found(Lookup::Email("a".into()), false),
        ),
        (
            User,
            r#"displayName eq "D" and externalId eq "E" and active eq true"#,
            found(Lookup::ExternalId("E".into()), false),
        ),
        (User, "active eq false", found(Lookup::Inactive, true)),
        (User, r#"active eq "False""#, found(Lookup::Inactive, true)),
        (
            User,
            r#"groups.value eq "g""#,
            found(Lookup::Related("g".into()), true),
        ),
        (
            Group,
            r#"displayName eq "D""#,
            found(Lookup::DisplayName("d".into()), true),
        ),
        (
            Group,
            r#"members eq "u""#,
            found(Lookup::Related("u".into()), true),
        ),
        (
            Group,
            r#"id eq "g" and members[value eq "u"]"#,
            found(Lookup::Id("g".into()), false),
        ),
    ];
    for (kind, text, expected) in cases {
        assert_eq!(access(kind, text), expected, "{text}");
    }
}

#[test]
fn an_or_is_looked_up_where_all_its_terms_are() {
    let any = vec![Lookup::UserName("a".into()), Lookup::Email("b".into())];
    assert_eq!(
        access(User, r#"userName eq "A" or emails eq "B""#),
        Access::Lookups { any, exact: true }
    );
    let half = r#"userName eq "A" or title eq "B""#;
    assert_eq!(access(User, half), Access::Everything);
    let within = format!(r#"active eq true and ({half})"#);
    assert_eq!(access(User, &within), Access::Everything);
    let many = vec![r#"id eq "u""#; 201].join(" or ");
    assert_eq!(
        access(User, &many),
        Access::Everything,
        "no better than reading all"
    );
}

#[test]
fn ranges_and_prefixes_are_looked_up() {
    let names = |from, to| found(Lookup::UserNames(Range { from, to }), true);
    let text = |text: &str| text.to_owned();
    assert_eq!(
        access(User, r#"userName sw "Ab""#),
        names(Bound::Included(text("ab")), Bound::Excluded(text("ac")))
    );
    assert_eq!(
        access(User, r#"userName gt "M""#),
        names(Bound::Excluded(text("m")), Bound::Unbounded)
    );
    let ms = 1_778_646_154_000;
    let since = |from, to| found(Lookup::Modified(Range { from, to }), false);
    assert_eq!(
        access(User, r#"meta.lastModified ge "2026-05-13T04:22:34Z""#),
        since(Bound::Included(ms), Bound::Unbounded)
    );
    assert_eq!(
        access(Group, r#"meta.lastModified lt "2026-05-13T06:22:34+02:00""#),
        since(Bound::Unbounded, Bound::Included(ms + 1))
    );
}

#[test]
fn what_no_index_serves_is_read() {
    for text in [
        r#"emails.type eq "work""#,
        r#"not (userName eq "A")"#,
        r#"userName ne "A""#,
        r#"userName co "A""#,
        r#"userName sw """#,
        r#"meta.lastModified gt "2026-05-13T04:22:34""#,
        "active eq true",
        "userName pr",
    ] {
        assert_eq!(access(User, text), Access::Everything, "{text}");
    }
}
