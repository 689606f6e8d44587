//! What only Jira Cloud does: people own their accounts, and hide what they like.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use std::time::Duration;

use common::{called, fresh, login, simulated, start, target};
use serde_json::json;
use tidegate_directory::connector::{AccountLink, AccountWanted, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product};
use tidegate_simulators::{Fault, FaultKind, SimAccount};

const CLOUD: Product = Product::JiraCloud;

fn ann() -> AccountWanted {
    called(CLOUD, "ann")
}

fn named(name: &str) -> String {
    login(CLOUD, name)
}

/// The sentence of a refusal for good.
fn refused<T: std::fmt::Debug>(outcome: Result<T, ConnectorError>) -> String {
    match outcome {
        Err(ConnectorError::Refused(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bare_token_is_told_what_it_needs() {
    let mut config = target(CLOUD, "https://example.atlassian.net");
    config.credentials = Credentials::Token {
        token: "s3cret".to_owned(),
    };
    let text = refused(products::connect(&config).map(|_| ()));
    assert!(
        text.contains("e-mail address") && text.contains("id.atlassian.com"),
        "{text}"
    );
    assert!(!text.contains("s3cret"), "{text}");
}

#[tokio::test]
async fn the_probe_tells_rights_seats_and_what_a_site_cannot_do() {
    let (simulator, connector) = start(simulated(CLOUD).seats(5), CLOUD).await;
    let info = connector.probe().await.unwrap();
    assert_eq!(info.acting_as.as_deref(), Some("admin@example.com"));
    assert_eq!(
        (info.version.as_str(), info.seats_left),
        ("1001.0.0-SNAPSHOT", Some(4))
    );
    let can = |name: &str| info.capabilities.iter().find(|it| it.name == name).unwrap();
    assert!(can("create accounts").supported && !can("update accounts").supported);
    assert!(can("update accounts").note.contains("cloud-directory"));

    let state = simulator.state();
    state.seed_account(SimAccount::new("joe@example.com"));
    state.set_password("joe@example.com", "joe-token");
    for (password, username) in [("joe-token", "joe@example.com"), ("s3cret", "admin@example.com")] {
        let mut config = target(CLOUD, simulator.base_url());
        config.credentials = Credentials::Basic {
            username: username.to_owned(),
            password: password.to_owned(),
        };
        let failed = products::connect(&config).unwrap().probe().await.unwrap_err();
        match &failed {
            ConnectorError::Forbidden(text) => assert!(text.contains("joe@example.com"), "{text}"),
            other => assert_eq!(other.kind(), "unauthorized", "{other}"),
        }
        assert_eq!(failed.kind() == "forbidden", username.starts_with("joe"));
        assert!(!failed.to_string().contains(password), "{failed}");
    }
    // Jira Data Center answers the same question with another word.
    let base_url = common::serve(|_| async {
        let body = r#"{"version":"10.3.24","deploymentType":"Server"}"#;
        http::Response::new(http_body_util::Full::new(bytes::Bytes::from_static(
            body.as_bytes(),
        )))
    })
    .await;
    let text = refused(
        products::connect(&target(CLOUD, &base_url))
            .unwrap()
            .probe()
            .await,
    );
    assert!(text.contains("use the product jira"), "{text}");
}

/// Where visitors may read, Cloud answers a revoked token as it answers them: nobody is
/// found. Were that believed, every account would seem to be gone.
#[tokio::test]
async fn a_revoked_token_is_never_an_empty_site() {
    let (simulator, connector) = start(simulated(CLOUD).anonymous_access(), CLOUD).await;
    let link = connector.create_account(&ann()).await.unwrap();
    let mut config = target(CLOUD, simulator.base_url());
    config.credentials = Credentials::Basic {
        username: "admin@example.com".to_owned(),
        password: "revoked".to_owned(),
    };
    let stranger = products::connect(&config).unwrap();
    for outcome in [
        stranger.find_account("ann@example.com").await.map(|_| ()),
        stranger.find_linked(&link).await.map(|_| ()),
        stranger.probe().await.map(|_| ()),
    ] {
        assert!(
            matches!(outcome, Err(ConnectorError::Unauthorized(_))),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn an_account_is_invited_suspended_restored_and_removed() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    assert_eq!(connector.find_account("ann@example.com").await.unwrap(), None);
    assert_eq!(connector.find_account("ann").await.unwrap(), None);
    let link = connector.create_account(&ann()).await.unwrap();
    let account = connector.find_account("ANN@example.com").await.unwrap().unwrap();
    assert_eq!(account.remote_id, link.remote_id);
    assert!(account.active && account.mutable);
    assert_eq!(connector.find_linked(&link).await.unwrap(), Some(account.clone()));
    assert_eq!(
        connector.find_account(&link.remote_id).await.unwrap(),
        Some(account.clone())
    );
    let taken = connector.create_account(&ann()).await;
    assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
    // An invitation gives no access: groups do.
    assert_eq!(
        connector.account_groups("ann@example.com").await.unwrap().len(),
        0
    );

    connector.add_member("jira-software-users", &link).await.unwrap();
    // Jira answers an invitation of one who has access as a new one.
    let taken = connector.create_account(&ann()).await;
    assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
    let link = connector.suspend_account(&link).await.unwrap();
    let link = connector.suspend_account(&link).await.unwrap();
    assert!(!connector.find_linked(&link).await.unwrap().unwrap().active);
    assert_eq!(state.members("jira-software-users"), ["admin@example.com"]);
    let text = refused(connector.add_member("jira-software-users", &link).await);
    assert!(text.contains("restore it first"), "{text}");
    let link = connector.restore_account(&link).await.unwrap();
    assert!(connector.find_linked(&link).await.unwrap().unwrap().active);
    assert_eq!(link.remembered, None);
    assert_eq!(
        state.members("jira-software-users"),
        ["admin@example.com", "ann@example.com"]
    );

    connector.remove_account(&link).await.unwrap();
    connector.remove_account(&link).await.unwrap();
    assert_eq!(connector.find_linked(&link).await.unwrap(), None);
    for gone in [
        connector.remember_account(&link).await,
        connector.suspend_account(&link).await,
        connector.restore_account(&link).await,
    ] {
        assert!(matches!(gone, Err(ConnectorError::NotFound(_))), "{gone:?}");
    }
}

#[tokio::test]
async fn names_are_the_persons_own_and_addresses_are_refused() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    let before = (state.snapshot(), state.requests_served());
    let mut other = ann();
    other.display_name = Some("Ann Lee".to_owned());
    assert_eq!(
        connector.update_account(&link, &current, &other).await,
        Ok(link.clone())
    );
    let mut renamed = called(CLOUD, "anna");
    renamed.email = None;
    let mut moved = ann();
    moved.email = Some("anna@example.com".to_owned());
    for other in [renamed, moved] {
        let refused = connector.update_account(&link, &current, &other).await;
        let Err(ConnectorError::Unsupported(text)) = refused else {
            panic!("{refused:?}")
        };
        assert!(
            text.contains("id.atlassian.com") && text.contains("cloud-directory"),
            "{text}"
        );
    }
    // A username that is no address, or not the account's own.
    for username in ["ann", "other@example.com"] {
        let mut wrong = ann();
        wrong.username = username.to_owned();
        let text = refused(connector.create_account(&wrong).await);
        assert!(text.contains("username rules"), "{text}");
    }
    assert_eq!((state.snapshot(), state.requests_served()), before);
}

#[tokio::test]
async fn a_hidden_address_is_linked_and_never_seems_changed() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    state.hide_address("ann@example.com");
    assert_eq!(connector.find_account("ann@example.com").await.unwrap(), None);
    let found = connector.find_linked(&link).await.unwrap().unwrap();
    assert_eq!(
        (found.username.as_str(), found.email.as_deref()),
        ("ann@example.com", None)
    );
    assert_eq!(
        connector.update_account(&link, &found, &ann()).await,
        Ok(link.clone())
    );
    // No access and no address: the administrator must look.
    let text = refused(connector.create_account(&ann()).await);
    assert!(text.contains("show the address"), "{text}");
    // With access, the invitation links it.
    connector.add_member("jira-software-users", &link).await.unwrap();
    assert_eq!(connector.create_account(&ann()).await, Ok(link.clone()));
    let members = connector
        .group_members("jira-software-users", None)
        .await
        .unwrap();
    assert_eq!(members.names, ["admin@example.com", link.remote_id.as_str()]);
    assert_eq!(
        connector.account_groups(&link.remote_id).await.unwrap(),
        ["jira-software-users"]
    );
}

#[tokio::test]
async fn a_search_is_compared_exactly() {
    // Less at once than is asked for: a short page is not the last.
    let (simulator, connector) = start(simulated(CLOUD).page_cap(30), CLOUD).await;
    let state = simulator.state();
    for number in 0..130 {
        state.seed_account(SimAccount::new(&format!("ann@example.com.{number:03}.org")));
    }
    for number in 0..40 {
        // Those whose name looks like the address.
        state.seed_account(SimAccount {
            display_name: "zoe@example.com".to_owned(),
            ..SimAccount::new(&named(&format!("a-{number}")))
        });
    }
    state.seed_account(SimAccount::new("zoe@example.com"));
    let found = connector.find_account_by_email("ZOE@example.com").await.unwrap();
    assert_eq!(found.unwrap().username, "zoe@example.com");
    assert_eq!(
        connector.find_account_by_email("ann@example.com").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn an_account_that_jira_has_not_heard_of_is_tried_again() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    connector.create_group("dev").await.unwrap();
    state.delay("ann@example.com", 2);
    let early = connector.add_member("dev", &link).await;
    let Err(ConnectorError::Unavailable(text)) = &early else {
        panic!("{early:?}")
    };
    assert!(text.contains("not visible to Jira yet"), "{text}");
    connector.add_member("dev", &link).await.unwrap();
    assert_eq!(state.members("dev"), ["ann@example.com"]);
}

#[tokio::test]
async fn seats_and_foreign_groups_are_told_apart() {
    let (simulator, connector) = start(simulated(CLOUD).seats(1), CLOUD).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    let full = connector.add_member("jira-software-users", &link).await;
    assert!(matches!(full, Err(ConnectorError::SeatsExhausted(_))), "{full:?}");
    state.set_seats(Some(2));
    connector.add_member("jira-software-users", &link).await.unwrap();

    state.seed_group_in("from-the-idp", "Organization");
    let foreign = connector.add_member("from-the-idp", &link).await;
    let Err(ConnectorError::Forbidden(text)) = foreign else {
        panic!("{foreign:?}")
    };
    assert!(text.contains("identity provider"), "{text}");
}

/// What Jira holds on to does not keep the rest.
#[tokio::test]
async fn the_last_administrator_loses_all_else_and_it_is_told() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    let admin = state.account("admin@example.com").unwrap();
    for group in ["a-group", "z-group"] {
        state.seed_group(group);
        state.add_member(group, "admin@example.com");
    }
    let link = AccountLink {
        remote_id: admin.key,
        username: admin.name,
        remembered: None,
    };
    let saved = connector.remember_account(&link).await.unwrap();
    let text = refused(connector.suspend_account(&saved).await);
    assert!(text.contains("last site administrator"), "{text}");
    assert_eq!(
        connector.account_groups("admin@example.com").await.unwrap(),
        ["site-admins"]
    );
    // It can still be used, and shows it.
    assert!(connector.find_linked(&saved).await.unwrap().unwrap().active);
    connector.restore_account(&saved).await.unwrap();
    assert_eq!(
        connector.account_groups("admin@example.com").await.unwrap().len(),
        4
    );
}

/// The connection breaks at the first call, at the second, and so on to the last, before
/// Jira acts or after it: whoever saved the link and repeats gets all of it back.
#[tokio::test]
async fn wherever_a_suspension_breaks_off_nothing_is_lost() {
    for (restoring, kind) in [
        (false, FaultKind::Reset),
        (false, FaultKind::ResetAfter),
        (true, FaultKind::Reset),
        (true, FaultKind::ResetAfter),
    ] {
        let mut broken = 0;
        loop {
            let (simulator, connector) = fresh(CLOUD).await;
            let state = simulator.state();
            let link = connector.create_account(&ann()).await.unwrap();
            for group in ["one", "two"] {
                state.seed_group(group);
                state.add_member(group, "ann@example.com");
            }
            let before = state.snapshot();
            let mut saved = connector.remember_account(&link).await.unwrap();
            assert_eq!(state.snapshot(), before, "remembering changes nothing");
            if restoring {
                saved = connector.suspend_account(&saved).await.unwrap();
            }
            // So many calls pass; the next one breaks.
            simulator.faults().push(Fault {
                matching: None,
                kind: FaultKind::Slow(Duration::ZERO),
                times: broken,
            });
            simulator.faults().push(Fault::once("", kind.clone()));
            let go = || async {
                match restoring {
                    true => connector.restore_account(&saved).await,
                    false => connector.suspend_account(&saved).await,
                }
            };
            if go().await.is_ok() {
                assert!(broken > 2, "{kind:?}: it is made of more calls than {broken}");
                break;
            }
            assert_eq!(simulator.faults().pending(), 0);
            let after = go().await.unwrap();
            if !restoring {
                let left = connector.account_groups("ann@example.com").await.unwrap();
                assert_eq!(left, Vec::<String>::new());
                connector.restore_account(&after).await.unwrap();
            }
            assert_eq!(state.snapshot(), before, "{restoring} {kind:?} {broken}");
            broken += 1;
        }
    }
}

#[tokio::test]
async fn the_memory_grows_follows_renames_and_is_never_guessed() {
    let (simulator, connector) = fresh(CLOUD).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    for group in ["dev", "ops", "by-hand"] {
        state.seed_group(group);
    }
    state.add_member("dev", "ann@example.com");
    state.add_member("ops", "ann@example.com");
    let link = connector.suspend_account(&link).await.unwrap();
    // Somebody gives access back by hand: it shows, and is taken again.
    state.add_member("by-hand", "ann@example.com");
    assert!(connector.find_linked(&link).await.unwrap().unwrap().active);
    let link = connector.suspend_account(&link).await.unwrap();
    connector.remove_group("ops").await.unwrap();
    let restored = connector.restore_account(&link).await.unwrap();
    assert_eq!(restored.remembered, None);
    assert_eq!(
        connector.account_groups("ann@example.com").await.unwrap(),
        ["by-hand", "dev"]
    );
    let broken = AccountLink {
        remembered: Some(json!({ "groups": "dev" })),
        ..link
    };
    let text = refused(connector.restore_account(&broken).await);
    assert!(text.contains("unreadable"), "{text}");
}

#[tokio::test]
async fn people_are_listed_and_apps_are_not() {
    let (simulator, connector) = start(simulated(CLOUD).page_cap(7), CLOUD).await;
    let state = simulator.state();
    for number in 0..20 {
        state.seed_account(SimAccount {
            active: number % 3 != 0,
            ..SimAccount::new(&named(&format!("user-{number:02}")))
        });
        state.seed_group(&format!("group-{number:02}"));
    }
    state.hide_address(&named("user-07"));
    let (mut accounts, mut cursor) = (Vec::new(), None);
    loop {
        let page = connector.list_accounts(cursor.as_deref()).await.unwrap();
        accounts.extend(page.accounts);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(accounts.len(), 21);
    assert_eq!(accounts.iter().filter(|it| !it.active).count(), 7);
    let hidden: Vec<_> = accounts.iter().filter(|it| it.email.is_none()).collect();
    assert_eq!(hidden.len(), 1);
    assert_eq!(hidden[0].username, hidden[0].remote_id);
    let mut groups = 0;
    loop {
        let page = connector.list_groups(cursor.as_deref()).await.unwrap();
        groups += page.names.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(groups, 22);
    refused(connector.list_groups(Some("x")).await);
}

/// A site that repeats one page for ever ends the list, and not our memory.
#[tokio::test]
async fn a_list_that_goes_nowhere_ends() {
    let base_url = common::serve(|_| async {
        let body = r#"{"startAt":0,"isLast":false,"values":[{"name":"dev","groupId":"g","accountId":"a"}]}"#;
        http::Response::new(http_body_util::Full::new(bytes::Bytes::from_static(
            body.as_bytes(),
        )))
    })
    .await;
    let connector = products::connect(&target(CLOUD, &base_url)).unwrap();
    for members in [false, true] {
        let (mut cursor, mut pages) = (None, 0);
        loop {
            let page = match members {
                true => connector.group_members("dev", cursor.as_deref()).await.unwrap(),
                false => connector.list_groups(cursor.as_deref()).await.unwrap(),
            };
            pages += 1;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(pages, 2);
    }
}
