//! Seats, read-only directories, name rules, versions and long lists.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use bytes::Bytes;
use common::{DATA_CENTER, EVERY, PRODUCTS, ann, fresh, login, serve, simulated, start, target, wanted};
use http::Response;
use http_body_util::Full;
use tidegate_directory::connector::{AccountLink, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::Product;
use tidegate_simulators::{SimAccount, Simulator};

fn link(key: String, name: &str) -> AccountLink {
    AccountLink {
        remote_id: key,
        username: name.to_owned(),
        remembered: None,
    }
}

#[tokio::test]
async fn used_up_seats_are_told_and_a_new_seat_lets_it_pass() {
    for product in DATA_CENTER {
        let (simulator, connector) = start(simulated(product).seats(1), product).await;
        let full = connector.create_account(&ann()).await;
        assert!(
            matches!(full, Err(ConnectorError::SeatsExhausted(_))),
            "{product}: {full:?}"
        );
        assert!(simulator.state().account("ann").is_none(), "{product}");
        simulator.state().set_seats(Some(2));
        connector.create_account(&ann()).await.unwrap();
        if product == Product::Confluence {
            continue;
        }
        let licensed = if product == Product::Jira {
            "jira-software-users"
        } else {
            "stash-users"
        };
        let bob = link(simulator.state().seed_account(SimAccount::new("bob")), "bob");
        let full = connector.add_member(licensed, &bob).await;
        assert!(
            matches!(full, Err(ConnectorError::SeatsExhausted(_))),
            "{product}: {full:?}"
        );
    }
}

#[tokio::test]
async fn accounts_of_a_read_only_directory_are_left_alone() {
    for product in DATA_CENTER {
        let (simulator, connector) = fresh(product).await;
        let key = simulator
            .state()
            .seed_account(SimAccount::new("ldap-ann").in_directory("Corporate LDAP"));
        simulator.state().seed_group("dev");
        let suspended = SimAccount {
            active: false,
            ..SimAccount::new("ldap-bob").in_directory("Corporate LDAP")
        };
        let suspended = link(simulator.state().seed_account(suspended), "ldap-bob");
        simulator.state().seed_group("crew");
        simulator.state().add_member("crew", "ldap-ann");
        let before = simulator.state().snapshot();
        let link = link(key, "ldap-ann");
        let current = connector.find_linked(&link).await.unwrap().unwrap();
        assert_eq!(
            current.mutable,
            product != Product::Bitbucket,
            "{product}: only Bitbucket tells"
        );
        let outcomes = [
            connector
                .update_account(&link, &current, &wanted("ldap-ann"))
                .await
                .map(|_| ()),
            connector.suspend_account(&link).await.map(|_| ()),
            connector.restore_account(&suspended).await.map(|_| ()),
            connector.remove_account(&link).await,
            connector.add_member("dev", &link).await,
            connector.remove_member("crew", &link).await,
        ];
        for outcome in outcomes {
            assert!(
                matches!(outcome, Err(ConnectorError::ReadOnly(_))),
                "{product}: {outcome:?}"
            );
        }
        assert_eq!(simulator.state().snapshot(), before, "{product}");
    }
}

#[tokio::test]
async fn a_target_bound_to_a_directory_changes_no_other() {
    let (simulator, _) = fresh(Product::Bitbucket).await;
    let mut config = target(Product::Bitbucket, simulator.base_url());
    config.directory = Some("Corporate LDAP".to_owned());
    let connector = products::connect(&config).unwrap();
    connector.probe().await.unwrap();
    let link = link(simulator.state().seed_account(SimAccount::new("ann")), "ann");
    let refused = connector.suspend_account(&link).await;
    let Err(ConnectorError::ReadOnly(text)) = refused else {
        panic!("{refused:?}")
    };
    assert!(
        text.contains("Bitbucket Internal Directory") && text.contains("Corporate LDAP"),
        "{text}"
    );
    // A new account lands where Bitbucket wants it: in the wrong place it is an error.
    let misplaced = connector.create_account(&wanted("bob")).await;
    assert!(
        matches!(misplaced, Err(ConnectorError::ReadOnly(_))),
        "{misplaced:?}"
    );
    config.directory = Some("Nowhere".to_owned());
    assert!(matches!(
        products::connect(&config).unwrap().probe().await,
        Err(ConnectorError::Refused(_))
    ));
}

#[tokio::test]
async fn names_that_a_product_does_not_take_are_refused_for_good() {
    let (simulator, connector) = fresh(Product::Confluence).await;
    let before = simulator.state().requests_served();
    let refused = connector.create_account(&wanted("ann+test")).await;
    let Err(ConnectorError::Refused(text)) = refused else {
        panic!("{refused:?}")
    };
    assert!(text.contains("character +"), "{text}");
    assert_eq!(simulator.state().requests_served(), before);
    // Folded on the way, these would meet another resource: DELETE /admin/group/.. and the like.
    for name in ["", ".", ".."] {
        let outcomes = [
            connector.create_group(name).await,
            connector.remove_group(name).await,
            connector.group_exists(name).await.map(|_| ()),
            connector.add_member(name, &link("k".to_owned(), "ann")).await,
            connector.add_member("dev", &link("k".to_owned(), name)).await,
            connector.remove_account(&link("k".to_owned(), name)).await,
            connector.create_account(&wanted(name)).await.map(|_| ()),
        ];
        for outcome in outcomes {
            assert!(
                matches!(outcome, Err(ConnectorError::Refused(_))),
                "{name:?}: {outcome:?}"
            );
        }
    }
    assert_eq!(simulator.state().requests_served(), before);
    let link = connector.create_account(&wanted("Ann.Lee")).await.unwrap();
    assert_eq!(link.username, "ann.lee");
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    let renamed = connector
        .update_account(&link, &current, &wanted("ann.other"))
        .await;
    assert!(
        matches!(renamed, Err(ConnectorError::Unsupported(_))),
        "{renamed:?}"
    );

    let (_simulator, connector) = fresh(Product::Jira).await;
    let refused = connector.create_account(&wanted("a<b")).await;
    assert!(matches!(refused, Err(ConnectorError::Refused(_))), "{refused:?}");
    for product in PRODUCTS {
        let (_simulator, connector) = fresh(product).await;
        let refused = connector.create_account(&wanted(&"x".repeat(256))).await;
        assert!(
            matches!(refused, Err(ConnectorError::Refused(_))),
            "{product}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn the_last_administrators_group_stays() {
    for (product, group) in [
        (Product::Jira, "jira-administrators"),
        (Product::Confluence, "confluence-administrators"),
        (Product::Bitbucket, "bitbucket-administrators"),
        (Product::JiraCloud, "site-admins"),
    ] {
        let (simulator, connector) = fresh(product).await;
        let refused = connector.remove_group(group).await;
        assert!(
            matches!(refused, Err(ConnectorError::Refused(_))),
            "{product}: {refused:?}"
        );
        assert!(
            simulator.state().groups().contains(&group.to_owned()),
            "{product}"
        );
    }
}

#[tokio::test]
async fn old_versions_are_named_with_what_they_cannot() {
    let (simulator, connector) = start(simulated(Product::Jira).version("8.2.6"), Product::Jira).await;
    let ann = link(simulator.state().seed_account(SimAccount::new("ann")), "ann");
    let refused = connector.suspend_account(&ann).await;
    assert!(
        matches!(&refused, Err(ConnectorError::Unsupported(text)) if text.contains("8.3")),
        "{refused:?}"
    );

    let (simulator, connector) = start(
        simulated(Product::Confluence).version("8.1.4"),
        Product::Confluence,
    )
    .await;
    let ann = link(simulator.state().seed_account(SimAccount::new("ann")), "ann");
    let suspended = connector.suspend_account(&ann).await;
    assert!(
        matches!(&suspended, Err(ConnectorError::Unsupported(text)) if text.contains("8.2")),
        "{suspended:?}"
    );
    let created = connector.create_account(&wanted("bob")).await;
    assert!(
        matches!(&created, Err(ConnectorError::Unsupported(text)) if text.contains("8.4")),
        "{created:?}"
    );
    let current = connector.find_linked(&ann).await.unwrap().unwrap();
    let updated = connector.update_account(&ann, &current, &wanted("ann")).await;
    assert!(
        matches!(&updated, Err(ConnectorError::Unsupported(text)) if text.contains("9.3")),
        "{updated:?}"
    );
    let info = connector.probe().await.unwrap();
    let can: Vec<&str> = info
        .capabilities
        .iter()
        .filter(|it| it.supported)
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(can, ["anonymise accounts"], "by deleting, which is older");
}

/// A product that repeats one page for ever ends the list, and not our memory.
#[tokio::test]
async fn a_list_that_goes_nowhere_ends() {
    let pages = [
        r#"{"startAt":0,"isLast":false,"values":[{"name":"ann"}]}"#,
        r#"{"start":0,"results":[{"name":"dev","username":"ann"}],"_links":{"next":"/more"}}"#,
        r#"{"isLastPage":false,"nextPageStart":1,"values":[{"id":1,"name":"ann"}]}"#,
    ];
    for (product, page) in DATA_CENTER.into_iter().zip(pages) {
        let base_url =
            serve(move |_| async move { Response::new(Full::new(Bytes::from_static(page.as_bytes()))) })
                .await;
        let connector = products::connect(&target(product, &base_url)).unwrap();
        let (mut cursor, mut pages) = (None, 0);
        loop {
            let page = connector.group_members("dev", cursor.as_deref()).await.unwrap();
            cursor = page.next;
            pages += 1;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(pages, 2, "{product}");
        if product != Product::Jira {
            let groups = connector.account_groups("ann").await.unwrap();
            assert_eq!(groups.len(), 2, "{product}");
        }
        let nonsense = connector.group_members("dev", Some("1&x=y")).await;
        assert!(
            matches!(nonsense, Err(ConnectorError::Refused(_))),
            "{product}: {nonsense:?}"
        );
    }
}

/// Jira's search is fuzzy, and gives less at once than it was asked for.
#[tokio::test]
async fn an_address_is_found_behind_many_that_contain_it() {
    let (simulator, connector) = fresh(Product::Jira).await;
    for number in 0..130 {
        simulator.state().seed_account(SimAccount {
            email: format!("{number}ann@example.com"),
            ..SimAccount::new(&format!("a{number}"))
        });
    }
    simulator.state().seed_account(SimAccount {
        email: "Ann@Example.com".to_owned(),
        ..SimAccount::new("zoe")
    });
    let found = connector.find_account_by_email("ann@example.com").await.unwrap();
    assert_eq!(found.unwrap().username, "zoe");
}

#[tokio::test]
async fn long_lists_are_read_to_their_end() {
    for product in EVERY {
        let (simulator, connector) = start(simulated(product).page_cap(30), product).await;
        let state = simulator.state();
        state.seed_group("crowd");
        let mut names = Vec::new();
        // The one looked up is active: Jira Cloud searches no others.
        for number in 0..230 {
            let name = login(product, &format!("user-{number:03}"));
            state.seed_account(SimAccount {
                active: number % 7 != 3,
                ..SimAccount::new(&name)
            });
            state.add_member("crowd", &name);
            state.seed_group(&format!("group-{number:03}"));
            state.add_member(&format!("group-{number:03}"), &login(product, "user-000"));
            names.push(name);
        }
        let (mut read, mut cursor, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = connector.group_members("crowd", cursor.as_deref()).await.unwrap();
            read.extend(page.names);
            pages += 1;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(read, names, "{product}: inactive ones included");
        // Cloud gives a group with all its members.
        let wanted = if product == Product::CloudDirectory { 1 } else { 8 };
        assert_eq!(pages, wanted, "{product}");
        assert_eq!(
            connector
                .account_groups(&login(product, "user-000"))
                .await
                .unwrap()
                .len(),
            231,
            "{product}"
        );
        assert!(connector.group_exists("GROUP-229").await.unwrap(), "{product}");
        assert!(
            !connector.group_exists("group").await.unwrap(),
            "{product}: a part of a name is no group"
        );
        let last = connector
            .find_account(&login(product, "user-229"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(last.username, login(product, "user-229"), "{product}");
    }
}

#[tokio::test]
async fn another_address_than_the_product_s_is_said_to_be() {
    for product in DATA_CENTER {
        let simulator = Simulator::start(simulated(product)).await.unwrap();
        let config = target(product, &format!("{}/elsewhere", simulator.base_url()));
        let connector = products::connect(&config).unwrap();
        let refused = products::probe(&config, connector.as_ref()).await.unwrap_err();
        let words = format!("no {product} answers at {}", config.base_url);
        assert!(refused.to_string().contains(&words), "{refused}");
    }
}
