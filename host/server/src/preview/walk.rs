//! Deciding anew for everything in a copy, in the order in which it would be done for real: who
//! gets a contested name is the same.

use std::sync::Arc;
use std::time::Duration;

use tidegate_runtime::Version;
use tidegate_scim::error::ScimError;
use tidegate_store::StoreError;

use super::report::{Progress, Refused};
use crate::apps::App;
use crate::change::{Change, Scene, group, user};

/// Resources read at a time.
const PORTION: u64 = 200;

/// Examples of what is refused, by kind.
const EXAMPLES: usize = 10;

/// Times that a decision is asked for while all sandboxes are busy, and how long between.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// How many there were, and what was refused.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) users: u64,
    pub(super) groups: u64,
    pub(super) refused: Vec<Refused>,
}

/// Decides about every user, then about every group.
pub(super) async fn walk(
    scene: &Scene<'_>,
    app: &Arc<App>,
    version: &Arc<Version>,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Walked, StoreError> {
    let row = scene.store.app(app.seq)?;
    let of = row.users + row.groups;
    let mut walked = Walked::default();
    let mut after = 0;
    loop {
        let portion = scene.store.users_after(app.seq, after, PORTION)?;
        let Some(last) = portion.last() else { break };
        after = last.seq;
        for row in &portion {
            let outcome = decide(scene, app, version, &row.id, true).await;
            walked.note(outcome, || named(&row.doc, "userName", &row.id));
            walked.users += 1;
        }
        progress(Progress {
            done: walked.users,
            of,
        });
    }
    let mut after = 0;
    loop {
        let portion = scene.store.groups_after(app.seq, after, PORTION)?;
        let Some(last) = portion.last() else { break };
        after = last.seq;
        for row in &portion {
            let outcome = decide(scene, app, version, &row.id, false).await;
            walked.note(outcome, || named(&row.doc, "displayName", &row.id));
            walked.groups += 1;
            progress(Progress {
                done: walked.users + walked.groups,
                of,
            });
        }
    }
    Ok(walked)
}

async fn decide(
    scene: &Scene<'_>,
    app: &Arc<App>,
    version: &Arc<Version>,
    id: &str,
    is_user: bool,
) -> Result<(), ScimError> {
    let request = uuid::Uuid::now_v7().to_string();
    let mut tries = 0;
    loop {
        let change = Change::on(scene.clone(), app, &request, Arc::clone(version));
        let outcome = match is_user {
            true => user::restate(&change, id).await,
            false => group::restate(&change, id).await,
        };
        tries += 1;
        match outcome {
            Err(error) if error.status == 429 && tries < TRIES => tokio::time::sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
}

impl Walked {
    fn note(&mut self, outcome: Result<(), ScimError>, name: impl FnOnce() -> String) {
        let Err(error) = outcome else { return };
        let kind = match error.status {
            409 => "conflict",
            429 => "put off",
            500.. => "failure",
            _ => "rejection",
        };
        let known = self.refused.iter().position(|refused| refused.kind == kind);
        let at = known.unwrap_or_else(|| {
            self.refused.push(Refused {
                kind: kind.to_owned(),
                count: 0,
                examples: Vec::new(),
            });
            self.refused.len() - 1
        });
        let Some(refused) = self.refused.get_mut(at) else {
            return;
        };
        refused.count += 1;
        if refused.examples.len() < EXAMPLES {
            // The cause is for the administrator who asks; the other side would get a request id.
            let cause = error.internal.unwrap_or(error.detail);
            refused.examples.push(format!("{}: {cause}", name()));
        }
    }
}

fn named(doc: &tidegate_scim::Document, attribute: &str, id: &str) -> String {
    let name = doc.get(attribute).and_then(|value| value.as_str());
    name.unwrap_or(id).to_owned()
}
