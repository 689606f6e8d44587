//! Fifty swaps under sixteen clients.
//!
//! Three versions take turns. Two are the standard policy with a colour in every name it gives,
//! so that one request's rows tell which settings decided each of them; the third is `echo`,
//! which wants one group called `misbehave` and no accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use tidegate_directory::target::Product;
use tidegate_okta::{Answer, OktaClient};
use tokio::task::JoinSet;

use crate::world::{APP, World, until_true};

const CLIENTS: usize = 16;
const SWAPS: usize = 50;
/// Requests answered between two swaps, so that every version decides.
const BETWEEN: usize = 12;
const COLOURS: [&str; 3] = ["red", "blue", "echo"];

/// What the clients see of the swapping. `begun` runs ahead of `done` while one is under way.
#[derive(Default)]
struct Swaps {
    begun: AtomicUsize,
    done: AtomicUsize,
    answered: AtomicUsize,
    over: AtomicBool,
}

/// A write, and which versions may have decided it: those from the one that was active when it
/// was sent to the one that may have become active when it was answered.
struct Written {
    request: String,
    is_rename: bool,
    possible: BTreeSet<&'static str>,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_and_each_is_decided_by_one_version() {
    let world = World::with_product(Product::Jira).await;
    let swaps = Arc::new(Swaps::default());
    let mut digests = BTreeMap::new();
    swap(&world, &swaps, &mut digests).await;

    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(write_without_pause(world.okta(), client, Arc::clone(&swaps)));
    }
    for _ in 1..=SWAPS {
        let seen = swaps.answered.load(Ordering::SeqCst);
        until_true("the clients go on", || {
            swaps.answered.load(Ordering::SeqCst) >= seen + BETWEEN
        })
        .await;
        swap(&world, &swaps, &mut digests).await;
    }
    swaps.over.store(true, Ordering::SeqCst);
    let written: Vec<Written> = clients.join_all().await.into_iter().flatten().collect();
    assert!(written.len() > SWAPS * BETWEEN / 2, "{} writes", written.len());

    // Every version but the last was let go once its requests were done.
    until_true("replaced versions retire", || {
        count(&world.database(), "state = 'draining'") == 0
    })
    .await;
    assert_eq!(count(&world.database(), "state = 'active'"), 1);
    assert_eq!(digests.len(), COLOURS.len());
    let mut decided: BTreeMap<&str, usize> = BTreeMap::new();
    let database = world.database();
    for write in &written {
        *decided.entry(decided_by(&database, write, &digests)).or_default() += 1;
    }
    assert!(
        COLOURS
            .iter()
            .all(|colour| decided.get(colour).is_some_and(|count| *count > 20)),
        "{decided:?}"
    );
    world.admin.converged(APP).await;
}

/// Deploys and activates the next version.
async fn swap(world: &World, swaps: &Swaps, digests: &mut BTreeMap<String, &'static str>) {
    let number = swaps.done.load(Ordering::SeqCst) + 1;
    let colour = COLOURS[number % COLOURS.len()];
    let (component, settings) = match colour {
        "echo" => (
            tidegate_guests::MISBEHAVE,
            json!({"behaviour": "echo", "tag": "echo"}),
        ),
        _ => (tidegate_guests::STANDARD, rules(colour)),
    };
    let version = world
        .admin
        .deploy(APP, component, settings)
        .await
        .expect("deploys");
    swaps.begun.store(number, Ordering::SeqCst);
    world
        .admin
        .activate(APP, version.number, false)
        .await
        .expect("activates");
    swaps.done.store(number, Ordering::SeqCst);
    let service = &world.server.as_ref().expect("a server").service;
    let app = service.apps().by_name(APP).expect("the app").seq;
    let active = service.registry.current(app).expect("a version");
    digests.insert(active.digest().to_owned(), colour);
}

fn rules(colour: &str) -> Value {
    json!({
        "username-rules": [{"pattern": "^(.*)@.*$", "replacement": format!("$1.{colour}")}],
        "groups": {"mapping": [{"from": "^(.*)$", "regex": true, "to": [format!("{colour} $1")]}]},
        "default-groups": [format!("{colour} everybody")],
    })
}

