//! The whole life of an account and of a group, in every product.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use common::{DATA_CENTER, EVERY, PRODUCTS, ann, called, fresh, login, wanted};
use tidegate_directory::connector::ConnectorError;
use tidegate_directory::target::Product;

#[tokio::test]
async fn an_account_is_created_changed_suspended_restored_and_removed() {
    for product in PRODUCTS {
        let (simulator, connector) = fresh(product).await;
        let state = simulator.state();
        assert_eq!(connector.find_account("ann").await.unwrap(), None, "{product}");
        let link = connector.create_account(&ann()).await.unwrap();
        let account = connector.find_account("ANN").await.unwrap().unwrap();
        assert_eq!(account.remote_id, link.remote_id, "{product}");
        assert_eq!(account.display_name.as_deref(), Some("Name of ann"), "{product}");
        assert!(account.active && account.mutable, "{product}");
        assert!(
            matches!(
                connector.create_account(&ann()).await,
                Err(ConnectorError::Conflict(_))
            ),
            "{product}"
        );

        let mut other = ann();
        other.display_name = Some("Ann Lee".to_owned());
        other.email = Some("ann.lee@example.com".to_owned());
        let link = connector.update_account(&link, &account, &other).await.unwrap();
        let seen = state.account("ann").unwrap();
        assert_eq!(
            (seen.display_name.as_str(), seen.email.as_str()),
            ("Ann Lee", "ann.lee@example.com"),
            "{product}"
        );
        let account = connector.find_linked(&link).await.unwrap().unwrap();
        let before = state.requests_served();
        connector.update_account(&link, &account, &other).await.unwrap();
        assert_eq!(
            state.requests_served(),
            before,
            "{product}: nothing differs, nothing is sent"
        );

        let link = connector.suspend_account(&link).await.unwrap();
        let link = connector.suspend_account(&link).await.unwrap();
        assert!(
            !connector.find_linked(&link).await.unwrap().unwrap().active,
            "{product}"
        );
        let link = connector.restore_account(&link).await.unwrap();
        assert!(
            connector.find_linked(&link).await.unwrap().unwrap().active,
            "{product}"
        );
        assert_eq!(link.remembered, None, "{product}");

        connector.remove_account(&link).await.unwrap();
        connector.remove_account(&link).await.unwrap();
        assert_eq!(connector.find_linked(&link).await.unwrap(), None, "{product}");
        assert!(state.account("ann").is_none(), "{product}");
    }
}

#[tokio::test]
async fn a_group_is_created_filled_emptied_and_removed() {
    for product in EVERY {
        let (simulator, connector) = fresh(product).await;
        let state = simulator.state();
        let group = "dev ops/50% + ü";
        assert!(!connector.group_exists(group).await.unwrap(), "{product}");
        connector.create_group(group).await.unwrap();
        connector.create_group(group).await.unwrap();
        assert!(
            connector.group_exists(&group.to_uppercase()).await.unwrap(),
            "{product}"
        );
        let link = connector.create_account(&called(product, "ann")).await.unwrap();
        connector.add_member(group, &link).await.unwrap();
        connector.add_member(group, &link).await.unwrap();
        assert_eq!(
            connector.group_members(group, None).await.unwrap().names,
            [login(product, "ann")],
            "{product}"
        );
        assert!(
            connector
                .account_groups(&login(product, "ann"))
                .await
                .unwrap()
                .contains(&group.to_owned()),
            "{product}"
        );
        connector.remove_member(group, &link).await.unwrap();
        connector.remove_member(group, &link).await.unwrap();
        assert!(state.members(group).is_empty(), "{product}");
        connector.remove_group(group).await.unwrap();
        connector.remove_group(group).await.unwrap();
        let missing = connector.group_members(group, None).await;
        assert!(
            matches!(missing, Err(ConnectorError::NotFound(_))),
            "{product}: {missing:?}"
        );
        let missing = connector.add_member(group, &link).await;
        assert!(
            matches!(missing, Err(ConnectorError::NotFound(_))),
            "{product}: {missing:?}"
        );
        connector.remove_member(group, &link).await.unwrap();
    }
}

