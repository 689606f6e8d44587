//! The way of one write: decide on the difference, then store resource, desired state and
//! audit line in one transaction, then wake the reconciler.
//!
//! The same way serves what an identity provider sends ([`Occasion::Event`]) and walks
//! over what is stored ([`Occasion::Reconcile`]).

pub mod group;
mod members;
mod precondition;
mod refusal;
mod scene;
pub mod user;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::json;
use tidegate_directory::plan::{OnMissing, Operation, Step};
use tidegate_directory::products::refused_username;
use tidegate_runtime::registry::Canary;
use tidegate_runtime::{self as runtime, Failure, Occasion, Rejection, Request, TargetView, Version};
use tidegate_scim::ResourceKind;
use tidegate_scim::error::ScimError;
use tidegate_scim::schema::{Schemas, UniqueValue};
use tidegate_store::StoreError;
use tidegate_store::audit::AuditLine;
use tidegate_store::commit::{Commit, TargetStep, Write};
use tracing::Instrument;

use crate::apps::App;
use crate::clock::now_ms;
use crate::metrics::DecisionLabels;
use crate::protected;
use crate::service::Service;
use crate::telemetry::spans;

pub use precondition::Precondition;
pub use scene::Scene;

/// Times that a write is decided anew because the resource changed under it. The lock per
/// resource makes even one rare.
const TRIES: usize = 3;

/// One write on its way. It keeps the policy version it began with.
#[derive(Debug)]
pub struct Change<'a> {
    scene: Scene<'a>,
    app: &'a Arc<App>,
    request: &'a str,
    occasion: Occasion,
    version: Arc<Version>,
    /// Decides instead, about the resources that are its share.
    canary: Option<Canary>,
    /// Which of the two decides about this one.
    decides: OnceLock<Arc<Version>>,
    targets: Vec<TargetView>,
    now_ms: i64,
    precondition: Precondition,
}

/// What is to be stored once it is decided.
pub(crate) struct Decided {
    write: Write,
    steps: Vec<TargetStep>,
    /// The plan states all that its subject wants.
    restates: bool,
    action: &'static str,
    subject: String,
}

impl<'a> Change<'a> {
    /// Pins the rules in force.
    ///
    /// # Errors
    /// The app has no policy that works: writes are refused rather than stored unruled. 429: the
    /// targets are too far behind.
    pub fn begin(
        service: &'a Service,
        app: &'a Arc<App>,
        request: &'a str,
        occasion: Occasion,
    ) -> Result<Self, ScimError> {
        if occasion == Occasion::Event {
            app.limits.admit_write(&service.store, &app.targets, now_ms())?;
        }
        let version = service
            .registry
            .current(app.seq)
            .ok_or_else(|| ScimError::internal("no policy version is active for this app"))?;
        Ok(Self {
            occasion,
            canary: service.registry.canary(app.seq),
            ..Self::on(service.scene(), app, request, version)
        })
    }

    /// Decides by this version about what is stored already.
    #[must_use]
    pub fn on(scene: Scene<'a>, app: &'a Arc<App>, request: &'a str, version: Arc<Version>) -> Self {
        Self {
            scene,
            app,
            request,
            occasion: Occasion::Reconcile,
            version,
            canary: None,
            decides: OnceLock::new(),
            targets: app.target_views(),
            now_ms: now_ms(),
            precondition: Precondition::default(),
        }
    }

    /// The change is made only to a version that the client has seen.
    #[must_use]
    pub fn requiring(self, precondition: Precondition) -> Self {
        Self { precondition, ..self }
    }

    /// One call into the sandbox.
    async fn ask(&self, change: runtime::Change) -> Result<Vec<TargetStep>, ScimError> {
        let version = self.decides.get_or_init(|| self.choose(change.subject()));
        let question = Arc::new(Request {
            id: self.request.to_owned(),
            app: self.app.name.clone(),
            occasion: self.occasion,
            now_ms: self.now_ms.unsigned_abs(),
            targets: self.targets.clone(),
            change,
        });
        let capabilities = Arc::clone(&self.scene.capabilities);
        let span = spans::decision(&self.app.name, version.digest());
        let decided = version
            .decide(&question, capabilities)
            .instrument(span.clone())
            .await;
        spans::ended(&span, decided.kind(), decided.outcome.is_err());
        // It ends here: what follows is not deciding.
        drop(span);
        let labels = DecisionLabels {
            outcome: decided.kind().into(),
        };
        self.scene.metrics.decisions.get_or_create(&labels).inc();
        self.scene
            .metrics
            .decision_seconds
            .observe(Duration::from_micros(decided.stats.run_micros).as_secs_f64());
        if let Some(service) = self.scene.live {
            let failure = decided.outcome.as_ref().err();
            service.probation.note(self.app.seq, version, failure);
            if self.occasion == Occasion::Event {
                service.recorder.note(self.app, &question, self.now_ms);
            }
            if let Some(shadow) = service.shadows.of(self.app.seq) {
                shadow.ask(service, question, decided.outcome.clone());
            }
        }
        self.note_denials(&decided).await;
        let plan = decided
            .outcome
            .map_err(|failure| refusal::failed(&failure, self.request))?
            .map_err(refusal::rejected)?;
        let mut steps = Vec::with_capacity(plan.steps.len());
        for step in plan.steps {
            self.spread(step, &mut steps)?;
        }
        if self.occasion == Occasion::Event {
            self.check_usernames(&steps)?;
        }
        Ok(steps)
    }

    fn is_offered(&self, kind: ResourceKind, seq: i64) -> Result<bool, ScimError> {
        self.scene.store.is_offered(kind, seq).map_err(stored)
    }

