//! The loop of one target.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tidegate_directory::connector::ConnectorError;
use tidegate_store::work::{Key, Outcome, Work};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::gate::{Gate, Noted, Room, Turn};
use super::row::{Row, Tried};
use crate::apps::{App, Target};
use crate::clock::now_ms;
use crate::metrics::{TargetLabels, TryLabels};
use crate::service::Service;

/// Longest sleep: a due time in the future is looked at again, should the wall clock jump.
const LOOK_AT_LEAST: Duration = Duration::from_secs(60);

/// Keeps one target as desired until told to stop.
pub(super) async fn run(service: Arc<Service>, seq: i64, stop: CancellationToken) {
    let mut this = Loop {
        service,
        seq,
        gate: Gate::new(1),
        trying: JoinSet::new(),
        in_flight: HashMap::new(),
    };
    while !stop.is_cancelled() {
        let apps = this.service.apps();
        let (Some(app), Some(target)) = (apps.having_target(seq), apps.target(seq)) else {
            break;
        };
        let sleep = this.begin(app, target);
        tokio::select! {
            () = stop.cancelled() => {}
            () = target.wake.notified() => {}
            () = tokio::time::sleep_until(sleep) => {}
            Some(tried) = this.trying.join_next_with_id(), if !this.trying.is_empty() => {
                this.finish(target, tried).await;
            }
        }
    }
    // Calls that are under way are bounded by their own time limit; what they did is
    // written down, so that the next start does not do it again.
    while let Some(tried) = this.trying.join_next_with_id().await {
        if let Some(target) = this.service.apps().target(seq).cloned() {
            this.finish(&target, tried).await;
        }
    }
}

/// Due rows read beyond those that there is room for, since some of them wait for others.
const SPARE: u64 = 64;

/// Whose memberships wait, since the account or the group itself is due.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Held {
    User(i64),
    Group(i64),
}

struct Loop {
    service: Arc<Service>,
    seq: i64,
    gate: Gate,
    trying: JoinSet<Tried>,
    in_flight: HashMap<Id, Key>,
}

impl Loop {
    /// Begins as many due rows as the target takes at once; says until when to sleep.
    fn begin(&mut self, app: &Arc<App>, target: &Arc<Target>) -> Instant {
        let now = now_ms();
        if target.stopped().is_some() {
            return Instant::now() + LOOK_AT_LEAST;
        }
        let paused_until_ms = target.paused_until_ms();
        if now < paused_until_ms {
            return after(paused_until_ms - now);
        }
        self.gate.bound(target.config.concurrency);
        let room = match self.gate.room(Instant::now(), self.trying.len()) {
            Room::Until(until) => return until,
            Room::For(0) => return Instant::now() + LOOK_AT_LEAST,
            Room::For(room) => room,
        };
        let full = self.trying.len() + room;
        // Rows in flight are due until their outcome is written, and some wait for others: ask for more.
        let due = self
            .service
            .store
            .due(self.seq, now, (room + self.trying.len()) as u64 + SPARE);
        match due {
            Ok(due) => {
                let mut held = HashSet::new();
                for work in due {
                    if self.trying.len() >= full {
                        break;
                    }
                    if self.may_begin(work.key, &mut held) {
                        self.spawn(app, target, work);
                    }
                }
            }
            Err(error) => {
                tracing::error!(target_name = target.config.name, %error, "due rows cannot be read");
                return after(1_000);
            }
        }
        if self.trying.len() >= full {
            return Instant::now() + LOOK_AT_LEAST;
        }
        match self.service.store.next_due(self.seq, now) {
            Ok(Some(due)) => after(due - now),
            _ => Instant::now() + LOOK_AT_LEAST,
        }
    }

    /// Whether a row can be worked on beside those that are. An account and its memberships
    /// are never worked on together: a group given to an account that is being suspended
    /// would stay, and with it the access. Nor are a group and its members. `held`: whose account or
    /// group is due.
    fn may_begin(&self, key: Key, held: &mut HashSet<Held>) -> bool {
        let busy = |matches: &dyn Fn(Key) -> bool| self.in_flight.values().any(|other| matches(*other));
        match key {
            Key::Account(user) => {
                held.insert(Held::User(user));
                !busy(&|other| matches!(other, Key::Account(one) | Key::Member(_, one) if one == user))
            }
            Key::Group(group) => {
                held.insert(Held::Group(group));
                !busy(&|other| matches!(other, Key::Group(one) | Key::Member(one, _) if one == group))
            }
            Key::Member(group, user) => {
                !held.contains(&Held::User(user))
                    && !held.contains(&Held::Group(group))
                    && !busy(&|other| {
                        other == key || other == Key::Account(user) || other == Key::Group(group)
                    })
            }
        }
    }

