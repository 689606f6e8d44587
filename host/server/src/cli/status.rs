//! `tidegate status`.

use clap::Args;
use http::Method;
use serde_json::Value;
use tidegate_store::status::Failure;

use super::table;
use crate::admin::answers::{AppStatus, Status, TargetLine};
use crate::admin::socket::Administration;
use crate::clock::rfc3339;

#[derive(Debug, Args)]
pub(crate) struct StatusCommand {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl StatusCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        let status: Status = administration.call(Method::GET, "/status", &Value::Null).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&status)?);
            return Ok(());
        }
        for app in &status.apps {
            show(app);
        }
        Ok(())
    }
}

fn show(app: &AppStatus) {
    let policy = app
        .app
        .policy
        .as_deref()
        .unwrap_or("no policy: writes are refused");
    println!(
        "{}: {} users, {} groups, {policy}",
        app.app.name, app.app.users, app.app.groups
    );
    if app.restating {
        println!("deciding anew for everything that is stored");
    }
    let row = |line: &TargetLine| {
        let counts = |name: &str| {
            line.rows
                .totals()
                .iter()
                .find(|(state, _)| *state == name)
                .map_or(0, |(_, count)| *count)
                .to_string()
        };
        let state = match (&line.stopped, &line.brake, &line.resting) {
            (Some(why), ..) => format!("stopped: {why}"),
            (None, Some(_), _) => "braked: see tidegate brake status".to_owned(),
            (None, None, Some((why, until))) => format!("left alone until {}: {why}", rfc3339(*until)),
            (None, None, None) => "runs".to_owned(),
        };
        vec![
            line.name.clone(),
            line.product.clone(),
            counts("applied"),
            counts("pending"),
            counts("waiting"),
            counts("parked"),
            counts("held"),
            state,
        ]
    };
    let rows: Vec<_> = app.targets_status.iter().map(row).collect();
    if !rows.is_empty() {
        table::print(
            &[
                "target", "product", "applied", "pending", "waiting", "parked", "held", "state",
            ],
            &rows,
        );
    }
    for target in &app.targets_status {
        let row = |failure: &Failure| {
            let state = match (failure.parked, failure.kind.as_str()) {
                (true, _) => "parked",
                (false, "seats-exhausted") => "waits for a seat",
                (false, _) => "tried again",
            };
            vec![
                target.name.clone(),
                format!("{} {}", failure.object, failure.name),
                state.to_owned(),
                failure.attempts.to_string(),
                failure.error.clone(),
            ]
        };
        let rows: Vec<_> = target.failures.iter().map(row).collect();
        if !rows.is_empty() {
            table::print(&["target", "what", "state", "tries", "the product says"], &rows);
        }
    }
    println!();
}