/// Users, groups of one, renames (two questions in one request), and reads in between.
async fn write_without_pause(okta: OktaClient, client: usize, swaps: Arc<Swaps>) -> Vec<Written> {
    let mut written = Vec::new();
    let mut round = 0;
    while !swaps.over.load(Ordering::SeqCst) {
        round += 1;
        let login = format!("p{client}-{round}@tidal.example");
        let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": login,
            "emails": [{"value": login, "type": "work", "primary": true}]});
        let (user, write) = send(&okta, &swaps, Method::POST, "/Users", &user).await;
        written.push(write);
        let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": format!("g{client}-{round}"), "members": [{"value": user.body["id"]}]});
        let (group, write) = send(&okta, &swaps, Method::POST, "/Groups", &group).await;
        let id = group.body["id"].as_str().expect("an id");
        if round % 2 == 0 {
            written.push(write);
        } else {
            let rename = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations":
                [{"op": "replace", "value": {"id": id, "displayName": format!("renamed {client}-{round}")}}]});
            let (_, write) = send(&okta, &swaps, Method::PATCH, &format!("/Groups/{id}"), &rename).await;
            written.push(Written {
                is_rename: true,
                ..write
            });
        }
        let read = okta
            .send(Method::GET, &format!("/Groups/{id}"), None)
            .await
            .expect("an answer");
        assert_eq!(read.status, 200, "{}", read.text);
    }
    assert_eq!(
        okta.totals().failures,
        0,
        "{:?}",
        okta.exchanges().iter().find(|exchange| exchange.is_failure())
    );
    written
}

async fn send(
    okta: &OktaClient,
    swaps: &Swaps,
    method: Method,
    path: &str,
    body: &Value,
) -> (Answer, Written) {
    let first = swaps.done.load(Ordering::SeqCst);
    let answer = okta.send(method, path, Some(body)).await.expect("an answer");
    let last = swaps.begun.load(Ordering::SeqCst);
    swaps.answered.fetch_add(1, Ordering::SeqCst);
    assert!(answer.is_success(), "{}", answer.text);
    let request = answer.headers["x-request-id"].to_str().expect("an id").to_owned();
    let possible = (first..=last)
        .map(|number| COLOURS[number % COLOURS.len()])
        .collect();
    (
        answer,
        Written {
            request,
            is_rename: false,
            possible,
        },
    )
}

/// The one version that made every row of a request.
fn decided_by<'a>(database: &Connection, write: &Written, digests: &BTreeMap<String, &'a str>) -> &'a str {
    // What the request let go still has the name that another version gave it.
    const ROWS: &str = "
        SELECT policy, username FROM account WHERE request = ?1
        UNION ALL SELECT policy, CASE state WHEN 'present' THEN name END FROM directory_group WHERE request = ?1
        UNION ALL SELECT m.policy, CASE m.wanted WHEN 1 THEN g.name END FROM membership m
            JOIN directory_group g ON g.seq = m.grp WHERE m.request = ?1";
    let mut statement = database.prepare_cached(ROWS).expect("prepares");
    let rows = statement
        .query_map([&write.request], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("reads");
    let rows: Vec<(String, Option<String>)> = rows.collect::<Result<_, _>>().expect("rows");
    let (steps, action): (String, String) = database
        .query_row(
            "SELECT detail, action FROM audit WHERE request = ?1",
            [&write.request],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .expect("exactly one audit line");
    let by: BTreeSet<&str> = rows.iter().map(|(policy, _)| digests[policy]).collect();
    // A request that left no row was answered by the version that wants nothing new.
    let by = if by.is_empty() {
        BTreeSet::from(["echo"])
    } else {
        by
    };
    assert_eq!(by.len(), 1, "{action} {}: {rows:?}", write.request);
    let colour = by.into_iter().next().expect("one");
    for name in rows.iter().filter_map(|(_, name)| name.as_deref()) {
        let told = COLOURS
            .iter()
            .filter(|known| name.contains(**known))
            .collect::<Vec<_>>();
        assert!(
            told.is_empty() && colour == "echo" || told == [&colour],
            "{action} by {colour}: {rows:?}"
        );
    }
    assert!(
        write.possible.contains(colour),
        "{action} by {colour}, not {:?}: {steps}",
        write.possible
    );
    assert!(!write.is_rename || action == "group.update", "{action}");
    colour
}

fn count(database: &Connection, condition: &str) -> i64 {
    let query = format!("SELECT count(*) FROM policy_version WHERE {condition}");
    database.query_row(&query, [], |row| row.get(0)).expect("counts")
}
