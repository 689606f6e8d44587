//! `kill -9` in the middle of a thousand writes, ten times.
//!
//! What was acknowledged is never sent again, so it is there in the end only if it was durable.
//! What was not acknowledged is sent again, as Okta's tasks are.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;
use tidegate_okta::{Member, OktaClient, Profile};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::world::{
    APP, Admin, Org, Process, okta, person, printed, share_compiled, simulated, until, until_true,
};

const PEOPLE: usize = 500;
const CLIENTS: usize = 8;
const KILLS: usize = 10;
const GROUPS: usize = 5;

/// Work that clients take from each other, and what was acknowledged: login and SCIM id.
#[derive(Default)]
struct Work {
    todo: Mutex<VecDeque<Profile>>,
    acknowledged: Mutex<BTreeMap<String, String>>,
    writes: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_write_outlives_ten_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    share_compiled(&data_dir);
    let mut process = Process::serve(&data_dir);
    until_true("both lines are printed", || {
        printed(&process.stdout(), "SCIM bearer token").is_some()
    })
    .await;
    let url = printed(&process.stdout(), "SCIM base URL").expect("a base URL");
    let path = url.split_once("/scim/").expect("a SCIM base URL").1.to_owned();
    let token = printed(&process.stdout(), "SCIM bearer token").expect("a token");
    let connect = |address: &str| okta(&format!("http://{address}/scim/{path}"), &token);
    let admin = Admin::of(&data_dir);
    let products = simulated().await;
    for product in &products {
        admin.put_target(APP, &product.target("admin")).await;
    }

    let mut org = Org::default();
    let mut groups = Vec::new();
    for number in 0..GROUPS {
        let name = format!("Crew {number}");
        groups.push(
            connect(&process.address)
                .push_group(&name, &[])
                .await
                .expect("is pushed"),
        );
        org.set_members(&name, []);
    }
    let people: Vec<Profile> = (0..PEOPLE).map(|number| person(&format!("p{number}"))).collect();
    for (number, profile) in people.iter().enumerate() {
        org.assign(profile);
        org.join(&format!("Crew {}", number % GROUPS), &profile.login);
    }
    let work = Arc::new(Work {
        todo: Mutex::new(people.into()),
        ..Work::default()
    });

    let (moved, servers) = watch::channel(connect(&process.address));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(client(Arc::clone(&work), groups.clone(), servers.clone()));
    }
    for kill in 1..=KILLS {
        let enough = kill * 2 * PEOPLE / (KILLS + 1);
        until_true("writes are acknowledged", || {
            work.writes.load(Ordering::SeqCst) >= enough
        })
        .await;
        process.kill();
        process = Process::serve(&data_dir);
        assert!(!process.stdout().contains("token"), "a token is printed once");
        moved.send_replace(connect(&process.address));
    }
    let made_between = work.writes.load(Ordering::SeqCst);
    assert!(
        made_between < 2 * PEOPLE,
        "the last kill came before the last write"
    );
    clients.join_all().await;

    let okta = connect(&process.address);
    assert_present(&okta, &work, &groups).await;
    admin.converged(APP).await;
    org.assert_held_by(&products);
    assert!(process.terminate(), "ends well");
}

/// Assigns people and puts each into a group; a server that goes away is waited for.
async fn client(work: Arc<Work>, groups: Vec<String>, servers: watch::Receiver<OktaClient>) {
    loop {
        let Some(profile) = lock(&work.todo).pop_front() else {
            return;
        };
        let id = again(&servers, |okta| {
            let profile = profile.clone();
            async move { okta.assign(&profile).await.map(|assigned| assigned.id) }
        })
        .await;
        lock(&work.acknowledged).insert(profile.login.clone(), id.clone());
        work.writes.fetch_add(1, Ordering::SeqCst);
        let number: usize = profile.given_name[1..].parse().expect("a number");
        let (group, member) = (&groups[number % GROUPS], [Member::new(id, profile.login)]);
        again(&servers, |okta| {
            let (group, member) = (group.clone(), member.clone());
            async move { okta.add_members(&group, &member).await }
        })
        .await;
        work.writes.fetch_add(1, Ordering::SeqCst);
    }
}

/// Until it is acknowledged. A refusal is no reason to try again, it ends the test.
async fn again<T, F>(servers: &watch::Receiver<OktaClient>, mut task: impl FnMut(OktaClient) -> F) -> T
where
    F: Future<Output = Result<T, tidegate_okta::OktaError>>,
{
    until("the server is back", || {
        let trying = task(servers.borrow().clone());
        async {
            trying.await.map_err(|error| {
                assert_eq!(error.status(), None, "{error}");
                error.to_string()
            })
        }
    })
    .await
}

/// By the id that was acknowledged: a user who was lost and made again has another.
async fn assert_present(okta: &OktaClient, work: &Work, groups: &[String]) {
    let acknowledged = lock(&work.acknowledged).clone();
    let users = okta.import_users().await.expect("is imported");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let found: BTreeMap<String, String> = users
        .iter()
        .map(|user| (text(&user["userName"]), text(&user["id"])))
        .collect();
    assert_eq!(users.len(), PEOPLE, "nobody twice");
    assert!(
        found == acknowledged,
        "lost: {:?}",
        acknowledged
            .iter()
            .filter(|(login, id)| found.get(*login) != Some(id))
            .collect::<Vec<_>>()
    );
    let mut members = BTreeSet::new();
    for group in groups {
        let shown = okta
            .send(Method::GET, &format!("/Groups/{group}"), None)
            .await
            .expect("an answer")
            .body;
        members.extend(
            shown["members"]
                .as_array()
                .expect("members")
                .iter()
                .map(|member| text(&member["value"])),
        );
    }
    assert_eq!(
        members,
        acknowledged.into_values().collect(),
        "everybody is in a group"
    );
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
