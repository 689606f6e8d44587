//! A version that decides beside the one in force: how its answers differ is recorded, and nothing else comes
//! of them.

mod beside;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tidegate_runtime::vectors::{self, Outcome};
use tidegate_runtime::{Request, Version};
use tokio::sync::Semaphore;

use crate::service::Service;

pub(crate) use beside::Beside;

/// Differences kept.
const EXAMPLES: usize = 20;

/// Decisions beside at once. Clients do not wait for them, and they must not take clients' sandboxes: what
/// comes while all are busy is passed over, and counted.
const AT_ONCE: usize = 2;

/// Shadows by the app's row number.
#[derive(Debug, Default)]
pub struct Shadows(Mutex<HashMap<i64, Arc<Shadow>>>);

/// One version that decides beside.
#[derive(Debug)]
pub struct Shadow {
    number: i64,
    version: Arc<Version>,
    seen: Mutex<Seen>,
    room: Arc<Semaphore>,
}

/// What was seen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// Decided as the version in force did.
    pub same: u64,
    /// Decided otherwise.
    pub differs: u64,
    /// Not decided: trapped, or met a limit. They differ as well.
    pub failed: u64,
    /// Passed over: too many at once.
    pub passed_over: u64,
    /// The last that differed.
    #[schema(value_type = Vec<Example>)]
    pub examples: VecDeque<Example>,
}

/// One decision that differed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Example {
    /// Correlation id of the request.
    pub request: String,
    /// Line by line.
    pub difference: String,
}

impl Shadows {
    /// A version decides beside from now on; none does any longer.
    pub(crate) fn set(&self, app: i64, shadow: Option<(i64, Arc<Version>)>) {
        let mut all = self.lock();
        match shadow {
            None => drop(all.remove(&app)),
            Some((number, version)) => {
                let shadow = Shadow {
                    number,
                    version,
                    seen: Mutex::default(),
                    room: Arc::new(Semaphore::new(AT_ONCE)),
                };
                all.insert(app, Arc::new(shadow));
            }
        }
    }

    /// The version that decides beside for an app.
    #[must_use]
    pub fn of(&self, app: i64) -> Option<Arc<Shadow>> {
        self.lock().get(&app).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Arc<Shadow>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shadow {
    /// The version's number.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// What was seen so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.lock().clone()
    }

    /// Asks the same, in the background.
    pub(crate) fn ask(self: Arc<Self>, service: &Service, question: Arc<Request>, answer: Outcome) {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            self.lock().passed_over += 1;
            return;
        };
        let world = Arc::new(Beside::new(service.capabilities_over(service.store.clone())));
        tokio::spawn(async move {
            let decided = self.version.decide(&question, world).await;
            self.note(question.id.clone(), &answer, &decided.outcome);
            drop(permit);
        });
    }

    fn note(&self, request: String, answer: &Outcome, beside: &Outcome) {
        let difference = vectors::difference(["in force", "beside"], answer, beside);
        let mut seen = self.lock();
        let Some(difference) = difference else {
            seen.same += 1;
            return;
        };
        match beside {
            Ok(_) => seen.differs += 1,
            Err(_) => seen.failed += 1,
        }
        if seen.examples.len() == EXAMPLES {
            seen.examples.pop_front();
        }
        seen.examples.push_back(Example { request, difference });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
