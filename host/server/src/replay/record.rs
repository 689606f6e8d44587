//! Keeps the last questions. A client never waits for it: questions wait in memory, and go to disk in the
//! background; a crash loses those of a second.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_runtime::{Change, Request};
use tidegate_store::questions::Question;
use tidegate_store::{Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::apps::App;
use crate::clock::now_ms;
use crate::service::Service;

/// How often questions go to disk.
const EVERY: Duration = Duration::from_secs(1);

/// Members in a question that is kept. Larger ones are few, and would be most of what is kept.
const MOST_MEMBERS: usize = 1_000;

/// Bytes of a question that is kept.
const MOST_BYTES: usize = 256 << 10;

/// Questions on their way to disk, by the app's row number. Never more of an app than it keeps.
#[derive(Debug, Default)]
pub struct Recorder {
    waiting: Mutex<Waiting>,
    /// Held while some go to disk: who waited for it finds on disk what others took from `waiting`.
    writing: tokio::sync::Mutex<()>,
}

type Waiting = HashMap<i64, VecDeque<(i64, Arc<Request>)>>;

impl Recorder {
    /// A question was asked.
    pub(crate) fn note(&self, app: &App, question: &Arc<Request>, now_ms: i64) {
        let most = app.options.questions_kept as usize;
        let members = match &question.change {
            Change::Membership { added, removed, .. } => added.len() + removed.len(),
            _ => 0,
        };
        if most == 0 || members > MOST_MEMBERS {
            return;
        }
        let mut all = self.lock();
        let waiting = all.entry(app.seq).or_default();
        while waiting.len() >= most {
            waiting.pop_front();
        }
        waiting.push_back((now_ms, Arc::clone(question)));
    }

    /// What waits of an app is on disk when this returns.
    pub(crate) async fn flush(&self, store: &Store, app: &App) -> Result<(), StoreError> {
        let _one_at_a_time = self.writing.lock().await;
        let Some(waiting) = self.lock().remove(&app.seq) else {
            return Ok(());
        };
        let written = |(at_ms, request): (i64, Arc<Request>)| {
            let request = serde_json::to_string(request.as_ref()).ok()?;
            (request.len() <= MOST_BYTES).then_some(Question { at_ms, request })
        };
        let questions = waiting.into_iter().filter_map(written).collect();
        store
            .keep_questions(app.seq, questions, app.options.questions_kept, now_ms())
            .await
    }

    async fn flush_all(&self, service: &Service) {
        let apps = service.apps();
        for app in apps.all() {
            if let Err(error) = self.flush(&service.store, app).await {
                tracing::warn!(app = app.name, %error, "questions were not kept for a replay");
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes questions down until told to stop, and then the last ones.
pub(crate) async fn run(service: Arc<Service>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let stopped = tokio::select! {
            () = stop.cancelled() => true,
            _ = ticks.tick() => false,
        };
        service.recorder.flush_all(&service).await;
        if stopped {
            return;
        }
    }
}
