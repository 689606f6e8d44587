//! Bitbucket's emulated suspension forgets nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use std::time::Duration;

use common::{ann, fresh};
use tidegate_directory::connector::ConnectorError;
use tidegate_directory::target::Product;
use tidegate_simulators::{Fault, FaultKind};

#[tokio::test]
async fn a_crash_in_the_middle_forgets_nothing() {
    let (simulator, connector) = fresh(Product::Bitbucket).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    for group in ["one", "two", "three"] {
        state.seed_group(group);
        state.add_member(group, "ann");
    }
    state.grant_permission("ann", "PROJECT_CREATE");
    let before = state.snapshot();

    let saved = connector.remember_account(&link).await.unwrap();
    assert_eq!(state.snapshot(), before, "remembering changes nothing");
    // The second group's answer is lost, then everything that follows: the link is never returned.
    simulator.faults().push(Fault {
        matching: Some("remove-group".into()),
        kind: FaultKind::ResetAfter,
        times: 1,
    });
    let crashed = connector.suspend_account(&saved).await;
    assert!(
        matches!(crashed, Err(ConnectorError::Unavailable(_))),
        "{crashed:?}"
    );
    assert_ne!(state.snapshot(), before, "it was half done");

    let suspended = connector.suspend_account(&saved).await.unwrap();
    assert_eq!(
        connector.account_groups("ann").await.unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(state.permission("ann"), None);
    let restored = connector.restore_account(&suspended).await.unwrap();
    assert_eq!(state.snapshot(), before);
    assert_eq!(restored.remembered, None);
}

/// The connection breaks at the first call, at the second, and so on to the last, before
/// the product acts or after it: whoever saved the link and repeats gets all of it back.
#[tokio::test]
async fn wherever_it_breaks_off_nothing_is_lost() {
    for (restoring, kind) in [
        (false, FaultKind::Reset),
        (false, FaultKind::ResetAfter),
        (true, FaultKind::Reset),
        (true, FaultKind::ResetAfter),
    ] {
        let mut broken = 0;
        loop {
            let (simulator, connector) = fresh(Product::Bitbucket).await;
            let state = simulator.state();
            let link = connector.create_account(&ann()).await.unwrap();
            for group in ["one", "two"] {
                state.seed_group(group);
                state.add_member(group, "ann");
            }
            state.grant_permission("ann", "PROJECT_CREATE");
            let before = state.snapshot();
            let mut saved = connector.remember_account(&link).await.unwrap();
            if restoring {
                saved = connector.suspend_account(&saved).await.unwrap();
            }
            // So many calls pass, a moment late; the next one breaks.
            simulator.faults().push(Fault {
                matching: None,
                kind: FaultKind::Slow(Duration::ZERO),
                times: broken,
            });
            simulator.faults().push(Fault::once("", kind.clone()));
            let go = || async {
                if restoring {
                    connector.restore_account(&saved).await
                } else {
                    connector.suspend_account(&saved).await
                }
            };
            if go().await.is_ok() {
                assert!(broken > 4, "{kind:?}: it is made of more calls than {broken}");
                break;
            }
            assert_eq!(simulator.faults().pending(), 0);
            let after = go().await.unwrap();
            if !restoring {
                assert_eq!(
                    connector.account_groups("ann").await.unwrap(),
                    Vec::<String>::new()
                );
                assert_eq!(state.permission("ann"), None);
                connector.restore_account(&after).await.unwrap();
            }
            assert_eq!(state.snapshot(), before, "{restoring} {kind:?} {broken}");
            broken += 1;
        }
    }
}

#[tokio::test]
async fn suspending_again_adds_to_the_memory() {
    let (simulator, connector) = fresh(Product::Bitbucket).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    let link = connector.suspend_account(&link).await.unwrap();
    assert!(!connector.find_linked(&link).await.unwrap().unwrap().active);
    // Somebody gives access back by hand: it shows, and is taken again.
    state.seed_group("by-hand");
    state.add_member("by-hand", "ann");
    assert!(connector.find_linked(&link).await.unwrap().unwrap().active);
    let link = connector.suspend_account(&link).await.unwrap();
    let link = connector.restore_account(&link).await.unwrap();
    assert_eq!(
        connector.account_groups("ann").await.unwrap(),
        ["by-hand", "stash-users"]
    );
    assert_eq!(link.remembered, None);
}

#[tokio::test]
async fn a_suspended_account_gets_no_group_and_a_vanished_group_stops_no_restore() {
    let (simulator, connector) = fresh(Product::Bitbucket).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    state.seed_group("dev");
    state.add_member("dev", "ann");
    let link = connector.suspend_account(&link).await.unwrap();
    assert!(matches!(
        connector.add_member("dev", &link).await,
        Err(ConnectorError::Refused(_))
    ));
    connector.remove_group("dev").await.unwrap();
    connector.restore_account(&link).await.unwrap();
    assert_eq!(connector.account_groups("ann").await.unwrap(), ["stash-users"]);
    state.set_seats(Some(2));
}
