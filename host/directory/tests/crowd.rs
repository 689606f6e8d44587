//! What is Crowd's own: users sent whole, words of refusal, lists without a total, and Jira as
//! the user server.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use bytes::Bytes;
use common::{ann, fresh, serve, simulated, start, target, wanted};
use http::{Response, StatusCode};
use http_body_util::Full;
use tidegate_directory::connector::{AccountLink, Connector, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product};
use tidegate_simulators::{Fault, FaultKind, SimAccount, SimDirectory};

const LDAP: &str = "Corporate LDAP";

fn link(key: String, name: &str) -> AccountLink {
    AccountLink {
        remote_id: key,
        username: name.to_owned(),
        remembered: None,
    }
}

/// A server that answers every call with this.
async fn always(status: u16, body: &'static str) -> std::sync::Arc<dyn Connector> {
    let base_url = serve(move |_| async move {
        let mut answer = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
        *answer.status_mut() = StatusCode::from_u16(status).unwrap();
        answer
    })
    .await;
    products::connect(&target(Product::Crowd, &base_url)).unwrap()
}

fn lisa() -> SimAccount {
    SimAccount {
        display_name: "Prof. Lisa M. Lee".to_owned(),
        first_name: "Lisa Marie".to_owned(),
        last_name: "Lee-Öz".to_owned(),
        attributes: BTreeMap::from([("scim-id".to_owned(), vec!["4711".to_owned()])]),
        ..SimAccount::new("lisa")
    }
}

#[tokio::test]
async fn the_whole_user_goes_back_and_nothing_is_lost() {
    let (simulator, connector) = fresh(Product::Crowd).await;
    let state = simulator.state();
    let link = link(state.seed_account(lisa()), "lisa");
    state.seed_group("dev");
    state.add_member("dev", "lisa");
    let before = state.account("lisa").unwrap();

    let suspended = connector.suspend_account(&link).await.unwrap();
    let mut expected = before.clone();
    expected.active = false;
    assert_eq!(state.account("lisa").unwrap(), expected);
    assert_eq!(state.members("dev"), ["lisa"], "groups stay");
    connector.restore_account(&suspended).await.unwrap();
    assert_eq!(state.account("lisa").unwrap(), before);

    // Only the address is wanted; then only the first name.
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    let mut change = wanted("lisa");
    change.display_name = None;
    change.email = Some("lee@example.com".to_owned());
    connector.update_account(&link, &current, &change).await.unwrap();
    expected = before.clone();
    expected.email = "lee@example.com".to_owned();
    assert_eq!(state.account("lisa").unwrap(), expected);
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    change.given_name = Some("Elisabeth".to_owned());
    connector.update_account(&link, &current, &change).await.unwrap();
    expected.first_name = "Elisabeth".to_owned();
    assert_eq!(state.account("lisa").unwrap(), expected);

    // A suspended account that is updated stays suspended.
    connector.suspend_account(&link).await.unwrap();
    change.family_name = Some("Lee".to_owned());
    connector.update_account(&link, &current, &change).await.unwrap();
    expected.last_name = "Lee".to_owned();
    expected.active = false;
    assert_eq!(state.account("lisa").unwrap(), expected);
    // All of it is so already: a look, and no write.
    simulator
        .faults()
        .push(Fault::once("PUT ", FaultKind::Status(500)));
    connector.update_account(&link, &current, &change).await.unwrap();
    connector.suspend_account(&link).await.unwrap();
    assert_eq!(simulator.faults().pending(), 1);
}

