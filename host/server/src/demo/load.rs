//! Okta that does not pause: profile updates, one after the other, while the rules change.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_okta::{OktaClient, Profile, Session};
use tokio::task::JoinSet;

/// People whose profiles change all the time.
const PEOPLE: [(&str, &str, &str); 4] = [
    ("ada.lovelace@tidal.example", "Ada", "Lovelace"),
    ("grace.hopper@tidal.example", "Grace", "Hopper"),
    ("hedy.lamarr@tidal.example", "Hedy", "Lamarr"),
    ("mary.jackson@tidal.example", "Mary", "Jackson"),
];

/// Clients that write until told to stop.
#[derive(Debug)]
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    clients: JoinSet<(usize, usize)>,
}

/// Starts one client per person.
pub(super) fn start(okta: &OktaClient, session: &Session) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for (login, given, family) in PEOPLE {
        let Some(id) = session.user_id(login).map(str::to_owned) else {
            continue;
        };
        let (okta, stop) = (okta.clone(), Arc::clone(&stop));
        clients.spawn(async move {
            let (mut done, mut failed) = (0, 0);
            while !stop.load(Ordering::Relaxed) {
                let profile = Profile::new(login, given, family).title(&format!("Title number {done}"));
                match okta.update(&id, &profile).await {
                    Ok(_) => done += 1,
                    Err(error) => {
                        println!("  ✗ {login}: {error}");
                        failed += 1;
                    }
                }
            }
            (done, failed)
        });
    }
    Load { stop, clients }
}

impl Load {
    /// Stops the clients and says what they saw; gives back how many updates failed.
    pub(super) async fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        let results = self.clients.join_all().await;
        let (done, failed) = results
            .iter()
            .fold((0, 0), |sum, result| (sum.0 + result.0, sum.1 + result.1));
        println!(
            "  {done} profiles were written by {} clients meanwhile; {failed} requests failed",
            PEOPLE.len()
        );
        failed
    }
}
