//! What a version would change, before it does.
//!
//! Everything is decided anew in a copy of the database, by the code that would do it for real, and
//! the copy is then compared with what it was. Nothing that is live is touched: no reconciler looks at
//! the copy, and the policy may ask but not act.

mod capabilities;
mod report;
mod walk;

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tidegate_store::StoreError;
use tidegate_store::policies::VersionRow;
use tidegate_store::previews::PreviewRow;

pub(crate) use capabilities::OnTrial;
pub use report::{Candidate, Preview, Progress, Refused, TargetPreview};

use crate::apps::App;
use crate::change::Scene;
use crate::clock::now_ms;
use crate::locks::Locks;
use crate::metrics::Metrics;
use crate::policies::PolicyError;
use crate::service::Service;

impl Service {
    /// Tries a version on a copy of everything in the app, and keeps what came of it.
    ///
    /// # Errors
    /// No such version, one that failed, or no room for the copy.
    pub async fn preview(
        self: &Arc<Self>,
        app: &Arc<App>,
        number: i64,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Preview, PolicyError> {
        // Two at once would take twice the disk and the cores.
        let _one_at_a_time = self.locks.acquire("preview".into()).await;
        let row = self.usable_version(app, number)?;
        let version = self.compiled(&row).await?;
        let base = self.store.app(app.seq)?.active_version;
        let folder = self.files.scratch().map_err(|source| StoreError::File {
            path: "a scratch folder".into(),
            source,
        })?;
        let at_ms = now_ms();
        let copy = self.store.copy_into(folder.path()).await?;
        let (locks, metrics) = (Locks::default(), Metrics::default());
        let scene = Scene {
            store: &copy.store,
            locks: &locks,
            metrics: &metrics,
            capabilities: Arc::new(capabilities::OnTrial(self.capabilities_over(copy.store.clone()))),
            live: None,
        };
        let trial = walk::Trial {
            scene: &scene,
            app,
            version: &version,
        };
        let walked = trial.walk(progress).await?;
        let mut targets = Vec::with_capacity(app.targets.len());
        for target in &app.targets {
            targets.push(TargetPreview {
                target: target.config.name.clone(),
                changes: copy.difference(target.seq).await?,
            });
        }
        let preview = Preview {
            digest: String::new(),
            at_ms,
            app: app.name.clone(),
            version: candidate(&row),
            base: base
                .map(|id| self.store.version(id))
                .transpose()?
                .map(|row| row.number),
            users: walked.users,
            groups: walked.groups,
            targets,
            refused: walked.refused,
        };
        let preview = preview.sealed()?;
        self.keep(app, &row, base, &preview).await?;
        Ok(preview)
    }

    async fn keep(
        &self,
        app: &App,
        row: &VersionRow,
        base: Option<i64>,
        preview: &Preview,
    ) -> Result<(), PolicyError> {
        self.store
            .add_preview(PreviewRow {
                digest: preview.digest.clone(),
                app: app.seq,
                version: row.id,
                base,
                report: serde_json::to_string(preview)?,
                at_ms: preview.at_ms,
            })
            .await?;
        if row.state == "checked" {
            self.store
                .set_version_state(row.id, "previewed", &row.note)
                .await?;
        }
        self.note(app, "policy.preview", row, &preview.digest).await
    }

    /// Whether what was seen is what would go live: the same version, over the same one in force.
    /// Returns how many users and groups changed since.
    ///
    /// # Errors
    /// It is another version's preview, or another version is in force by now.
    pub(crate) async fn confirm(
        &self,
        app: &App,
        row: &VersionRow,
        digest: &str,
    ) -> Result<u64, PolicyError> {
        let preview = self
            .store
            .preview(app.seq, digest)?
            .ok_or(PolicyError::NoSuchPreview)?;
        if preview.version != row.id {
            return Err(PolicyError::OtherPreview(row.number));
        }
        if preview.base != self.store.app(app.seq)?.active_version {
            return Err(PolicyError::StalePreview);
        }
        Ok(self.store.changed_since(app.seq, preview.at_ms).await?)
    }
}

fn candidate(row: &VersionRow) -> Candidate {
    let mut hash = Sha256::new();
    // Neither text holds a zero byte: the two cannot run into each other.
    hash.update(&row.settings);
    hash.update([0]);
    hash.update(&row.grants);
    Candidate {
        number: row.number,
        name: row.name.clone(),
        release: row.semver.clone(),
        component: row.digest.clone(),
        configuration: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