#[tokio::test]
async fn names_are_created_as_given_or_made_of_the_full_name() {
    let (simulator, connector) = fresh(Product::Crowd).await;
    let mut given = wanted("Ann.Lee");
    given.given_name = Some("Ann".to_owned());
    given.family_name = Some("van der Lee".to_owned());
    let link = connector.create_account(&given).await.unwrap();
    assert_eq!(link.username, "Ann.Lee", "Crowd keeps the case it was given");
    let made = simulator.state().account("ann.lee").unwrap();
    assert_eq!(
        (made.first_name.as_str(), made.last_name.as_str(), made.active),
        ("Ann", "van der Lee", true)
    );
    assert_eq!(made.display_name, "Name of Ann.Lee");
    connector.create_account(&wanted("bob")).await.unwrap();
    let made = simulator.state().account("bob").unwrap();
    assert_eq!(
        (made.first_name.as_str(), made.last_name.as_str()),
        ("Name of", "bob")
    );
    // Compared without case, everywhere.
    let found = connector.find_account("ANN.LEE").await.unwrap().unwrap();
    assert_eq!(found.remote_id, link.remote_id);
    let taken = connector.create_account(&wanted("ann.LEE")).await;
    assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
    connector.create_group("Dev").await.unwrap();
    connector.create_group("DEV").await.unwrap();
    assert!(connector.group_exists("dev").await.unwrap());
    connector.add_member("dEV", &link).await.unwrap();
    assert_eq!(connector.account_groups("ann.lee").await.unwrap(), ["Dev"]);
}

#[tokio::test]
async fn an_old_server_names_what_it_cannot_and_takes_the_rest() {
    let (simulator, connector) = start(simulated(Product::Crowd).version("2.8.3"), Product::Crowd).await;
    let link = connector.create_account(&ann()).await.unwrap();
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    let mut other = wanted("anna");
    other.display_name = Some("Anna Lee".to_owned());
    let refused = connector.update_account(&link, &current, &other).await;
    assert!(
        matches!(&refused, Err(ConnectorError::Unsupported(text)) if text.contains("2.8.4")),
        "{refused:?}"
    );
    assert_eq!(simulator.state().account("ann").unwrap().display_name, "Anna Lee");
    let (_simulator, connector) = start(simulated(Product::Crowd).version("2.8.4"), Product::Crowd).await;
    let link = connector.create_account(&ann()).await.unwrap();
    connector.update_account(&link, &current, &other).await.unwrap();
}

/// Before keys were told, the name is all there is.
#[tokio::test]
async fn without_a_key_the_name_is_the_link() {
    let (simulator, connector) = start(simulated(Product::Crowd).version("2.6.0"), Product::Crowd).await;
    let link = connector.create_account(&wanted("Ann")).await.unwrap();
    assert_eq!((link.remote_id.as_str(), link.username.as_str()), ("Ann", "Ann"));
    let account = connector.find_linked(&link).await.unwrap().unwrap();
    assert_eq!(account.directory, None);
    connector.suspend_account(&link).await.unwrap();
    assert!(!simulator.state().account("ann").unwrap().active);
    connector.remove_account(&link).await.unwrap();
    assert_eq!(connector.find_linked(&link).await.unwrap(), None);
}

/// Crowd says that nobody has the old name; that is not "in no group".
#[tokio::test]
async fn one_who_was_renamed_behind_our_back_does_not_stay_in_a_group() {
    let (simulator, connector) = fresh(Product::Crowd).await;
    let state = simulator.state();
    let link = link(state.seed_account(SimAccount::new("anna")), "ann");
    state.seed_group("dev");
    state.seed_group("ops");
    state.add_member("dev", "anna");
    connector.remove_member("dev", &link).await.unwrap();
    assert_eq!(state.members("dev"), Vec::<String>::new());
    connector.add_member("ops", &link).await.unwrap();
    assert_eq!(state.members("ops"), ["anna"]);
    // Gone for good: out of everything, and not to be put anywhere.
    connector.remove_account(&link).await.unwrap();
    connector.remove_member("ops", &link).await.unwrap();
    let gone = connector.add_member("ops", &link).await;
    assert!(matches!(gone, Err(ConnectorError::NotFound(_))), "{gone:?}");
}

/// Whoever was renamed behind our back is met under the new name, and nobody under the old.
#[tokio::test]
async fn a_key_finds_the_account_and_not_who_has_its_old_name() {
    let (simulator, connector) = fresh(Product::Crowd).await;
    let state = simulator.state();
    let link = link(state.seed_account(SimAccount::new("anna")), "ann");
    state.seed_account(SimAccount::new("ann"));
    let suspended = connector.suspend_account(&link).await.unwrap();
    assert_eq!(suspended.username, "anna");
    assert!(state.account("ann").unwrap().active && !state.account("anna").unwrap().active);
    connector.remove_account(&link).await.unwrap();
    assert!(state.account("ann").is_some() && state.account("anna").is_none());
}

