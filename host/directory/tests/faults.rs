//! What goes wrong between Tidegate and a product, and what it leads to.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use std::time::Duration;

use common::{DATA_CENTER, EVERY, PRODUCTS, called, fresh, login, simulated, start, target};
use tidegate_directory::connector::ConnectorError;
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product};
use tidegate_simulators::{Fault, FaultKind, RateLimit, Simulator};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn always(kind: FaultKind) -> Fault {
    Fault {
        matching: None,
        kind,
        times: 1,
    }
}

#[tokio::test]
async fn each_fault_has_its_error() {
    for product in EVERY {
        let (simulator, _) = fresh(product).await;
        let mut config = target(product, simulator.base_url());
        config.timeout_ms = 300;
        let connector = products::connect(&config).unwrap();
        for kind in [
            FaultKind::Status(500),
            FaultKind::Status(503),
            FaultKind::Reset,
            FaultKind::Hang,
        ] {
            simulator.faults().push(always(kind.clone()));
            let failed = connector.find_account("ann").await;
            assert!(
                matches!(failed, Err(ConnectorError::Unavailable(_))),
                "{product} {kind:?}: {failed:?}"
            );
        }
        simulator
            .faults()
            .push(always(FaultKind::Slow(Duration::from_millis(20))));
        connector.find_account("ann").await.unwrap();
        simulator.faults().push(always(FaultKind::RateLimited {
            retry_after_seconds: 7,
        }));
        let limited = connector.find_account("ann").await;
        assert_eq!(
            limited,
            Err(ConnectorError::RateLimited {
                retry_after_ms: 7_000
            }),
            "{product}"
        );
        simulator.faults().push(always(FaultKind::Status(302)));
        assert!(
            matches!(
                connector.find_account("ann").await,
                Err(ConnectorError::Unavailable(_))
            ),
            "{product}"
        );
        assert_eq!(simulator.faults().pending(), 0);
        simulator.shutdown().await;
        let down = connector.find_account("ann").await;
        assert!(
            matches!(down, Err(ConnectorError::Unavailable(_))),
            "{product}: {down:?}"
        );
    }
}

/// Every write whose answer is lost is repeated, and the end is as if nothing was lost.
#[tokio::test]
async fn a_lost_answer_changes_nothing_about_the_end() {
    for product in EVERY {
        let (whole, connector) = fresh(product).await;
        let (lossy, losing) = fresh(product).await;
        for (simulator, connector, lose) in [(&whole, &connector, false), (&lossy, &losing, true)] {
            let lost = || {
                if lose {
                    for write in ["POST ", "PUT ", "PATCH ", "DELETE "] {
                        simulator.faults().push(Fault::once(write, FaultKind::ResetAfter));
                    }
                }
            };
            lost();
            let link = match connector.create_account(&called(product, "ann")).await {
                Ok(link) => link,
                Err(error) => {
                    assert!(
                        matches!(error, ConnectorError::Unavailable(_)),
                        "{product}: {error}"
                    );
                    assert!(matches!(
                        connector.create_account(&called(product, "ann")).await,
                        Err(ConnectorError::Conflict(_))
                    ));
                    let there = connector
                        .find_account(&called(product, "ann").username)
                        .await
                        .unwrap()
                        .unwrap();
                    tidegate_directory::connector::AccountLink {
                        remote_id: there.remote_id,
                        username: there.username,
                        remembered: None,
                    }
                }
            };
            macro_rules! twice {
                ($call:expr) => {{
                    lost();
                    let first = $call;
                    let second = $call;
                    assert!(second.is_ok(), "{product}: {first:?}, then {second:?}");
                    simulator.faults().clear();
                    second.unwrap()
                }};
            }
            twice!(connector.create_group("dev").await);
            twice!(connector.create_group("gone").await);
            twice!(connector.add_member("dev", &link).await);
            twice!(connector.add_member("gone", &link).await);
            twice!(connector.remove_member("gone", &link).await);
            twice!(connector.remove_group("gone").await);
            let current = connector.find_linked(&link).await.unwrap().unwrap();
            let mut other = called(product, "ann");
            other.display_name = Some("Ann Lee".to_owned());
            twice!(connector.update_account(&link, &current, &other).await);
            if !matches!(product, Product::Confluence | Product::JiraCloud) {
                // The rename is done; the second call still believes in the old name.
                let current = connector.find_linked(&link).await.unwrap().unwrap();
                other.username = "annie".to_owned();
                let link = twice!(connector.update_account(&link, &current, &other).await);
                assert_eq!(link.username, "annie", "{product}");
                let current = connector.find_linked(&link).await.unwrap().unwrap();
                other.username = "ann".to_owned();
                twice!(connector.update_account(&link, &current, &other).await);
            }
            let link = twice!(connector.remember_account(&link).await);
            let link = twice!(connector.suspend_account(&link).await);
            let link = twice!(connector.suspend_account(&link).await);
            let link = twice!(connector.restore_account(&link).await);
            assert_eq!(link.remembered, None);
            let bob = connector.create_account(&called(product, "bob")).await.unwrap();
            twice!(connector.remove_account(&bob).await);
        }
        assert_eq!(whole.state().snapshot(), lossy.state().snapshot(), "{product}");
        assert_eq!(lossy.state().members("dev"), [login(product, "ann")], "{product}");
    }
}

