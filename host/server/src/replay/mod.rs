//! What was asked lately is asked again, of the version in force and of another one, and the answers are
//! compared. Nothing comes of either.

mod record;

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tidegate_runtime::{Request, vectors};

use crate::apps::App;
use crate::clock::now_ms;
use crate::policies::PolicyError;
use crate::service::Service;
use crate::shadow::{Beside, Example};

pub use record::Recorder;
pub(crate) use record::run;

/// Differences shown.
const EXAMPLES: usize = 100;

/// How a version answers what was asked lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Replay {
    /// The version that was tried.
    pub number: i64,
    /// Milliseconds since the epoch of the first question; absent: there is none.
    pub since_ms: Option<i64>,
    /// Decided as the version in force does.
    pub same: u64,
    /// Decided otherwise.
    pub differs: u64,
    /// Not decided: trapped, or met a limit.
    pub failed: u64,
    /// The last that differed.
    #[schema(value_type = Vec<Example>)]
    pub examples: VecDeque<Example>,
}

impl Service {
    /// Asks a version what was asked lately, and the one in force again: the world may have changed since,
    /// so that what it said then is no measure.
    ///
    /// # Errors
    /// No such version, none in force, or a database error.
    pub async fn replay(
        self: &Arc<Self>,
        app: &Arc<App>,
        number: i64,
        last: u32,
    ) -> Result<Replay, PolicyError> {
        let row = self.usable_version(app, number)?;
        let candidate = self.compiled(&row).await?;
        let current = self.registry.current(app.seq).ok_or(PolicyError::NoneActive)?;
        self.recorder.flush(&self.store, app).await?;
        let questions = self.store.last_questions(app.seq, last, now_ms()).await?;
        let mut replay = Replay {
            number,
            since_ms: questions.first().map(|question| question.at_ms),
            ..Replay::default()
        };
        for question in questions {
            let mut request: Request = serde_json::from_str(&question.request)?;
            // Names may have changed since, and steps must find the targets that there are.
            request.targets = app.target_views();
            let world = || Arc::new(Beside::new(self.capabilities_over(self.store.clone())));
            let before = current.decide(&request, world()).await.outcome;
            let after = candidate.decide(&request, world()).await.outcome;
            replay.note(
                request.id,
                vectors::difference(["in force", "tried"], &before, &after),
                after.is_err(),
            );
        }
        Ok(replay)
    }
}

impl Replay {
    fn note(&mut self, request: String, difference: Option<String>, failed: bool) {
        let Some(difference) = difference else {
            self.same += 1;
            return;
        };
        match failed {
            true => self.failed += 1,
            false => self.differs += 1,
        }
        if self.examples.len() == EXAMPLES {
            self.examples.pop_front();
        }
        self.examples.push_back(Example { request, difference });
    }
}
