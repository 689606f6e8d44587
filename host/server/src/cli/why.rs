//! `tidegate why`.

use clap::Args;
use http::Method;
use serde_json::Value;

use super::{segment, table};
use crate::admin::answers::{WhyLine, WhyUser};
use crate::admin::socket::Administration;
use crate::clock::rfc3339;
use crate::setup::FIRST_APP;

#[derive(Debug, Args)]
pub(crate) struct WhyCommand {
    /// Whose: a `userName`, a SCIM id, or the username of an account.
    user: String,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl WhyCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        let path = format!("/apps/{}/why/{}", segment(&self.app), segment(&self.user));
        let users: Vec<WhyUser> = administration.call(Method::GET, &path, &Value::Null).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&users)?);
            return Ok(());
        }
        for user in &users {
            match &user.id {
                Some(id) => println!("{} ({id})", user.name),
                None => println!("{} (deleted; what is left to do)", user.name),
            }
            if user.rows.is_empty() {
                println!("no rule wants anything for this user in any target");
            }
            let rows: Vec<_> = user.rows.iter().map(|row| cells(row, true)).collect();
            if !rows.is_empty() {
                table::print(
                    &[
                        "target", "what", "wanted", "there", "because", "asked by", "decided", "by",
                        "request", "result",
                    ],
                    &rows,
                );
            }
            println!();
        }
        Ok(())
    }
}

/// A row for people; the request is for who reads logs.
fn cells(line: &WhyLine, with_request: bool) -> Vec<String> {
    let row = &line.row;
    let mut cells = vec![
        line.target.clone(),
        format!("{} {}", row.object, row.name),
        row.wanted.clone(),
        row.applied.clone(),
        row.reason.clone(),
        asked_by(line),
        rfc3339(row.changed_ms),
        line.decided_by.clone().unwrap_or_default(),
    ];
    if with_request {
        cells.push(row.request.clone());
    }
    cells.push(result(line, rfc3339));
    cells
}

/// By which groups.
pub(crate) fn asked_by(line: &WhyLine) -> String {
    let own = |name: &String| match name.is_empty() {
        true => "the user's own rules".to_owned(),
        false => name.clone(),
    };
    line.row.asked_by.iter().map(own).collect::<Vec<_>>().join(", ")
}

/// What came of it, with times as they are written by `time`.
pub(crate) fn result(line: &WhyLine, time: impl FnOnce(i64) -> String) -> String {
    let row = &line.row;
    let done = row.applied_ms.map(time);
    match (&row.error, row.parked, row.held) {
        (Some(error), true, _) => format!("refused for good: {error}"),
        (Some(error), false, _) => format!("tried {} times: {error}", row.attempts),
        (None, _, true) => "waits for the brake".to_owned(),
        (None, _, false) => match done {
            Some(done) if done_as_wanted(line) => format!("done {done}"),
            _ => "to be done".to_owned(),
        },
    }
}

/// Whether what is there is what is wanted.
fn done_as_wanted(line: &WhyLine) -> bool {
    let row = &line.row;
    row.wanted == row.applied
        || matches!(
            (row.wanted.as_str(), row.applied.as_str()),
            ("ensured", "active" | "suspended") | ("removed" | "suspended", "absent") | ("released", _)
        )
}