#[tokio::test]
async fn the_first_directory_that_may_be_written_takes_new_accounts() {
    let directories = [(LDAP, false), ("Staff", true), ("Guests", true)];
    let directories = directories.map(|(name, writable)| SimDirectory {
        name: name.to_owned(),
        writable,
    });
    let config = simulated(Product::Crowd).directories(directories.to_vec());
    let (simulator, connector) = start(config, Product::Crowd).await;
    connector.create_account(&ann()).await.unwrap();
    let made = connector.find_account("ann").await.unwrap().unwrap();
    assert_eq!(made.directory.as_deref(), Some("Staff"));

    // A target bound to another directory says where it landed, and changes nothing there.
    let mut config = target(Product::Crowd, simulator.base_url());
    config.directory = Some("guests".to_owned());
    let bound = products::connect(&config).unwrap();
    let guest = SimAccount::new("gast").in_directory("Guests");
    let guest = link(simulator.state().seed_account(guest), "gast");
    simulator.state().seed_group("dev");
    simulator.state().add_member("dev", "ann");
    let ann = link(made.remote_id, "ann");
    bound.suspend_account(&guest).await.unwrap();
    bound.add_member("dev", &guest).await.unwrap();
    for refused in [
        bound.create_account(&wanted("bob")).await.map(|_| ()),
        bound.suspend_account(&ann).await.map(|_| ()),
        bound.remove_account(&ann).await,
        bound.add_member("dev", &ann).await,
        bound.remove_member("dev", &ann).await,
    ] {
        assert!(
            matches!(&refused, Err(ConnectorError::ReadOnly(text)) if text.contains("\"Staff\"")),
            "{refused:?}"
        );
    }
    assert_eq!(simulator.state().members("dev"), ["ann", "gast"]);
}

#[tokio::test]
async fn a_read_only_directory_says_what_an_administrator_can_do() {
    let directories = vec![SimDirectory {
        name: LDAP.to_owned(),
        writable: false,
    }];
    let config = simulated(Product::Crowd).directories(directories);
    let (simulator, connector) = start(config, Product::Crowd).await;
    simulator.state().seed_group_in("dev", LDAP);
    let before = simulator.state().snapshot();
    for refused in [
        connector.create_account(&ann()).await.map(|_| ()),
        connector.create_group("ops").await,
        connector.remove_group("dev").await,
    ] {
        assert!(
            matches!(&refused, Err(ConnectorError::ReadOnly(text)) if text.contains("give the application")),
            "{refused:?}"
        );
    }
    assert_eq!(simulator.state().snapshot(), before);
    connector.probe().await.unwrap();
}

