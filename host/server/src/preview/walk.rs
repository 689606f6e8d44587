//! Deciding anew for everything in a copy, in the order in which it would be done for real: who
//! gets a contested name is the same.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt, stream};
use tidegate_runtime::Version;
use tidegate_scim::ResourceKind;
use tidegate_scim::error::ScimError;
use tidegate_store::StoreError;
use tidegate_store::users::UserRow;

use super::report::{Progress, Refused};
use crate::apps::App;
use crate::change::{Change, Decided, Scene, group, user};

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

/// Users about whom it is decided, and users who are being stored, at a time. The store's writer works
/// while the next are decided; commits are begun in order.
const DECIDING: usize = 4;
const STORING: usize = 64;

/// What is tried, on what.
pub(super) struct Trial<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) app: &'a Arc<App>,
    pub(super) version: &'a Arc<Version>,
}

impl Trial<'_> {
    /// Decides about every user, then about every group.
    pub(super) async fn walk(
        &self,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Walked, StoreError> {
        let (store, app) = (self.scene.store, self.app.seq);
        let row = store.app(app)?;
        let of = row.users + row.groups;
        let mut walked = Walked::default();
        let mut after = 0;
        loop {
            let mut portion = store.users_after(app, after, PORTION)?;
            let Some(last) = portion.last() else { break };
            after = last.seq;
            // No rule is asked about those that were discovered and never written.
            let mut offered = HashSet::new();
            for row in &portion {
                if store.is_offered(ResourceKind::User, row.seq)? {
                    offered.insert(row.seq);
                }
            }
            portion.retain(|row| !offered.contains(&row.seq));
            self.users(portion, &mut walked).await;
            progress(Progress {
                done: walked.users,
                of,
            });
        }
        let mut after = 0;
        loop {
            let portion = store.groups_after(app, after, PORTION)?;
            let Some(last) = portion.last() else { break };
            after = last.seq;
            for row in &portion {
                if store.is_offered(ResourceKind::Group, row.seq)? {
                    continue;
                }
                let outcome = self.group(&row.id).await;
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

    async fn users(&self, rows: Vec<UserRow>, walked: &mut Walked) {
        // Boxed: the compiler does not see by itself that a stream of borrowing futures may move between threads.
        let decided = stream::iter(rows)
            .map(|row| self.user(row).boxed())
            .buffered(DECIDING);
        let mut stored = decided
            .map(|decided| self.stored(decided).boxed())
            .buffered(STORING);
        while let Some((row, outcome)) = stored.next().await {
            walked.note(outcome, || named(&row.doc, "userName", &row.id));
            walked.users += 1;
        }
    }

    async fn user(&self, row: UserRow) -> Tried {
        let request = uuid::Uuid::now_v7().to_string();
        let mut tries = 0;
        let decided = loop {
            tries += 1;
            let decided = user::restated(&self.change(&request), &row.id).await;
            if !is_busy(&decided, tries).await {
                break decided;
            }
        };
        Tried {
            row,
            request,
            decided,
        }
    }

    async fn stored(&self, tried: Tried) -> (UserRow, Result<(), ScimError>) {
        let stored = match tried.decided {
            Ok(Some(decided)) => self.change(&tried.request).commit(decided).await.map(|_| ()),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        (tried.row, stored)
    }

    async fn group(&self, id: &str) -> Result<(), ScimError> {
        let request = uuid::Uuid::now_v7().to_string();
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome = group::restate(&self.change(&request), id).await;
            if !is_busy(&outcome, tries).await {
                return outcome;
            }
        }
    }

    fn change<'a>(&'a self, request: &'a str) -> Change<'a> {
        Change::on(self.scene.clone(), self.app, request, Arc::clone(self.version))
    }
}

/// A user about whom it was decided, or not.
struct Tried {
    row: UserRow,
    request: String,
    decided: Result<Option<Decided>, ScimError>,
}

/// Waits where all sandboxes are busy and it is worth another try.
async fn is_busy<T>(outcome: &Result<T, ScimError>, tries: usize) -> bool {
    let busy = tries < TRIES && outcome.as_ref().is_err_and(|error| error.status == 429);
    if busy {
        tokio::time::sleep(PAUSE).await;
    }
    busy
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
