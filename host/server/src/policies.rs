//! The life of a policy version: uploaded → checked → active → draining → retired, or failed.
//!
//! Invariants: the durable pointer moves first, then the version is published, in one
//! step with its settings and grants; a request keeps the version it began with; a
//! version that cannot be staged never replaces one that serves.

mod canary;
mod error;
mod staged;

use std::sync::Arc;

use tidegate_runtime::grants::Grants;
use tidegate_runtime::stage::{self, Staging};
use tidegate_runtime::{Version, registry};
use tidegate_store::policies::VersionRow;

use crate::access::actor;
use crate::apps::App;
use crate::clock::now_ms;
use crate::service::Service;
use crate::trust::TrustError;

pub use error::PolicyError;
pub use staged::Staged;

/// The policy that ships with Tidegate, compiled when Tidegate was.
pub const STANDARD: &[u8] = include_bytes!(env!("TIDEGATE_STANDARD_POLICY"));

/// What is deployed.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The component.
    pub component: Vec<u8>,
    /// JSON.
    pub settings: String,
    /// What it may do.
    pub grants: Grants,
    /// What vouches for the component.
    pub vouched: Vouched,
}

/// What vouches for a component.
#[derive(Debug, Clone, Default)]
pub struct Vouched {
    /// SHA-256 that it must have, hexadecimal.
    pub digest: Option<String>,
    /// A detached minisign signature over its bytes, as minisign writes it.
    pub signature: Option<String>,
}

impl Service {
    /// Stores and checks a version. It does not serve yet.
    ///
    /// # Errors
    /// What is wrong with it; the version is kept as `failed` with the reason.
    pub async fn deploy(&self, app: &App, deployment: Deployment) -> Result<VersionRow, PolicyError> {
        let digest = stage::component_digest(&deployment.component);
        let grants = serde_json::to_string(&deployment.grants)?;
        let row = self
            .store
            .add_version(
                app.seq,
                &digest,
                deployment.component.clone(),
                &deployment.settings,
                &grants,
                now_ms(),
            )
            .await?;
        let verified = self.verify(&deployment.component, &digest, &deployment.vouched);
        let staged = match verified {
            Ok(signer) => {
                self.store.set_version_state(row.id, "verified", "").await?;
                self.note(app, "policy.verify", &row, &signer).await?;
                if let Some(signature) = &deployment.vouched.signature {
                    self.store.keep_signature(&digest, signature).await?;
                }
                self.stage(deployment.component, deployment.settings, deployment.grants)
                    .await
            }
            Err(error) => Err(error.into()),
        };
        let version = match staged {
            Ok(version) => version,
            Err(error) => {
                self.store
                    .set_version_state(row.id, "failed", &error.to_string())
                    .await?;
                self.note(app, "policy.refuse", &row, &error.to_string()).await?;
                return Err(error);
            }
        };
        self.note(app, "policy.compile", &row, version.digest()).await?;
        let described = version.description();
        self.store
            .describe_version(row.id, &described.name, &described.version)
            .await?;
        self.store
            .set_version_state(row.id, "checked", version.note())
            .await?;
        self.staged.keep(row.id, version);
        self.note(app, "policy.deploy", &row, "").await?;
        Ok(self.store.version(row.id)?)
    }

    /// Who vouches for a component, in words for the audit trail.
    fn verify(&self, component: &[u8], digest: &str, vouched: &Vouched) -> Result<String, TrustError> {
        if let Some(wanted) = &vouched.digest
            && !wanted.eq_ignore_ascii_case(digest)
        {
            return Err(TrustError::Digest {
                found: digest.to_owned(),
                wanted: wanted.clone(),
            });
        }
        // It came with the program.
        if component == STANDARD {
            return Ok("ships with Tidegate".into());
        }
        let signer = self.trust.check(component, vouched.signature.as_deref())?;
        Ok(signer.map_or_else(|| "not signed".into(), |key| format!("signed by {key}")))
    }