#[tokio::test]
async fn a_drained_bucket_says_how_long_to_wait() {
    for product in EVERY {
        let limit = RateLimit {
            capacity: 1,
            fill_rate: 1,
            interval: Duration::from_secs(3600),
        };
        let (simulator, connector) = start(simulated(product).rate_limit(limit), product).await;
        connector.find_account("ann").await.unwrap();
        // Who was told that the bucket is empty waits by itself; this one was not told.
        let other = products::connect(&target(product, simulator.base_url())).unwrap();
        let limited = other.find_account("ann").await;
        let Err(ConnectorError::RateLimited { retry_after_ms }) = limited else {
            panic!("{product}: {limited:?}")
        };
        assert!(
            (3_000_000..=3_600_000).contains(&retry_after_ms),
            "{product}: {retry_after_ms}"
        );
    }
}

#[tokio::test]
async fn wrong_credentials_and_a_captcha_stop_the_target() {
    for product in DATA_CENTER {
        let simulator = Simulator::start(simulated(product)).await.unwrap();
        let mut config = target(product, simulator.base_url());
        config.credentials = Credentials::Basic {
            username: "admin".to_owned(),
            password: "s3cret".to_owned(),
        };
        let connector = products::connect(&config).unwrap();
        for attempt in 0..4 {
            let refused = connector.probe().await;
            let Err(ConnectorError::Unauthorized(words)) = refused else {
                panic!("{product}: {refused:?}")
            };
            // Applications of Crowd are not people: they meet no CAPTCHA.
            let captcha = attempt == 3 && product != Product::Crowd;
            assert_eq!(words.contains("CAPTCHA"), captcha, "{product}: {words}");
            assert!(!words.contains("s3cret"), "{product}");
        }
        if product == Product::Crowd {
            continue;
        }
        // A token is another way in.
        config.credentials = Credentials::Token {
            token: "admin-token".to_owned(),
        };
        products::connect(&config).unwrap().probe().await.unwrap();
    }
}

/// Jira and Confluence answer an expired token as they answer strangers. Were that
/// believed, every account would seem to be gone.
#[tokio::test]
async fn a_token_that_is_not_known_is_never_an_empty_directory() {
    for product in DATA_CENTER {
        let (simulator, _) = start(simulated(product).anonymous_access(), product).await;
        let mut config = target(product, simulator.base_url());
        config.credentials = Credentials::Token {
            token: "expired".to_owned(),
        };
        let connector = products::connect(&config).unwrap();
        let found = connector.find_account("ann").await;
        assert!(
            matches!(found, Err(ConnectorError::Unauthorized(_))),
            "{product}: {found:?}"
        );
        let probed = connector.probe().await;
        assert!(
            matches!(probed, Err(ConnectorError::Unauthorized(_))),
            "{product}: {probed:?}"
        );
    }
}

/// An answer above the limit is given up, not collected.
#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let written = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = stream.read(&mut [0; 4096]).await.unwrap();
        assert_ne!(asked, 0, "a call before its answer");
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[";
        stream.write_all(head).await.unwrap();
        let spaces = vec![b' '; 1 << 20];
        let mut written = 0_usize;
        // Ends when the client hangs up.
        while stream.write_all(&spaces).await.is_ok() {
            written += 1;
        }
        written
    });
    let connector = products::connect(&target(PRODUCTS[0], &format!("http://{address}"))).unwrap();
    let failed = connector.find_account("ann").await;
    assert!(
        matches!(&failed, Err(ConnectorError::Unavailable(text)) if text.contains("limit")),
        "{failed:?}"
    );
    drop(connector);
    // 8 MiB, and what lies in the sockets' buffers.
    assert!(written.await.unwrap() < 64);
}

/// Bitbucket takes a new account's password in the query; it shows up in no error.
#[tokio::test]
async fn no_error_tells_a_secret() {
    for product in EVERY {
        for kind in [FaultKind::Status(500), FaultKind::Status(400), FaultKind::Reset] {
            let (simulator, connector) = fresh(product).await;
            simulator.faults().push(Fault::once("POST ", kind));
            let error = connector
                .create_account(&called(product, "ann"))
                .await
                .unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("aA1!") && !shown.contains("password="), "{shown}");
        }
        let config = format!("{:?}", target(product, "http://localhost"));
        let secrets = ["password: \"admin\"", "admin-token"];
        assert!(!secrets.iter().any(|it| config.contains(it)), "{config}");
    }
}

#[tokio::test]
async fn an_account_without_rights_is_told_so() {
    for product in DATA_CENTER {
        let simulator = Simulator::start(simulated(product)).await.unwrap();
        simulator
            .state()
            .seed_account(tidegate_simulators::SimAccount::new("joe"));
        simulator.state().set_password("joe", "joe");
        let mut config = target(product, simulator.base_url());
        config.credentials = Credentials::Basic {
            username: "joe".to_owned(),
            password: "joe".to_owned(),
        };
        let refused = products::connect(&config).unwrap().probe().await;
        // Bitbucket answers 401 to both questions.
        assert!(
            matches!(
                refused,
                Err(ConnectorError::Forbidden(_) | ConnectorError::Unauthorized(_))
            ),
            "{product}: {refused:?}"
        );
    }
}

#[test]
fn a_base_url_that_cannot_be_used_is_refused_without_a_call() {
    for base_url in [
        "",
        "jira.example.com",
        "ftp://jira.example.com",
        "http://u:p@jira",
        "http://jira/?a=b",
        "http://a b",
    ] {
        let refused = products::connect(&target(PRODUCTS[0], base_url)).map(|_| ());
        assert!(
            matches!(refused, Err(ConnectorError::Refused(_))),
            "{base_url:?}: {refused:?}"
        );
    }
}
