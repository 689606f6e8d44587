//! One decision: a fresh store, one call, an answer or a classified failure.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tidegate_directory::plan::Plan;

use crate::capabilities::Capabilities;
use crate::classify::{classify, instantiate};
use crate::failure::{Failure, Rejection, StageError};
use crate::request::Request;
use crate::state::{self, HostState, Purpose};
use crate::version::Version;

/// Milliseconds that a decision waits for a sandbox before it is refused.
const QUEUE_MILLIS: u64 = 2_000;

/// What a decision cost and did besides deciding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Microseconds until a sandbox was free.
    pub wait_micros: u64,
    /// Microseconds from instantiation to answer.
    pub run_micros: u64,
    /// What was denied to it.
    pub denied: Vec<String>,
}

/// How a decision ended, and what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// A plan, a rejection, or a failure.
    pub outcome: Result<Result<Plan, Rejection>, Failure>,
    /// Cost.
    pub stats: Stats,
}

impl Decided {
    /// The word that metrics use.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.outcome {
            Ok(Ok(_)) => "planned",
            Ok(Err(_)) => "rejected",
            Err(failure) => failure.kind(),
        }
    }
}

impl Version {
    /// Decides one request in a sandbox of its own.
    pub async fn decide(&self, request: &Request, capabilities: Arc<dyn Capabilities>) -> Decided {
        let queued = Instant::now();
        let permits = Arc::clone(&self.runtime.permits);
        let wait = tokio::time::timeout(Duration::from_millis(QUEUE_MILLIS), permits.acquire_owned());
        let Ok(Ok(_permit)) = wait.await else {
            return Decided {
                outcome: Err(Failure::Overloaded),
                stats: Stats::default(),
            };
        };
        let started = Instant::now();
        let limits = &self.grants.limits;
        let mut store = state::store(
            &self.runtime,
            Purpose {
                app: &request.app,
                policy: Arc::clone(&self.policy),
                request: &request.id,
                digest: Arc::clone(&self.digest),
                now_ms: request.now_ms,
                cpu_millis: limits.cpu_millis,
                grants: Arc::clone(&self.grants),
                capabilities,
            },
        );
        state::arm(&mut store);
        // The wall limit stands beside the CPU limit: epochs do not interrupt a guest that
        // waits in a host call. Dropping the future leaves a store nobody uses again.
        let run = self.run(&mut store, request);
        let outcome = match tokio::time::timeout(Duration::from_millis(limits.wall_millis), run).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::Wall {
                limit_millis: limits.wall_millis,
            }),
        };
        let stats = Stats {
            wait_micros: micros(started - queued),
            run_micros: micros(started.elapsed()),
            denied: std::mem::take(&mut store.data_mut().denied),
        };
        Decided {
            outcome: outcome.and_then(|answer| self.admit(request, answer)),
            stats,
        }
    }

    async fn run(
        &self,
        store: &mut wasmtime::Store<HostState>,
        request: &Request,
    ) -> Result<Result<Plan, Rejection>, Failure> {
        let cpu = self.grants.limits.cpu_millis;
        let policy = instantiate(store, &self.pre, cpu).await?;
        if let Some(settings) = &self.configure_each {
            crate::stage::call_configure(store, &policy, settings)
                .await
                .map_err(|error| match error {
                    StageError::Failed { failure, .. } => failure,
                    other => Failure::Host(other.to_string()),
                })?;
        }
        let decided = policy.decide(store, request).await;
        decided.map_err(|error| classify(&error, store.data(), cpu))
    }

    /// The same table guards planned steps as direct calls: there is no second way round.
    fn admit(
        &self,
        request: &Request,
        answer: Result<Plan, Rejection>,
    ) -> Result<Result<Plan, Rejection>, Failure> {
        if let Ok(plan) = &answer {
            let limit = self.grants.limits.plan_steps;
            if plan.steps.len() > limit {
                return Err(Failure::PlanTooLarge {
                    steps: plan.steps.len(),
                    limit,
                });
            }
            for step in &plan.steps {
                // A step without a target is for every target.
                let all = request.targets.iter().map(|target| target.name.as_str());
                let named = step.target.as_deref();
                let denied = match named {
                    Some(target) => {
                        Some(target).filter(|target| !self.grants.permits_step(&step.operation, target))
                    }
                    None => all
                        .chain(request.targets.is_empty().then_some(""))
                        .find(|target| !self.grants.permits_step(&step.operation, target)),
                };
                if let Some(target) = denied {
                    return Err(Failure::Denied(format!(
                        "the plan holds {} on {target:?}, which is not granted",
                        step.operation.kind()
                    )));
                }
            }
        }
        Ok(answer)
    }
}

fn micros(duration: Duration) -> u64 {
    duration.as_micros().try_into().unwrap_or(u64::MAX)
}