    /// Whether a version may be chosen to decide: keys may have gone, or signatures be asked for, since it came.
    /// Going back asks nobody: what decided before may decide again.
    ///
    /// # Errors
    /// Nobody who is trusted by now vouches for its component.
    pub(crate) fn vouch(&self, row: &VersionRow) -> Result<(), PolicyError> {
        let vouched = Vouched {
            digest: None,
            signature: self.store.signature(&row.digest)?,
        };
        self.verify(&self.store.component(&row.digest)?, &row.digest, &vouched)?;
        Ok(())
    }

    /// Makes a version the one that decides. Requests under way finish with the old one. With the digest
    /// of a preview, only if that preview still holds.
    ///
    /// # Errors
    /// No such version, one that failed, or a preview of something else.
    pub async fn activate(
        self: &Arc<Self>,
        app: &App,
        number: i64,
        preview: Option<&str>,
    ) -> Result<VersionRow, PolicyError> {
        let _one_at_a_time = self.locks.acquire(format!("policy:{}", app.seq)).await;
        let row = self.usable_version(app, number)?;
        if let Some(digest) = preview {
            let changed = self.confirm(app, &row, digest).await?;
            if changed > 0 {
                tracing::warn!(
                    app = app.name,
                    changed,
                    "users and groups changed since the preview"
                );
            }
        }
        let version = match self.staged.take(row.id) {
            Some(version) => version,
            None => self.restage(&row).await?,
        };
        if app.options.canary.is_some() {
            self.set_canary(app, None).await?;
        }
        // It need not decide beside itself, and what holds it would keep it from draining.
        if self
            .shadows
            .of(app.seq)
            .is_some_and(|shadow| shadow.number() == number)
        {
            self.shadows.set(app.seq, None);
        }
        let active = self.store.app(app.seq)?.active_version;
        self.store.activate_version(app.seq, row.id, now_ms()).await?;
        self.probation.begin(app.seq, row.id, &version);
        let before = self.registry.publish(app.seq, version);
        self.note(app, "policy.activate", &row, preview.unwrap_or(""))
            .await?;
        if let (Some(before), Some(id)) = (before, active) {
            self.retire_when_drained(id, before);
        }
        Ok(self.store.version(row.id)?)
    }

    /// Activates the version that was active before this one.
    ///
    /// # Errors
    /// There is none.
    pub async fn rollback(self: &Arc<Self>, app: &App) -> Result<VersionRow, PolicyError> {
        let active = self.store.app(app.seq)?.active_version;
        let versions = self.store.versions(app.seq)?;
        let earlier = versions
            .iter()
            .filter(|row| Some(row.id) != active && row.state != "failed")
            .filter_map(|row| row.activated_ms.map(|at| (at, row.number)))
            .max();
        let (_, number) = earlier.ok_or(PolicyError::NothingBefore)?;
        let row = self.activate(app, number, None).await?;
        // It has proved itself before.
        self.probation.end(app.seq);
        Ok(row)
    }

    /// Publishes the active version of every app, after a start. An app whose version
    /// does not load refuses writes, and `/readyz` says so; reads go on.
    pub async fn load_policies(&self) {
        for app in self.apps().all() {
            if let Err(error) = self.load_policy(app).await {
                tracing::error!(app = app.name, %error, "the active policy version does not load: writes are refused");
            }
        }
    }

    async fn load_policy(&self, app: &App) -> Result<(), PolicyError> {
        self.store.retire_left_over(app.seq, now_ms()).await?;
        let Some(id) = self.store.app(app.seq)?.active_version else {
            return Ok(());
        };
        let version = self.restage(&self.store.version(id)?).await?;
        self.registry.publish(app.seq, version);
        self.load_canary(app).await
    }

    async fn restage(&self, row: &VersionRow) -> Result<Arc<Version>, PolicyError> {
        let component = self.store.component(&row.digest)?;
        self.stage(
            component,
            row.settings.clone(),
            serde_json::from_str(&row.grants)?,
        )
        .await
    }

