//! Jira tells neither directories nor direct members: what it does tell is heeded.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::{ann, fresh, simulated, start, target, wanted};
use tidegate_directory::connector::ConnectorError;
use tidegate_directory::products;
use tidegate_directory::target::Product;
use tidegate_simulators::{Fault, FaultKind};

const INTERNAL: &str = "Jira Internal Directory";

/// Nothing says which of two accounts of one name is changed: where a directory was named, none is.
#[tokio::test]
async fn a_username_in_two_directories_is_left_alone() {
    let (simulator, anywhere) = fresh(Product::Jira).await;
    let state = simulator.state();
    let ann = anywhere.create_account(&ann()).await.unwrap();
    let bob = anywhere.create_account(&wanted("bob")).await.unwrap();
    anywhere.create_group("dev").await.unwrap();
    state.duplicate("ann", "Corporate LDAP");

    let mut config = target(Product::Jira, simulator.base_url());
    config.directory = Some(INTERNAL.to_owned());
    let connector = products::connect(&config).unwrap();
    let current = connector.find_linked(&ann).await.unwrap().unwrap();
    let before = state.snapshot();
    for (what, refused) in [
        ("suspend", connector.suspend_account(&ann).await.map(drop)),
        ("restore", connector.restore_account(&ann).await.map(drop)),
        (
            "update",
            connector
                .update_account(&ann, &current, &wanted("anne"))
                .await
                .map(drop),
        ),
        ("join", connector.add_member("dev", &ann).await),
        (
            "leave",
            connector.remove_member("jira-software-users", &ann).await,
        ),
        ("anonymise", connector.anonymise_account(&ann).await),
        ("remove", connector.remove_account(&ann).await),
    ] {
        let Err(ConnectorError::ReadOnly(words)) = refused else {
            panic!("{what}: {refused:?}")
        };
        assert!(
            words.contains("Corporate LDAP") && words.contains(INTERNAL),
            "{words}"
        );
    }
    assert_eq!(state.snapshot(), before, "nothing was changed");
    connector.suspend_account(&bob).await.unwrap();
    anywhere.suspend_account(&ann).await.unwrap();

    let info = connector.probe().await.unwrap();
    let line = info
        .capabilities
        .iter()
        .find(|line| line.name.contains("several directories"));
    assert_eq!(line.unwrap().note, "1, such as ann: they are not changed");
}

#[tokio::test]
async fn before_jira_8_19_nobody_can_tell() {
    let (simulator, connector) = start(simulated(Product::Jira).version("8.18.2"), Product::Jira).await;
    let link = connector.create_account(&ann()).await.unwrap();
    simulator.state().duplicate("ann", "Corporate LDAP");
    let mut config = target(Product::Jira, simulator.base_url());
    config.directory = Some(INTERNAL.to_owned());
    let connector = products::connect(&config).unwrap();
    connector.suspend_account(&link).await.unwrap();
    let info = connector.probe().await.unwrap();
    let line = info
        .capabilities
        .iter()
        .find(|line| line.name.contains("several directories"));
    assert!(line.is_some_and(|line| !line.supported && line.note.contains("8.19")));
}

/// Members of an inner group show as members, and only direct ones can be taken out.
#[tokio::test]
async fn who_is_in_by_an_inner_group_is_said_to_be() {
    let (simulator, connector) = fresh(Product::Jira).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    for group in ["outer", "inner"] {
        connector.create_group(group).await.unwrap();
    }
    state.nest_group("outer", "inner");
    connector.add_member("inner", &link).await.unwrap();
    let members = connector.group_members("outer", None).await.unwrap().names;
    assert_eq!(members, ["ann"]);
    let refused = connector.remove_member("outer", &link).await.unwrap_err();
    assert!(
        matches!(&refused, ConnectorError::Refused(words) if words.contains("by a group inside it")),
        "{refused}"
    );
    connector.remove_member("inner", &link).await.unwrap();
    connector.remove_member("outer", &link).await.unwrap();
}

/// What the table of abilities asks besides may fail: Jira and Bitbucket are provisioned all the same.
#[tokio::test]
async fn what_is_asked_besides_does_not_stop_a_target() {
    for (product, calls) in [
        (
            Product::Jira,
            [
                "GET /rest/api/2/user/duplicated/list",
                "GET /rest/api/2/user/anonymization/progress",
            ],
        ),
        (
            Product::Bitbucket,
            ["GET /rest/api/latest/admin/user-directories", ""],
        ),
    ] {
        for status in [403, 404, 500] {
            let (simulator, connector) = fresh(product).await;
            for call in calls.into_iter().filter(|call| !call.is_empty()) {
                simulator
                    .faults()
                    .push(Fault::once(call, FaultKind::Status(status)));
            }
            connector.probe().await.unwrap();
            assert_eq!(simulator.faults().pending(), 0, "{product}: {status}");
        }
    }
    let (simulator, _) = fresh(Product::Jira).await;
    let mut config = target(Product::Jira, simulator.base_url());
    config.directory = Some(INTERNAL.to_owned());
    let connector = products::connect(&config).unwrap();
    let fault = Fault::once("GET /rest/api/2/user/duplicated/list", FaultKind::Status(500));
    simulator.faults().push(fault);
    let link = connector.create_account(&ann()).await.unwrap();
    connector.suspend_account(&link).await.unwrap();
}