#[test]
fn a_token_is_refused_with_what_to_do() {
    let mut config = target(Product::Crowd, "http://localhost");
    config.credentials = Credentials::Token {
        token: "s3cret".to_owned(),
    };
    let Err(ConnectorError::Refused(text)) = products::connect(&config).map(|_| ()) else {
        panic!("a token was taken")
    };
    assert!(text.contains("name and the password of an application"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[tokio::test]
async fn the_probe_tells_crowd_from_a_jira_that_is_the_user_server() {
    let (_crowd, connector) = fresh(Product::Crowd).await;
    let info = connector.probe().await.unwrap();
    assert_eq!(info.version, "unknown");
    let row = |info: &tidegate_directory::connector::TargetInfo, name: &str| {
        let row = info.capabilities.iter().find(|it| it.name == name).unwrap();
        (row.supported, row.note.clone())
    };
    let (chooses, how) = row(&info, "choose the user directory");
    assert!(chooses && how.contains("mapped to this application"), "{how}");
    let (at_once, when) = row(&info, "reach the products at once");
    assert!(!at_once && when.contains("60 minutes"), "{when}");
    assert!(!row(&info, "rename groups").0);

    let config = simulated(Product::Crowd).jira_user_server();
    let (jira, connector) = start(config, Product::Crowd).await;
    let info = connector.probe().await.unwrap();
    assert_eq!(info.version, "10.3.24");
    let (server, text) = row(&info, "be the user server");
    assert!(server && text.contains("Jira 10.3.24"), "{text}");
    assert!(!row(&info, "choose the user directory").0);
    // Asked with our credentials, Jira would have counted a failed log-in of a user.
    assert_eq!(jira.state().requests_served(), 2);
    connector.create_account(&ann()).await.unwrap();
    assert!(jira.state().account("ann").is_some());

    // The search by JSON is not everywhere read; the same by GET is.
    jira.faults()
        .push(Fault::once("POST /rest/usermanagement", FaultKind::Status(400)));
    connector.probe().await.unwrap();
    assert_eq!(jira.faults().pending(), 0);
    // A Jira that does not answer now is not taken for a Crowd.
    jira.faults()
        .push(Fault::once("serverInfo", FaultKind::Status(503)));
    let failed = connector.probe().await;
    assert!(
        matches!(failed, Err(ConnectorError::Unavailable(_))),
        "{failed:?}"
    );
}

#[tokio::test]
async fn refused_credentials_are_told_to_be_an_application_s() {
    let (simulator, _) = fresh(Product::Crowd).await;
    let mut config = target(Product::Crowd, simulator.base_url());
    config.credentials = Credentials::Basic {
        username: "admin".to_owned(),
        password: "s3cret".to_owned(),
    };
    let refused = products::connect(&config).unwrap().probe().await;
    let Err(ConnectorError::Unauthorized(text)) = refused else {
        panic!("{refused:?}")
    };
    assert!(
        text.contains("of an application") && !text.contains("s3cret"),
        "{text}"
    );
    let address = always(403, "<html>Client with address \"10.0.0.1\" is forbidden</html>").await;
    let refused = address.probe().await;
    assert!(
        matches!(&refused, Err(ConnectorError::Forbidden(text)) if text.contains("remote addresses")),
        "{refused:?}"
    );
    let denied = r#"{"reason":"APPLICATION_PERMISSION_DENIED","message":"No."}"#;
    let refused = always(403, denied).await.probe().await;
    assert!(
        matches!(&refused, Err(ConnectorError::Forbidden(text)) if text.starts_with("No.")),
        "{refused:?}"
    );
}

/// A 404 of a proxy, or of a Crowd that is starting, empties nothing.
#[tokio::test]
async fn only_crowd_s_own_word_says_that_something_is_not_there() {
    let connector = always(404, "<html>Not Found</html>").await;
    let link = link("1:2".to_owned(), "ann");
    for outcome in [
        connector.probe().await.map(|_| ()),
        connector.find_account("ann").await.map(|_| ()),
        connector.find_linked(&link).await.map(|_| ()),
        connector.find_account_by_email("a@b").await.map(|_| ()),
        connector.list_accounts(None).await.map(|_| ()),
        connector.list_groups(None).await.map(|_| ()),
        connector.account_groups("ann").await.map(|_| ()),
        connector.group_exists("dev").await.map(|_| ()),
        connector.group_members("dev", None).await.map(|_| ()),
        connector.remove_account(&link).await,
        connector.remove_group("dev").await,
        connector.add_member("dev", &link).await,
        connector.remove_member("dev", &link).await,
    ] {
        assert!(
            matches!(&outcome, Err(ConnectorError::Unavailable(text)) if text.contains("base URL")),
            "{outcome:?}"
        );
    }
    // Nor does an answer without the list.
    let connector = always(200, "{}").await;
    let listed = connector.list_accounts(None).await;
    assert!(
        matches!(listed, Err(ConnectorError::Unavailable(_))),
        "{listed:?}"
    );
    let groups = connector.account_groups("ann").await;
    assert!(
        matches!(groups, Err(ConnectorError::Unavailable(_))),
        "{groups:?}"
    );
}

#[tokio::test]
async fn accounts_and_groups_are_listed_to_their_end() {
    let (simulator, connector) = start(simulated(Product::Crowd).page_cap(40), Product::Crowd).await;
    let state = simulator.state();
    for number in 0..130 {
        state.seed_account(SimAccount {
            active: number % 7 != 0,
            ..SimAccount::new(&format!("user-{number:03}"))
        });
        state.seed_group(&format!("group-{number:03}"));
    }
    let (mut accounts, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = connector.list_accounts(cursor.as_deref()).await.unwrap();
        accounts.extend(page.accounts);
        (cursor, pages) = (page.next, pages + 1);
        if cursor.is_none() {
            break;
        }
    }
    let shown = |name: &str, key: &str, active| (name.to_owned(), key.to_owned(), active);
    let listed: Vec<_> = accounts
        .iter()
        .map(|it| shown(&it.username, &it.remote_id, it.active))
        .collect();
    let expected: Vec<_> = state
        .accounts()
        .iter()
        .map(|it| shown(&it.name, &it.key, it.active))
        .collect();
    assert_eq!((listed, pages), (expected, 4));
    let (mut groups, mut cursor) = (Vec::new(), None);
    loop {
        let page = connector.list_groups(cursor.as_deref()).await.unwrap();
        groups.extend(page.names);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(groups, state.groups());
}

/// A server that does not heed where a page starts gives the same one for ever.
#[tokio::test]
async fn a_list_without_an_end_is_given_up() {
    const PAGE: &str = r#"{"groups":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"},{"name":"e"},
        {"name":"f"},{"name":"g"},{"name":"h"},{"name":"i"},{"name":"j"},{"name":"k"},{"name":"l"},
        {"name":"m"},{"name":"n"},{"name":"o"},{"name":"p"},{"name":"q"},{"name":"r"},{"name":"s"},
        {"name":"t"},{"name":"u"},{"name":"v"},{"name":"w"},{"name":"x"},{"name":"y"}]}"#;
    let connector = always(200, PAGE).await;
    let endless = connector.account_groups("ann").await;
    assert!(
        matches!(&endless, Err(ConnectorError::Unavailable(text)) if text.contains("did not end")),
        "{endless:?}"
    );
    let page = connector.list_groups(None).await.unwrap();
    assert_eq!((page.names.len(), page.next.as_deref()), (25, Some("25")));
    let far = connector.list_groups(Some("99999999")).await;
    assert!(matches!(far, Err(ConnectorError::Unavailable(_))), "{far:?}");
    let nonsense = connector.list_accounts(Some("1&x=y")).await;
    assert!(
        matches!(nonsense, Err(ConnectorError::Refused(_))),
        "{nonsense:?}"
    );
}

#[tokio::test]
async fn members_by_way_of_a_group_inside_are_not_shown() {
    let (simulator, connector) = fresh(Product::Crowd).await;
    let state = simulator.state();
    let ann = connector.create_account(&ann()).await.unwrap();
    state.seed_group("outer");
    state.seed_group("inner");
    assert!(state.nest_group("outer", "inner"));
    connector.add_member("inner", &ann).await.unwrap();
    let outer = connector.group_members("outer", None).await.unwrap();
    assert_eq!(outer.names, Vec::<String>::new());
    assert_eq!(connector.account_groups("ann").await.unwrap(), ["inner"]);
    // Not in it directly: nothing to take out, and it stays by way of the other.
    connector.remove_member("outer", &ann).await.unwrap();
    assert_eq!(state.members("inner"), ["ann"]);
}

#[tokio::test]
async fn an_address_with_quotes_is_looked_for_as_it_is() {
    let (simulator, connector) = fresh(Product::Crowd).await;
    simulator.state().seed_account(SimAccount {
        email: r#""ann\ lee"@example.com"#.to_owned(),
        ..SimAccount::new("ann")
    });
    let found = connector
        .find_account_by_email(r#""ANN\ lee"@example.com"#)
        .await
        .unwrap();
    assert_eq!(found.unwrap().username, "ann");
}
