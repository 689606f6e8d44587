//! The loop of one target.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tidegate_directory::connector::ConnectorError;
use tidegate_store::StoreError;
use tidegate_store::work::{Key, Outcome, Work};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::gate::{Gate, Noted, Room, Turn};
use super::probing::Probing;
use super::row::{Row, Tried};
use crate::apps::{App, Probed, Target};
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
        ready: VecDeque::new(),
        read_at: None,
        rung: false,
        trying: JoinSet::new(),
        writing: JoinSet::new(),
        in_flight: HashMap::new(),
        lost: false,
        probing: Probing::new(),
    };
    while !stop.is_cancelled() {
        let apps = this.service.apps();
        let (Some(app), Some(target)) = (apps.having_target(seq), apps.target(seq)) else {
            break;
        };
        let sleep = this.begin(app, target);
        tokio::select! {
            () = stop.cancelled() => {}
            () = target.wake.notified() => this.rung = true,
            () = tokio::time::sleep_until(sleep) => {}
            Some(tried) = this.trying.join_next_with_id(), if !this.trying.is_empty() => {
                this.finish(target, tried).await;
            }
            Some(written) = this.writing.join_next(), if !this.writing.is_empty() => this.written(written),
            Some(answer) = this.probing.answer() => this.probed(target, answer).await,
        }
    }
    // Calls that are under way are bounded by their own time limit; what they did is
    // written down, so that the next start does not do it again.
    while let Some(tried) = this.trying.join_next_with_id().await {
        if let Some(target) = this.service.apps().target(seq).cloned() {
            this.finish(&target, tried).await;
        }
    }
    while let Some(written) = this.writing.join_next().await {
        this.written(written);
    }
}

/// Due rows read at once.
const BATCH: u64 = 512;

/// Rows whose calls or whose outcomes are on their way, at most: a disk that is slower than the product holds it up.
const MOST_IN_FLIGHT: usize = 1_024;

/// How long due rows that were read are good for. A row that changes in this time is worked on twice, and ends right:
/// an outcome counts for the `rev` it was made for.
const FRESH: Duration = Duration::from_millis(250);

/// The same once the bell has rung: something is due that may go first.
const FRESH_AFTER_BELL: Duration = Duration::from_millis(20);

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
    /// Due rows that can be begun, in order. Read anew as a whole: what is not in it any more must not be begun.
    ready: VecDeque<Work>,
    read_at: Option<Instant>,
    rung: bool,
    trying: JoinSet<Tried>,
    /// Outcomes on their way to disk. Calls do not wait for it; rows do, or they would be begun again.
    writing: JoinSet<Vec<Id>>,
    in_flight: HashMap<Id, Key>,
    /// Whose outcomes were lost is not known: nothing is begun until all calls are over.
    lost: bool,
    probing: Probing,
}

