//! The story as it is told on the terminal.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context;
use tidegate_okta::{OktaClient, Session};
use tidegate_runtime::grants::Grants;

use super::products::Simulated;
use crate::cli::table;
use crate::clock::now_ms;
use crate::config::Config;
use crate::policies::{Deployment, STANDARD, Vouched};
use crate::server::Server;
use crate::setup::{FIRST_APP, NewApp};

/// Seconds that the targets get to be as desired.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn heading(text: &str) {
    println!("\n── {text} ──");
}

pub(super) fn introduce(products: &[Simulated], app: &NewApp) {
    println!("Tidegate stands between Okta and the Atlassian tools.");
    println!("\n  {:<20} {}", "Okta is told", app.base_url);
    for product in products {
        println!(
            "  {:<20} {}",
            format!("simulated {}", product.product),
            product.simulator.base_url()
        );
    }
}

/// Deploys the standard policy with other settings and activates it.
pub(super) async fn deploy(server: &Server, what: &str, settings: &str, restate: bool) -> anyhow::Result<()> {
    let service = &server.service;
    let apps = service.apps();
    let app = apps.by_name(FIRST_APP).context("there is no app")?;
    let deployment = Deployment {
        component: STANDARD.to_vec(),
        settings: settings.into(),
        grants: Grants::default(),
        vouched: Vouched::default(),
    };
    let version = service.deploy(app, deployment).await?;
    let version = service.activate(app, version.number, None).await?;
    println!("  ✓ version {} of the policy decides now: {what}", version.number);
    if restate {
        service.restate(app.seq, "new rules").await?;
    }
    Ok(())
}

/// Adds the products as targets.
pub(super) async fn connect(server: &Server, products: &[Simulated]) -> anyhow::Result<()> {
    let service = &server.service;
    let app = service.apps().by_name(FIRST_APP).context("there is no app")?.seq;
    for product in products {
        service.store.put_target(app, &product.target(), now_ms()).await?;
    }
    service.reload_apps()?;
    println!("  ✓ {} targets are connected", products.len());
    Ok(())
}

/// Plays one act of the session; gives back how many steps failed.
pub(super) async fn act(session: &mut Session, act: usize, okta: &OktaClient) -> usize {
    let title = session
        .acts()
        .get(act)
        .map(|act| act.title.clone())
        .unwrap_or_default();
    heading(&title);
    let report = |title: &str, result: &Result<String, tidegate_okta::OktaError>| match result {
        Ok(outcome) => println!("  ✓ {title}: {outcome}"),
        Err(error) => println!("  ✗ {title}: {error}"),
    };
    session.run_act(act, okta, report).await
}

/// Waits until every target is as desired.
pub(super) async fn settle(server: &Server) -> anyhow::Result<()> {
    let service = &server.service;
    let settled = async {
        loop {
            let mut open = 0;
            for app in service.apps().all() {
                open += u64::from(service.store.restatement(app.seq)?.is_some());
                for target in &app.targets {
                    open += service.store.target_status(target.seq)?.pending();
                }
            }
            if open == 0 {
                return anyhow::Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, settled)
        .await
        .context("the targets did not become as desired")??;
    println!("  ✓ every target is as desired");
    Ok(())
}

/// What each product holds.
pub(super) fn show(products: &[Simulated]) {
    let mut heading: Vec<&str> = vec!["account"];
    heading.extend(products.iter().map(|product| product.product.as_str()));
    let accounts: BTreeSet<String> = products
        .iter()
        .flat_map(|product| product.simulator.state().accounts())
        .map(|account| account.name)
        .collect();
    let row = |name: &String| {
        let mut row = vec![name.clone()];
        row.extend(products.iter().map(|product| product.state_of(name).to_owned()));
        row
    };
    println!();
    table::print(&heading, &accounts.iter().map(row).collect::<Vec<_>>());

    let groups: BTreeSet<String> = products.iter().flat_map(Simulated::groups).collect();
    let row = |group: &String| {
        let members: Vec<Vec<String>> = products
            .iter()
            .map(|product| product.simulator.state().members(group))
            .collect();
        let mut row = vec![group.clone()];
        row.extend(members.iter().map(|members| members.len().to_string()));
        let names: BTreeSet<&String> = members.iter().flatten().collect();
        row.push(
            names
                .into_iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" "),
        );
        row
    };
    if let Some(first) = heading.first_mut() {
        *first = "members of";
    }
    heading.push("who");
    println!();
    table::print(&heading, &groups.iter().map(row).collect::<Vec<_>>());
}

pub(super) fn sum_up(okta: &OktaClient) {
    let totals = okta.totals();
    println!(
        "\n  Okta sent {} requests; {} failed.",
        totals.requests, totals.failures
    );
}

pub(super) fn leave_running(app: &NewApp, server: &Server, products: &[Simulated], config: &Config) {
    println!("\nEverything stays up for a look; Ctrl-C ends it.");
    if let Some(link) = &server.setup_link {
        println!("  pages: {link} (choose a name and a password)");
    }
    println!("  SCIM base URL: {}", app.base_url);
    println!("  SCIM bearer token: {}", app.token);
    for product in products {
        println!(
            "  {}: {} (admin / admin)",
            product.product,
            product.simulator.base_url()
        );
    }
    println!("  tidegate status --data-dir {}", config.data_dir.display());
}
