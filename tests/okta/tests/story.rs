//! The demonstration's session, from the first act to the last, in both dialects.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod common;

use std::sync::{Arc, Mutex};

use common::{Server, Shared, serve};
use tidegate_okta::{Dialect, OktaClient, Session};
use tidegate_scim::{group, user};

#[tokio::test]
async fn every_step_succeeds_and_the_end_is_right() {
    for dialect in [Dialect::Template, Dialect::Custom] {
        let server: Shared = Arc::new(Mutex::new(Server::default()));
        let client = OktaClient::new(serve(server.clone()).await, "t").with_dialect(dialect);
        let mut session = Session::demo();
        let mut told = Vec::new();
        for act in 0..session.acts().len() {
            let failed = session
                .run_act(act, &client, |title, result| {
                    told.push(format!("{title}: {result:?}"))
                })
                .await;
            assert_eq!(failed, 0, "{told:#?}");
        }
        assert_eq!(
            told.last().unwrap(),
            "Okta imports everything: Ok(\"12 users, 0 of them inactive, 3 groups\")"
        );
        assert_eq!(client.totals().failures, 0);

        let server = server.lock().unwrap();
        let members = |name: &str| server.groups[session.group_id(name).unwrap()].1.len();
        assert_eq!(
            [members("Engineering"), members("Support"), members("Customers")],
            [6, 2, 2]
        );
        assert!(session.group_id("Sales").is_none() && session.group_id("Incident Response").is_none());
        let joan = &server.users[session.user_id("joan.clarke@tidal.example").unwrap()];
        assert_eq!(
            user::view(tidegate_scim::schema::Schemas::standard(), joan, "")
                .department
                .as_deref(),
            Some("Engineering")
        );
        let names: Vec<String> = server
            .groups
            .values()
            .map(|(group, _)| group::keys(group).display_name)
            .collect();
        assert_eq!(names.len(), 3);
    }
}

#[tokio::test]
async fn a_failing_step_does_not_end_the_session() {
    let client = OktaClient::new("http://127.0.0.1:1", "t");
    let mut session = Session::demo();
    let steps: usize = session.acts().iter().map(|act| act.steps.len()).sum();
    let mut reported = 0;
    let failed = session.run(&client, |_, _| reported += 1).await;
    assert_eq!((failed, reported), (steps, steps));
}
