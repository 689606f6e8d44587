//! Reading everything a product holds, page by page, into the database.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_simulators::{SimAccount, SimProduct, Simulator, SimulatorConfig};

use crate::resident_mib;
use crate::seed::World;
use crate::table::{Promise, figure, promise};

const ACCOUNTS: usize = 100_000;
const GROUPS: usize = 5_000;
/// Members of each group.
const MEMBERS: usize = 20;

pub(crate) async fn run() {
    let jira = Simulator::start(SimulatorConfig::new(SimProduct::Jira))
        .await
        .unwrap();
    let state = jira.state();
    for number in 0..ACCOUNTS {
        state.seed_account(SimAccount::new(&format!("account-{number}")));
    }
    for number in 0..GROUPS {
        let group = format!("group-{number}");
        state.seed_group(&group);
        for member in 0..MEMBERS {
            state.add_member(
                &group,
                &format!("account-{}", (number * MEMBERS + member) % ACCOUNTS),
            );
        }
    }
    let world = World::new(1, 0).await;
    let service = &world.server.service;
    let credentials = Credentials::Basic {
        username: "admin".into(),
        password: "admin".into(),
    };
    let target = TargetConfig::new("read", Product::Jira, jira.base_url(), credentials);
    service
        .store
        .put_target(world.app, &target, tidegate::clock::now_ms())
        .await
        .unwrap();
    service.reload_apps().unwrap();
    let apps = service.apps();
    let target = apps.all()[0].target("read").unwrap();

    let before = resident_mib();
    let most = AtomicU64::new(0);
    let calls = state.requests_served();
    let began = Instant::now();
    let progress = |_| {
        // Tenths of a MiB, in whole numbers.
        let now = (resident_mib() * 10.0) as u64;
        most.fetch_max(now, Ordering::Relaxed);
    };
    service.read_target(target, true, &progress).await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let calls = state.requests_served() - calls;
    figure("read in", seconds, "s");
    figure("calls", calls as f64, "");
    figure("calls per second", calls as f64 / seconds, "per second");
    let grown = most.load(Ordering::Relaxed) as f64 / 10.0 - before;
    promise("memory it grew by at most, MiB", grown, &Promise::AtMost(64.0));

    let began = Instant::now();
    let drift = service.store.drift(target.seq).await.unwrap().unwrap();
    let discovered = service
        .store
        .discovered(world.app, target.seq)
        .await
        .unwrap()
        .unwrap();
    figure("both reports in", began.elapsed().as_secs_f64(), "s");
    assert_eq!(discovered.found.accounts as usize, ACCOUNTS + 1);
    assert!(drift.count("account", "unmanaged") as usize > ACCOUNTS);
    world.server.stop().await;
    jira.shutdown().await;
}