    async fn stage(
        &self,
        component: Vec<u8>,
        settings: String,
        grants: Grants,
    ) -> Result<Arc<Version>, PolicyError> {
        let key = stage::snapshot_key(&component, &settings);
        let snapshot = self.store.snapshot(&key)?;
        let staged = self
            .runtime
            .stage(Staging {
                component,
                settings,
                grants,
                snapshot,
                plain: false,
            })
            .await?;
        if let Some(image) = staged.snapshot {
            self.store.put_snapshot(&key, image).await?;
        }
        Ok(Arc::new(staged.version))
    }

    /// Retires a version once no request holds it, and keeps it compiled for a rollback.
    fn retire_when_drained(self: &Arc<Self>, id: i64, version: Arc<Version>) {
        let service = Arc::clone(self);
        tokio::spawn(async move {
            if !registry::drained(&version).await {
                tracing::error!(
                    id,
                    digest = version.digest(),
                    "a replaced policy version is still held by a request"
                );
            } else if let Err(error) = service.store.retire_version(id, now_ms()).await {
                tracing::error!(id, %error, "a drained policy version was not marked as retired");
            } else {
                service.staged.keep(id, version);
            }
        });
    }

    /// The newest version that is the same in everything and did not fail. It is vouched for as a new one
    /// would have to be.
    ///
    /// # Errors
    /// Nobody vouches for it, or a database error.
    pub fn same_version(
        &self,
        app: &App,
        deployment: &Deployment,
    ) -> Result<Option<VersionRow>, PolicyError> {
        let digest = stage::component_digest(&deployment.component);
        self.verify(&deployment.component, &digest, &deployment.vouched)?;
        let grants = serde_json::to_string(&deployment.grants)?;
        let same = |row: &VersionRow| {
            row.state != "failed"
                && row.digest == digest
                && row.settings == deployment.settings
                && row.grants == grants
        };
        Ok(self.store.versions(app.seq)?.into_iter().find(same))
    }

    /// The version of that number, unless it failed.
    ///
    /// # Errors
    /// There is none, or it failed.
    pub(crate) fn usable_version(&self, app: &App, number: i64) -> Result<VersionRow, PolicyError> {
        let row = self.any_version(app, number)?;
        match row.state.as_str() {
            "failed" => Err(PolicyError::Failed {
                number,
                note: row.note,
            }),
            _ => Ok(row),
        }
    }

    /// The version of that number, whatever became of it.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn any_version(&self, app: &App, number: i64) -> Result<VersionRow, PolicyError> {
        let mut versions = self.store.versions(app.seq)?.into_iter();
        let row = versions.find(|row| row.number == number);
        row.ok_or(PolicyError::NoSuchVersion(number))
    }

    /// The version, compiled: the one that decides as it is.
    ///
    /// # Errors
    /// It does not compile any more.
    pub(crate) async fn compiled_version(
        &self,
        app: &App,
        row: &VersionRow,
    ) -> Result<Arc<Version>, PolicyError> {
        let digest = stage::digest_of(&row.digest, &row.settings);
        match self.registry.current(app.seq) {
            Some(current) if Some(current.digest()) == digest.as_deref() => Ok(current),
            _ => self.compiled(row).await,
        }
    }

    /// The version, compiled, and kept so for an activation.
    ///
    /// # Errors
    /// It does not compile any more.
    pub(crate) async fn compiled(&self, row: &VersionRow) -> Result<Arc<Version>, PolicyError> {
        let version = match self.staged.take(row.id) {
            Some(version) => version,
            None => self.restage(row).await?,
        };
        self.staged.keep(row.id, Arc::clone(&version));
        Ok(version)
    }

    pub(crate) async fn note(
        &self,
        app: &App,
        action: &str,
        row: &VersionRow,
        detail: &str,
    ) -> Result<(), PolicyError> {
        let subject = format!("{} version {}", app.name, row.number);
        let detail = serde_json::json!({"digest": row.digest, "detail": detail});
        let line = actor::line(app, action, &subject, detail);
        Ok(self.store.audit(line).await?)
    }
}