#[tokio::test]
async fn an_account_keeps_its_link_and_groups_over_a_rename() {
    for product in [Product::Jira, Product::Bitbucket, Product::Crowd] {
        let (simulator, connector) = fresh(product).await;
        let link = connector.create_account(&ann()).await.unwrap();
        connector.create_account(&wanted("bob")).await.unwrap();
        connector.create_group("dev").await.unwrap();
        connector.add_member("dev", &link).await.unwrap();
        let current = connector.find_linked(&link).await.unwrap().unwrap();
        let taken = connector.update_account(&link, &current, &wanted("bob")).await;
        assert!(
            matches!(taken, Err(ConnectorError::Conflict(_))),
            "{product}: {taken:?}"
        );
        let renamed = connector
            .update_account(&link, &current, &wanted("anna"))
            .await
            .unwrap();
        assert_eq!(renamed.username, "anna", "{product}");
        // The old link finds it too: by the id.
        assert_eq!(
            connector.find_linked(&link).await.unwrap().unwrap().username,
            "anna",
            "{product}"
        );
        let (group, members): (_, &[&str]) = match product {
            Product::Jira => ("jira-software-users", &["admin", "anna", "bob"]),
            Product::Bitbucket => ("stash-users", &["admin", "anna", "bob"]),
            // Crowd puts nobody anywhere by itself.
            _ => ("dev", &["anna"]),
        };
        assert_eq!(simulator.state().members(group), members, "{product}");
        // Another case is no rename: nothing is sent, or every run would send it again.
        let current = connector.find_linked(&renamed).await.unwrap().unwrap();
        let before = simulator.state().requests_served();
        let mut shouted = wanted("anna");
        shouted.username = "ANNA".to_owned();
        connector
            .update_account(&renamed, &current, &shouted)
            .await
            .unwrap();
        assert_eq!(simulator.state().requests_served(), before, "{product}");
    }
}

#[tokio::test]
async fn an_account_is_found_by_its_exact_address() {
    for product in [Product::Jira, Product::Bitbucket, Product::Crowd] {
        let (_simulator, connector) = fresh(product).await;
        let link = connector.create_account(&wanted("ann+x")).await.unwrap();
        let found = connector
            .find_account_by_email("ANN+x@example.com")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.remote_id, link.remote_id, "{product}");
        assert_eq!(
            connector.find_account_by_email("nn+x@example.com").await.unwrap(),
            None,
            "{product}"
        );
        let mut twin = wanted("twin");
        twin.email = Some("ann+x@example.com".to_owned());
        connector.create_account(&twin).await.unwrap();
        let both = connector.find_account_by_email("ann+x@example.com").await;
        assert!(
            matches!(both, Err(ConnectorError::Conflict(_))),
            "{product}: {both:?}"
        );
    }
    let (_simulator, connector) = fresh(Product::Confluence).await;
    let none = connector.find_account_by_email("a@example.com").await;
    assert!(matches!(none, Err(ConnectorError::Unsupported(_))));
}

#[tokio::test]
async fn the_probe_tells_version_rights_and_abilities() {
    for product in DATA_CENTER {
        let (_simulator, connector) = common::start(common::simulated(product).seats(5), product).await;
        let info = connector.probe().await.unwrap();
        assert_eq!(info.acting_as.as_deref(), Some("admin"), "{product}");
        assert!(
            !info.version.is_empty() && info.capabilities.len() > 5,
            "{product}"
        );
        assert_eq!(
            info.seats_left,
            matches!(product, Product::Jira | Product::Bitbucket).then_some(4),
            "{product}"
        );
        assert_eq!(
            info.directories.is_empty(),
            product != Product::Bitbucket,
            "{product}"
        );
    }
}
