//! The products: whether they answer, what time they have, and what waits for them.

use std::time::Duration;

use futures::future::join_all;
use tidegate_directory::products;

use super::{Finding, bad, good, note};
use crate::apps::{App, Target};
use crate::clock::rfc3339;
use crate::metrics::TargetLabels;
use crate::service::Service;

/// Seconds by which clocks may differ: tokens and cursors end by ours, a product's answer by its own.
const APART: i64 = 60;
/// Rows that may wait before somebody should look.
const BACKLOG: u64 = 10_000;
/// For one product. Its own limit may be longer.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn look(service: &Service) -> Vec<Finding> {
    let apps = service.apps();
    let looks = apps
        .all()
        .into_iter()
        .flat_map(|app| app.targets.iter().map(move |target| one(service, app, target)));
    // All at once: there are a handful, and the slowest says how long it takes.
    join_all(looks).await.into_iter().flatten().collect()
}

async fn one(service: &Service, app: &App, target: &Target) -> Vec<Finding> {
    let name = &target.config.name;
    let what = match app.name == crate::setup::FIRST_APP {
        true => name.clone(),
        false => format!("{name} of {}", app.name),
    };
    if let Some(why) = target.stopped() {
        let remedy = format!("mend its credentials (target add), then tidegate target test {name}");
        // Not asked: it would count as another failed log-in.
        let mut findings = vec![bad(what.clone(), format!("is stopped: {why}"), remedy)];
        findings.extend(waiting(service, target, &what));
        return findings;
    }
    let mut findings = vec![answers(target, &what).await];
    findings.extend(clock(service, name, &what));
    findings.extend(waiting(service, target, &what));
    findings
}

async fn answers(target: &Target, what: &str) -> Finding {
    let asked = async { products::probe(&target.config, target.connector()?.as_ref()).await };
    let remedy = format!("tidegate target test {} shows more", target.config.name);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(info)) if info.seats_left == Some(0) => bad(
            what,
            format!("answers, version {}; no licence seat is left", info.version),
            "free seats, or buy some: new accounts wait",
        ),
        Ok(Ok(info)) => good(what, format!("answers, version {}", info.version)),
        Ok(Err(error)) => bad(what, error.to_string(), remedy),
        Err(_) => bad(what, format!("no answer within {} s", PATIENCE.as_secs()), remedy),
    }
}

/// What the probe's answers said of the time.
fn clock(service: &Service, name: &str, what: &str) -> Option<Finding> {
    let labels = TargetLabels {
        target: name.to_owned(),
    };
    let ahead = service.metrics.clock_offset.get(&labels)?.get();
    let what = format!("clock and {what}");
    Some(if ahead.abs() <= APART {
        good(what, "agree")
    } else {
        let seen = match ahead > 0 {
            true => format!("ours is {ahead} s ahead"),
            false => format!("ours is {} s behind", ahead.saturating_neg()),
        };
        bad(
            what,
            seen,
            "let both machines follow a time server (chrony, systemd-timesyncd)",
        )
    })
}

fn waiting(service: &Service, target: &Target, what: &str) -> Vec<Finding> {
    let name = &target.config.name;
    let mut findings = Vec::new();
    match service.store.brake(target.seq) {
        Ok(Some(pulled)) => findings.push(bad(
            format!("brake of {what}"),
            format!(
                "is pulled: {} users, {} are allowed",
                pulled.users, pulled.allowed
            ),
            "tidegate brake status; then brake release, or go back to the rules before",
        )),
        Ok(None) => {}
        Err(error) => findings.push(bad(
            format!("brake of {what}"),
            error.to_string(),
            "look at the disk",
        )),
    }
    let what = format!("backlog of {what}");
    match service.store.target_status(target.seq) {
        Ok(status) if status.parked() > 0 => findings.push(bad(
            what,
            format!("refused, waiting for you: {}", status.parked()),
            format!(
                "tidegate status has the product's words; then tidegate target test {name} --retry-failed"
            ),
        )),
        Ok(status) if status.pending() > BACKLOG => findings.push(bad(
            what,
            format!("waiting for the product: {}", status.pending()),
            "the product is slow, or down; --concurrency of target add allows more calls at once",
        )),
        Ok(status) => findings.push(good(
            what,
            format!("waiting for the product: {}", status.pending()),
        )),
        Err(error) => findings.push(bad(what, error.to_string(), "look at the disk")),
    }
    if let Some((why, until)) = target.resting() {
        let what = format!("rest of {name}");
        findings.push(note(
            what,
            format!("left alone until {}: {why}", rfc3339(until)),
            "",
        ));
    }
    findings
}