impl Loop {
    /// Begins as many due rows as the target takes at once; says until when to sleep.
    fn begin(&mut self, app: &Arc<App>, target: &Arc<Target>) -> Instant {
        let now = now_ms();
        self.probing.about(target);
        if target.stopped().is_some() {
            return Instant::now() + LOOK_AT_LEAST;
        }
        let paused_until_ms = target.paused_until_ms();
        if now < paused_until_ms {
            return after(paused_until_ms - now);
        }
        if let Some(sleep) = self.probing.probe(target) {
            return sleep;
        }
        self.gate.bound(target.config.concurrency);
        let room = match self.gate.room(Instant::now(), self.trying.len()) {
            Room::Until(until) => return until,
            Room::For(0) => return Instant::now() + LOOK_AT_LEAST,
            Room::For(room) => room,
        };
        let full = self.trying.len() + room;
        if self.lost && self.trying.is_empty() && self.writing.is_empty() {
            self.in_flight.clear();
            self.lost = false;
        }
        if self.lost || self.in_flight.len() >= MOST_IN_FLIGHT {
            return Instant::now() + LOOK_AT_LEAST;
        }
        if self.is_stale()
            && let Err(error) = self.read(now)
        {
            tracing::error!(target_name = target.config.name, %error, "due rows cannot be read");
            return after(1_000);
        }
        while self.trying.len() < full {
            let Some(work) = self.ready.pop_front() else { break };
            if !self.is_busy(work.key) {
                self.spawn(app, target, work);
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

    /// What concerns the whole target, of what came of asking the product what it is.
    async fn probed(&mut self, target: &Arc<Target>, answer: Result<Probed, JoinError>) {
        match self.probing.note(target, answer) {
            // Whatever else is sent would be refused, row by row.
            Some(ConnectorError::Unauthorized(text) | ConnectorError::Forbidden(text)) => {
                self.service.stop_target(target, &text).await;
            }
            Some(ConnectorError::RateLimited { retry_after_ms }) => pause(target, retry_after_ms),
            Some(_) | None => {}
        }
    }

    fn is_stale(&self) -> bool {
        let Some(read_at) = self.read_at.filter(|_| !self.ready.is_empty()) else {
            return true;
        };
        let good = if self.rung { FRESH_AFTER_BELL } else { FRESH };
        read_at.elapsed() >= good
    }

    /// Reads due rows. Those in flight are due until their outcome is written: ask for more.
    fn read(&mut self, now: i64) -> Result<(), StoreError> {
        self.rung = false;
        self.read_at = Some(Instant::now());
        let most = BATCH + self.in_flight.len() as u64;
        let due = self.service.store.due(self.seq, now, most)?;
        let mut held = HashSet::new();
        self.ready = due
            .into_iter()
            .filter(|work| !is_held(work.key, &mut held) && !self.is_busy(work.key))
            .collect();
        Ok(())
    }

    /// Whether a row cannot be worked on beside those that are. An account and its memberships are never worked on
    /// together: a group given to an account that is being suspended would stay, and with it the access. Nor are a
    /// group and its members.
    fn is_busy(&self, key: Key) -> bool {
        self.in_flight.values().any(|other| match (key, *other) {
            (Key::Account(user), Key::Account(one) | Key::Member(_, one)) => one == user,
            (Key::Group(group), Key::Group(one) | Key::Member(one, _)) => one == group,
            (Key::Member(group, user), other) => {
                other == key || other == Key::Account(user) || other == Key::Group(group)
            }
            _ => false,
        })
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
    async fn finish(&mut self, target: &Arc<Target>, first: Result<(Id, Tried), JoinError>) {
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
        let (store, target_name) = (self.service.store.clone(), target.config.name.clone());
        self.writing.spawn(async move {
            if let Err(error) = store.record(outcomes, now_ms()).await {
                tracing::error!(target_name, %error, "outcomes were not stored; the rows stay due");
            }
            ended
        });
    }

    /// Rows leave the set after they are written: else they would be begun again.
    fn written(&mut self, written: Result<Vec<Id>, JoinError>) {
        match written {
            Ok(ended) => {
                for id in ended {
                    self.in_flight.remove(&id);
                }
            }
            Err(error) => {
                tracing::error!(target = self.seq, %error, "writing outcomes down failed");
                self.lost = true;
            }
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
                target.forget();
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
            Some(ConnectorError::RateLimited { retry_after_ms }) => pause(target, *retry_after_ms),
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

/// Whether a membership waits, since its account or its group is due; notes whose accounts and groups are. Accounts
/// and groups come first.
fn is_held(key: Key, held: &mut HashSet<Held>) -> bool {
    match key {
        Key::Account(user) => {
            held.insert(Held::User(user));
            false
        }
        Key::Group(group) => {
            held.insert(Held::Group(group));
            false
        }
        Key::Member(group, user) => held.contains(&Held::User(user)) || held.contains(&Held::Group(group)),
    }
}

fn pause(target: &Target, retry_after_ms: u64) {
    let wait = i64::try_from(retry_after_ms).unwrap_or(i64::MAX);
    target.pause(now_ms().saturating_add(wait));
}

fn after(millis: i64) -> Instant {
    Instant::now() + Duration::from_millis(millis.unsigned_abs()).min(LOOK_AT_LEAST)
}
