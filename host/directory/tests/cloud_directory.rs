//! The rules of Cloud's SCIM API that no other product has.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use common::{ann, fresh, simulated, start, target, wanted};
use http::Method;
use serde_json::json;
use tidegate_directory::connector::{AccountLink, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product};
use tidegate_directory::transport::Client;
use tidegate_simulators::{CLOUD_DIRECTORY, Fault, FaultKind, SimAccount, Simulator};

const CLOUD: Product = Product::CloudDirectory;

/// The sentence of a refusal for good.
fn refused<T: std::fmt::Debug>(outcome: Result<T, ConnectorError>) -> String {
    match outcome {
        Err(ConnectorError::Refused(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_target_without_directory_or_with_a_password_is_told_what_to_do() {
    let mut config = target(CLOUD, "https://api.atlassian.com");
    config.directory = None;
    let text = refused(products::connect(&config).map(|_| ()));
    assert!(
        text.contains("directoryId") && text.contains("SCIM base URL"),
        "{text}"
    );
    config.directory = Some("..".to_owned());
    refused(products::connect(&config).map(|_| ()));
    let mut config = target(CLOUD, "https://api.atlassian.com");
    config.credentials = Credentials::Basic {
        username: "admin".to_owned(),
        password: "s3cret".to_owned(),
    };
    let text = refused(products::connect(&config).map(|_| ()));
    assert!(
        text.contains("SCIM API key") && !text.contains("s3cret"),
        "{text}"
    );
}

#[tokio::test]
async fn the_probe_proves_key_and_directory() {
    let (simulator, connector) = fresh(CLOUD).await;
    let info = connector.probe().await.unwrap();
    assert_eq!(info.directories, [CLOUD_DIRECTORY]);
    let by_email = info
        .capabilities
        .iter()
        .find(|it| it.name == "find accounts by e-mail");
    assert!(by_email.unwrap().note.contains("userName"), "{by_email:?}");

    let mut config = target(CLOUD, simulator.base_url());
    config.credentials = Credentials::Token {
        token: "wr0ng".to_owned(),
    };
    let failed = products::connect(&config).unwrap().probe().await;
    let Err(ConnectorError::Unauthorized(words)) = failed else {
        panic!("{failed:?}")
    };
    assert!(
        words.contains("Unauthorized") && !words.contains("wr0ng"),
        "{words}"
    );
}

/// Cloud answers 404 for a directory that is not there. Were that believed of an account,
/// a mistyped id would make every account seem gone, and every removal done.
#[tokio::test]
async fn a_wrong_directory_is_never_an_account_that_is_gone() {
    let (simulator, _) = fresh(CLOUD).await;
    let key = simulator.state().seed_account(SimAccount::new("ann"));
    let mut config = target(CLOUD, simulator.base_url());
    config.directory = Some("another".to_owned());
    let connector = products::connect(&config).unwrap();
    let link = AccountLink {
        remote_id: key,
        username: "ann".to_owned(),
        remembered: None,
    };
    let outcomes = [
        connector.probe().await.map(|_| ()),
        connector.find_linked(&link).await.map(|_| ()),
        connector.find_account("ann").await.map(|_| ()),
        connector.create_account(&wanted("bob")).await.map(|_| ()),
        connector.remove_account(&link).await,
        connector.group_exists("dev").await.map(|_| ()),
        connector.create_group("dev").await,
        connector.remove_group("dev").await,
        connector.add_member("dev", &link).await,
        connector.remove_member("dev", &link).await,
    ];
    for outcome in outcomes {
        let Err(ConnectorError::Unauthorized(text)) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(text.contains("no directory another"), "{text}");
    }
}

/// A key of another directory stops the target: no account is at fault.
#[tokio::test]
async fn a_key_that_opens_nothing_stops_the_target() {
    let (simulator, connector) = fresh(CLOUD).await;
    simulator
        .faults()
        .push(Fault::once("GET ", FaultKind::Status(403)));
    let failed = connector.find_account("ann").await;
    assert!(
        matches!(&failed, Err(ConnectorError::Unauthorized(text)) if text.contains(CLOUD_DIRECTORY)),
        "{failed:?}"
    );
}

#[tokio::test]
async fn an_address_outside_the_verified_domains_is_refused_with_what_to_do() {
    let (simulator, connector) = fresh(CLOUD).await;
    let mut other = ann();
    other.email = Some("ann@elsewhere.org".to_owned());
    let text = refused(connector.create_account(&other).await);
    assert!(
        text.contains("elsewhere.org verified?") && text.contains("not verified"),
        "{text}"
    );
    let link = connector.create_account(&ann()).await.unwrap();
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    let text = refused(connector.update_account(&link, &current, &other).await);
    assert!(text.contains("elsewhere.org"), "{text}");
    assert_eq!(simulator.state().account("ann").unwrap().email, "ann@example.com");

    let (_simulator, connector) = start(
        simulated(CLOUD).verified_domains(&["example.com", "elsewhere.org"]),
        CLOUD,
    )
    .await;
    connector.create_account(&other).await.unwrap();
    // No address at all: nothing is asked for that Cloud would refuse.
    other.email = None;
    let text = refused(connector.create_account(&other).await);
    assert!(text.contains("no e-mail address"), "{text}");
}

#[tokio::test]
async fn a_name_of_the_organisation_is_a_conflict_and_no_takeover() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    state.seed_account(SimAccount::new("ann").in_directory("Organization"));
    let taken = connector.create_account(&ann()).await;
    let Err(ConnectorError::Conflict(text)) = taken else {
        panic!("{taken:?}")
    };
    assert!(text.contains("not of this directory"), "{text}");
    assert_eq!(connector.find_account("ann").await.unwrap(), None);

    let before = state.snapshot();
    let text = refused(connector.create_group("JIRA-users").await);
    assert!(text.contains("not of this directory"), "{text}");
    assert!(!connector.group_exists("jira-users").await.unwrap());
    connector.remove_group("jira-users").await.unwrap();
    assert_eq!(state.snapshot(), before);
}

#[tokio::test]
async fn a_group_with_default_access_is_left_alone() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    let bob = connector.create_account(&wanted("bob")).await.unwrap();
    connector.create_group("everybody").await.unwrap();
    connector.add_member("everybody", &bob).await.unwrap();
    state.give_default_access("everybody");
    for text in [
        refused(connector.add_member("everybody", &link).await),
        refused(connector.remove_member("everybody", &bob).await),
        refused(connector.remove_group("everybody").await),
    ] {
        assert!(text.contains("default access"), "{text}");
    }
    // Who is not in it is out of it, whoever manages it.
    connector.remove_member("everybody", &link).await.unwrap();
    assert_eq!(state.members("everybody"), ["bob"]);
}

/// The simulator takes everybody out where `members` is removed without a filter.
#[tokio::test]
async fn one_member_goes_and_the_others_stay() {
    let (simulator, connector) = fresh(CLOUD).await;
    connector.create_group("dev").await.unwrap();
    let mut links = Vec::new();
    for name in ["ann", "bob", "carl"] {
        let link = connector.create_account(&wanted(name)).await.unwrap();
        connector.add_member("dev", &link).await.unwrap();
        links.push(link);
    }
    connector.remove_member("dev", &links[1]).await.unwrap();
    assert_eq!(simulator.state().members("dev"), ["ann", "carl"]);
    // One whose account is gone is out of every group.
    connector.remove_account(&links[0]).await.unwrap();
    connector.remove_member("dev", &links[0]).await.unwrap();
    assert_eq!(simulator.state().members("dev"), ["carl"]);
    let gone = connector.add_member("dev", &links[0]).await;
    assert!(matches!(gone, Err(ConnectorError::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn names_are_sent_and_a_change_clears_nothing() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    let mut ann = ann();
    ann.given_name = Some("Ann".to_owned());
    ann.family_name = Some("Lee".to_owned());
    let link = connector.create_account(&ann).await.unwrap();
    let name = json!({ "givenName": "Ann", "familyName": "Lee" });
    assert_eq!(state.attributes("ann")["name"], name);
    // What somebody else keeps there.
    let client = Client::new(&target(CLOUD, simulator.base_url())).unwrap();
    let path = format!("/scim/directory/{CLOUD_DIRECTORY}/Users/{}", link.remote_id);
    let title =
        json!({ "Operations": [{ "op": "add", "value": { "title": "Pilot", "externalId": "00u1" } }] });
    let answer = client.send(Method::PATCH, &path, Some(&title)).await.unwrap();
    assert_eq!(answer.status(), 200);

    let current = connector.find_linked(&link).await.unwrap().unwrap();
    ann.display_name = Some("Ann Miller".to_owned());
    ann.family_name = Some("Miller".to_owned());
    connector.update_account(&link, &current, &ann).await.unwrap();
    connector.suspend_account(&link).await.unwrap();
    connector.restore_account(&link).await.unwrap();
    let kept = state.attributes("ann");
    assert_eq!(
        kept["name"],
        json!({ "givenName": "Ann", "familyName": "Miller" })
    );
    assert_eq!(
        (&kept["title"], &kept["externalId"]),
        (&json!("Pilot"), &json!("00u1"))
    );
    assert_eq!(state.account("ann").unwrap().email, "ann@example.com");

    // The danger is real: PUT of the same name clears them.
    let body = json!({ "userName": "ann", "emails": [{ "value": "ann@example.com", "primary": true }] });
    client.send(Method::PUT, &path, Some(&body)).await.unwrap();
    assert_eq!(state.attributes("ann").len(), 0);
    assert_eq!(state.account("ann").unwrap().display_name, "");
}

#[tokio::test]
async fn an_account_keeps_its_id_and_groups_over_a_rename() {
    let (simulator, connector) = fresh(CLOUD).await;
    let link = connector.create_account(&ann()).await.unwrap();
    connector.create_group("dev").await.unwrap();
    connector.add_member("dev", &link).await.unwrap();
    connector.create_account(&wanted("bob")).await.unwrap();
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    let taken = connector.update_account(&link, &current, &wanted("bob")).await;
    assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
    let renamed = connector
        .update_account(&link, &current, &wanted("anna"))
        .await
        .unwrap();
    assert_eq!(
        (renamed.remote_id, renamed.username.as_str()),
        (link.remote_id.clone(), "anna")
    );
    let found = connector.find_linked(&link).await.unwrap().unwrap();
    assert_eq!(found.email.as_deref(), Some("anna@example.com"));
    assert_eq!(simulator.state().members("dev"), ["anna"]);
}

#[tokio::test]
async fn an_address_is_found_where_it_is_the_username() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    let key = state.seed_account(SimAccount {
        email: "Ann@Example.com".to_owned(),
        ..SimAccount::new("ann@example.com")
    });
    state.seed_account(SimAccount {
        email: "bob@example.com".to_owned(),
        ..SimAccount::new("bob")
    });
    state.seed_account(SimAccount {
        email: "other@example.com".to_owned(),
        ..SimAccount::new("carl@example.com")
    });
    let found = connector.find_account_by_email("ANN@example.com").await.unwrap();
    assert_eq!(found.unwrap().remote_id, key);
    for unknown in ["bob@example.com", "carl@example.com"] {
        assert_eq!(
            connector.find_account_by_email(unknown).await.unwrap(),
            None,
            "{unknown}"
        );
    }
    let before = state.requests_served();
    assert_eq!(connector.find_account_by_email("bob").await.unwrap(), None);
    assert_eq!(state.requests_served(), before);
    // A quote in a name ends no filter.
    let quoted = r#"a" or userName eq "bob"#;
    assert_eq!(connector.find_account(quoted).await.unwrap(), None);
    state.seed_account(SimAccount::new(r#"o"neil\"#));
    assert!(connector.find_account(r#"O"neil\"#).await.unwrap().is_some());
}

#[tokio::test]
async fn everything_is_listed_once() {
    let (simulator, connector) = start(simulated(CLOUD).page_cap(7), CLOUD).await;
    let state = simulator.state();
    for number in 0..20 {
        state.seed_account(SimAccount {
            active: number % 3 != 0,
            ..SimAccount::new(&format!("user-{number:02}"))
        });
        state.seed_group(&format!("group-{number:02}"));
    }
    let (mut accounts, mut groups) = (Vec::new(), Vec::new());
    let (mut cursor, mut pages) = (None, 0);
    loop {
        let page = connector.list_accounts(cursor.as_deref()).await.unwrap();
        accounts.extend(page.accounts);
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((accounts.len(), pages), (20, 3));
    assert_eq!(accounts.iter().filter(|it| !it.active).count(), 7);
    loop {
        let page = connector.list_groups(cursor.as_deref()).await.unwrap();
        groups.extend(page.names);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let wanted: Vec<String> = (0..20).map(|number| format!("group-{number:02}")).collect();
    // The organisation's own are not of this directory.
    assert_eq!(groups, wanted);
    refused(connector.list_accounts(Some("x")).await);
}

/// A directory that promises more and gives nothing ends the list.
#[tokio::test]
async fn a_list_that_goes_nowhere_ends() {
    let base_url = common::serve(|_| async {
        let body = r#"{"totalResults":9000,"startIndex":1,"itemsPerPage":0,"Resources":[]}"#;
        http::Response::new(http_body_util::Full::new(bytes::Bytes::from_static(
            body.as_bytes(),
        )))
    })
    .await;
    let connector = products::connect(&target(CLOUD, &base_url)).unwrap();
    let page = connector.list_accounts(Some("100")).await.unwrap();
    assert_eq!((page.accounts.len(), page.next), (0, None));
    assert_eq!(connector.list_groups(None).await.unwrap().next, None);
}

/// A member without a name beside its id is looked up; one that is gone keeps its id.
#[tokio::test]
async fn members_are_named_where_cloud_names_none() {
    let base_url = common::serve(|request: http::Request<hyper::body::Incoming>| async move {
        let path = request.uri().path().to_owned();
        let group = r#"{"id":"g","displayName":"dev","members":[{"value":"1"},{"value":"2"}]}"#;
        let user = r#"{"id":"1","userName":"ann","active":true}"#;
        let (status, body) = match path.rsplit('/').next().unwrap() {
            "Groups" | "Users" => (200, format!(r#"{{"totalResults":1,"Resources":[{group}]}}"#)),
            "g" => (200, group.to_owned()),
            "1" => (200, user.to_owned()),
            _ => (404, "{}".to_owned()),
        };
        let body = http_body_util::Full::new(bytes::Bytes::from(body));
        http::Response::builder().status(status).body(body).unwrap()
    })
    .await;
    let connector = products::connect(&target(CLOUD, &base_url)).unwrap();
    let page = connector.group_members("dev", None).await.unwrap();
    assert_eq!(page.names, ["ann", "2"]);
}

#[tokio::test]
async fn a_busy_cloud_says_how_long_to_wait() {
    let simulator = Simulator::start(simulated(CLOUD)).await.unwrap();
    let connector = products::connect(&target(CLOUD, simulator.base_url())).unwrap();
    for kind in [
        FaultKind::RateLimited {
            retry_after_seconds: 9,
        },
        FaultKind::Overloaded {
            retry_after_seconds: 9,
        },
    ] {
        simulator.faults().push(Fault::once("GET ", kind.clone()));
        let limited = connector.find_account("ann").await;
        let wanted = ConnectorError::RateLimited {
            retry_after_ms: 9_000,
        };
        assert_eq!(limited, Err(wanted), "{kind:?}");
    }
    // A 503 that asks for nothing is one like any other.
    simulator.faults().push(Fault::once(
        "GET ",
        FaultKind::Overloaded {
            retry_after_seconds: 0,
        },
    ));
    let failed = connector.find_account("ann").await;
    assert!(
        matches!(failed, Err(ConnectorError::Unavailable(_))),
        "{failed:?}"
    );
}