    /// The version that decides about a resource.
    fn choose(&self, id: &str) -> Arc<Version> {
        let canary = self.canary.as_ref().filter(|canary| canary.decides_about(id));
        Arc::clone(canary.map_or(&self.version, |canary| &canary.version))
    }

    fn decided_by(&self) -> &Version {
        self.decides.get().unwrap_or(&self.version)
    }

    /// What was denied is counted and on record, whatever became of the decision.
    async fn note_denials(&self, decided: &runtime::Decided) {
        let mut denied = decided.stats.denied.clone();
        if let Err(Failure::Denied(what)) = &decided.outcome {
            denied.push(what.clone());
        }
        if denied.is_empty() {
            return;
        }
        self.scene.metrics.denials.inc_by(denied.len() as u64);
        let line = AuditLine {
            at_ms: self.now_ms,
            app: Some(self.app.seq),
            request: self.request.to_owned(),
            actor: "policy".into(),
            action: "policy.denied".into(),
            subject: self.decided_by().description().name.clone(),
            detail: json!({"denied": denied, "digest": self.decided_by().digest()}),
        };
        if let Err(error) = self.scene.store.audit(line).await {
            tracing::error!(request = self.request, %error, ?denied, "a denial is not in the audit trail");
        }
    }

    /// A step without a target is for every target.
    fn spread(&self, step: Step, into: &mut Vec<TargetStep>) -> Result<(), ScimError> {
        let Step {
            target,
            operation,
            reason,
        } = step;
        let meant = match &target {
            None => self.app.targets.as_slice(),
            Some(name) => {
                let unknown = || {
                    ScimError::internal(format!(
                        "the plan names the target {name:?}, which the app has not"
                    ))
                };
                std::slice::from_ref(self.app.target(name).ok_or_else(unknown)?)
            }
        };
        let steps = meant.iter().map(|target| TargetStep {
            target: target.seq,
            target_name: target.config.name.clone(),
            operation: operation.clone(),
            reason: reason.clone(),
        });
        into.extend(steps);
        Ok(())
    }

    /// Names that a product would refuse are refused here, where whoever gave them reads why. Only where an account
    /// is to be created: nobody's name keeps their account from being closed.
    fn check_usernames(&self, steps: &[TargetStep]) -> Result<(), ScimError> {
        for step in steps {
            let Operation::EnsureAccount(spec) = &step.operation else {
                continue;
            };
            let target = self.app.targets.iter().find(|target| target.seq == step.target);
            let refused = target
                .filter(|_| spec.on_missing == OnMissing::Create)
                .and_then(|target| refused_username(target.config.product, &spec.username));
            if let Some(why) = refused {
                let words = format!("{}: {why}", step.target_name);
                return Err(refusal::rejected(Rejection::InvalidValue(words)));
            }
        }
        Ok(())
    }

    /// The unique values of what is stored, where the app's schemas have any.
    fn unique(&self, write: &Write) -> Option<Vec<UniqueValue>> {
        let (kind, doc) = match write {
            Write::CreateUser { doc, .. } | Write::UpdateUser { doc, .. } => (ResourceKind::User, doc),
            Write::CreateGroup { doc, .. } | Write::UpdateGroup { doc, .. } => (ResourceKind::Group, doc),
            _ => return None,
        };
        let resource_type = self.app.schemas.of(kind);
        resource_type
            .has_unique_attributes()
            .then(|| resource_type.unique_values(doc))
    }

    /// The app's schemas.
    fn schemas(&self) -> &Schemas {
        &self.app.schemas
    }

    /// Stores everything at once; `None`: the resource changed meanwhile, decide again.
    pub(crate) async fn commit(&self, decided: Decided) -> Result<Option<i64>, ScimError> {
        let Decided {
            write,
            steps,
            restates,
            action,
            subject,
        } = decided;
        let targets = self.app.targets.iter();
        let commit = Commit {
            app: self.app.seq,
            schemas_rev: Some(self.app.schemas_rev),
            unique: self.unique(&write),
            write,
            targets: targets
                .map(|target| (target.seq, target.config.name.clone()))
                .collect(),
            restates,
            protected: self.app.protected().clone(),
            brake: self.app.options.brake,
            policy: Some(self.decided_by().digest().to_owned()),
            audit: AuditLine {
                at_ms: self.now_ms,
                app: Some(self.app.seq),
                request: self.request.to_owned(),
                actor: match self.occasion {
                    Occasion::Event => "scim".into(),
                    Occasion::Reconcile => "host".into(),
                },
                action: action.into(),
                subject,
                detail: json!({"steps": steps.len()}),
            },
            steps,
        };
        let span = spans::storing(action, commit.steps.len());
        match self.scene.store.commit(commit).instrument(span).await {
            Ok(seq) => {
                self.wake();
                Ok(Some(seq))
            }
            Err(StoreError::Stale) => Ok(None),
            Err(error) => {
                if let StoreError::Protected { kind, name } = &error {
                    let line = protected::alarm(self.app, self.request, kind, name);
                    self.scene.metrics.alarms.inc();
                    self.scene.store.audit(line).await.map_err(stored)?;
                }
                Err(refusal::not_stored(error))
            }
        }
    }

    fn wake(&self) {
        if self.scene.live.is_none() {
            return;
        }
        for target in &self.app.targets {
            target.wake.notify_one();
        }
    }
}

/// Too many writers on one resource: Okta tries again by itself.
fn contended() -> ScimError {
    ScimError::too_many_requests(1)
}

fn stored(error: StoreError) -> ScimError {
    refusal::not_stored(error)
}