    fn spawn(&mut self, app: &Arc<App>, target: &Arc<Target>, work: Work) {
        let (app, target) = (Arc::clone(app), Arc::clone(target));
        let (store, key) = (self.service.store.clone(), work.key);
        let task = self.trying.spawn(async move {
            Row {
                app: &app,
                target: &target,
                store: &store,
                work: &work,
            }
            .work()
            .await
        });
        self.in_flight.insert(task.id(), key);
    }

    /// Writes down this outcome and all others that have come in.
    async fn finish(&mut self, target: &Arc<Target>, first: Result<(Id, Tried), tokio::task::JoinError>) {
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut ended: Vec<Id> = Vec::new();
        let mut next = Some(first);
        while let Some(tried) = next {
            match tried {
                Ok((id, tried)) => {
                    ended.push(id);
                    self.heed(target, &tried).await;
                    outcomes.push(tried.outcome);
                }
                Err(error) => {
                    tracing::error!(target_name = target.config.name, %error, "working on a row failed");
                    ended.push(error.id());
                }
            }
            next = self.trying.try_join_next_with_id();
        }
        // Rows leave the set after they are written: else they would be begun again.
        if let Err(error) = self.service.store.record(outcomes, now_ms()).await {
            tracing::error!(target_name = target.config.name, %error, "outcomes were not stored; the rows stay due");
        }
        for id in ended {
            self.in_flight.remove(&id);
        }
    }

    /// A product that does not answer is left alone for a while; when it is back, what failed for that is due.
    async fn notice(&mut self, target: &Target, error: Option<&ConnectorError>) {
        let noted = match error {
            Some(ConnectorError::Unavailable(_)) => Noted::Silent,
            Some(ConnectorError::RateLimited { .. }) => Noted::Busy,
            _ => Noted::Answered,
        };
        let turn = self.gate.note(Instant::now(), noted);
        let at_once = i64::try_from(self.gate.at_once()).unwrap_or(i64::MAX);
        let labels = TargetLabels {
            target: target.config.name.clone(),
        };
        self.service.metrics.at_once.get_or_create(&labels).set(at_once);
        match turn {
            Turn::None => {}
            Turn::Opened(pause) => {
                let words = error.map(ToString::to_string).unwrap_or_default();
                let millis = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                tracing::warn!(
                    target_name = target.config.name,
                    seconds = pause.as_secs(),
                    words,
                    "the product does not answer: it is left alone for a while"
                );
                target.rest(Some((words, now_ms().saturating_add(millis))));
            }
            Turn::Closed => {
                tracing::info!(target_name = target.config.name, "the product answers again");
                target.rest(None);
                let due = self.service.store.retry_unavailable(self.seq, now_ms()).await;
                if let Err(error) = due {
                    tracing::error!(target_name = target.config.name, %error, "rows were not made due");
                }
            }
        }
    }

    /// Some errors concern the whole target.
    async fn heed(&mut self, target: &Arc<Target>, tried: &Tried) {
        let outcome = tried.error.as_ref().map_or("applied", ConnectorError::kind);
        let labels = TryLabels {
            target: target.config.name.clone(),
            outcome: outcome.into(),
        };
        self.service.metrics.tries.get_or_create(&labels).inc();
        self.notice(target, tried.error.as_ref()).await;
        match &tried.error {
            None => {}
            Some(ConnectorError::RateLimited { retry_after_ms }) => {
                let wait = i64::try_from(*retry_after_ms).unwrap_or(i64::MAX);
                target.pause(now_ms().saturating_add(wait));
            }
            Some(ConnectorError::Unauthorized(text)) => {
                self.service.stop_target(target, text).await;
            }
            Some(error) => {
                let key = format!("{:?}", tried.outcome.key);
                tracing::warn!(target_name = target.config.name, row = key, %error, "a row was not applied");
            }
        }
    }
}

fn after(millis: i64) -> Instant {
    Instant::now() + Duration::from_millis(millis.unsigned_abs()).min(LOOK_AT_LEAST)
}
