//! One SCIM change, one transaction: the resource, the desired state that follows, the audit line.

use std::cell::RefCell;

use rusqlite::{Connection, params};
use tidegate_directory::plan::Operation;
use tidegate_directory::protected::Protected;
use tidegate_scim::schema::UniqueValue;
use tidegate_scim::{Document, ResourceKind};

use crate::audit::{self, AuditLine};
use crate::brake::BrakeRule;
use crate::connection::Store;
use crate::desired::{self, Context, Restated};
use crate::error::{Result, StoreError};
use crate::{groups, offered, unique, users};

/// What happens to the SCIM resource itself. `version` is the one that was decided on:
/// if another request changed the resource since, the commit is `Stale`.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// A new user.
    CreateUser {
        /// SCIM id.
        id: String,
        /// Attributes.
        doc: Document,
    },
    /// A changed user.
    UpdateUser {
        /// Row number.
        seq: i64,
        /// SCIM id.
        id: String,
        /// Version decided on.
        version: i64,
        /// New attributes.
        doc: Document,
    },
    /// A deleted user.
    DeleteUser {
        /// Row number.
        seq: i64,
        /// SCIM id.
        id: String,
    },
    /// A new group.
    CreateGroup {
        /// SCIM id.
        id: String,
        /// Attributes.
        doc: Document,
        /// Row numbers of its members.
        members: Vec<i64>,
    },
    /// A changed group.
    UpdateGroup {
        /// Row number.
        seq: i64,
        /// Version decided on.
        version: i64,
        /// New attributes.
        doc: Document,
        /// Row numbers of users that come.
        added: Vec<i64>,
        /// Row numbers of users that go.
        removed: Vec<i64>,
    },
    /// A deleted group.
    DeleteGroup {
        /// Row number.
        seq: i64,
    },
    /// Nothing changes but desired state: the rules restate what a user wants.
    RestateUser {
        /// Row number.
        seq: i64,
        /// SCIM id.
        id: String,
        /// Version decided on.
        version: i64,
    },
    /// Nothing changes but desired state: the rules restate what a group wants.
    RestateGroup {
        /// Row number.
        seq: i64,
        /// Version decided on.
        version: i64,
    },
}

impl Write {
    fn kind(&self) -> ResourceKind {
        match self {
            Self::CreateUser { .. }
            | Self::UpdateUser { .. }
            | Self::DeleteUser { .. }
            | Self::RestateUser { .. } => ResourceKind::User,
            Self::CreateGroup { .. }
            | Self::UpdateGroup { .. }
            | Self::DeleteGroup { .. }
            | Self::RestateGroup { .. } => ResourceKind::Group,
        }
    }
}

/// One step, with its target resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetStep {
    /// Row number of the target.
    pub target: i64,
    /// Its name, for messages.
    pub target_name: String,
    /// The outcome.
    pub operation: Operation,
    /// Why.
    pub reason: String,
}

/// Everything one change does.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// The app's row number.
    pub app: i64,
    /// The resource.
    pub write: Write,
    /// The app's extensions that the resource was checked against; none: it stays as it is.
    pub schemas_rev: Option<i64>,
    /// What the resource holds of unique extension attributes; none: the app has no such attributes,
    /// or the resource stays as it is.
    pub unique: Option<Vec<UniqueValue>>,
    /// The plan, target by target.
    pub steps: Vec<TargetStep>,
    /// The app's targets (row number, name).
    pub targets: Vec<(i64, String)>,
    /// The plan states all that its subject wants: claims it does not name are dropped.
    pub restates: bool,
    /// Names that no policy may touch.
    pub protected: Protected,
    /// How many may lose access before what takes more away is held.
    pub brake: BrakeRule,
    /// Digest of the policy that decided; absent where none was asked.
    pub policy: Option<String>,
    /// The audit line.
    pub audit: AuditLine,
}

impl Store {
    /// Commits a change; returns the row number of its subject once it is on disk.
    ///
    /// # Errors
    /// `Taken`, `UsernameTaken`, `Protected`, `Stale`, `Step`: nothing is stored.
    pub async fn commit(&self, commit: Commit) -> Result<i64> {
        self.write(move |db| run(db, &commit)).await
    }
}

fn run(db: &Connection, commit: &Commit) -> Result<i64> {
    let now = commit.audit.at_ms;
    if let Some(rev) = commit.schemas_rev {
        let current: i64 = db
            .prepare_cached("SELECT schemas_rev FROM app WHERE seq = ?1")?
            .query_row([commit.app], |row| row.get(0))?;
        if current != rev {
            return Err(StoreError::Stale);
        }
    }
    // Deletes come last: the steps still resolve references to the row.
    let subject = match &commit.write {
        Write::CreateUser { id, doc } => users::insert(db, commit.app, id, doc, now)?,
        Write::UpdateUser {
            seq, version, doc, ..
        } => {
            users::update(db, commit.app, *seq, *version, doc, now)?;
            offered::written(db, ResourceKind::User, *seq)?;
            *seq
        }
        Write::CreateGroup { id, doc, members } => {
            let seq = groups::insert(db, commit.app, id, doc, now)?;
            groups::change_members(db, seq, members, &[])?;
            seq
        }
        Write::UpdateGroup {
            seq,
            version,
            doc,
            added,
            removed,
        } => {
            groups::update(db, *seq, *version, doc, now)?;
            offered::written(db, ResourceKind::Group, *seq)?;
            groups::change_members(db, *seq, added, removed)?;
            *seq
        }
        Write::RestateUser { seq, version, .. } => unchanged(db, "scim_user", *seq, *version)?,
        Write::RestateGroup { seq, version } => unchanged(db, "scim_group", *seq, *version)?,
        Write::DeleteUser { seq, .. } | Write::DeleteGroup { seq } => *seq,
    };
    if let Some(values) = &commit.unique {
        unique::replace(db, commit.app, commit.write.kind(), subject, values)?;
    }
    apply_steps(db, commit, subject)?;
    match &commit.write {
        Write::DeleteUser { seq, .. } => {
            desired::forget_user(db, *seq)?;
            users::delete(db, commit.app, *seq)?;
            offered::written(db, ResourceKind::User, *seq)?;
        }
        Write::DeleteGroup { seq } => {
            groups::delete(db, commit.app, *seq)?;
            offered::written(db, ResourceKind::Group, *seq)?;
        }
        _ => {}
    }
    audit::append(db, &commit.audit)?;
    Ok(subject)
}

fn apply_steps(db: &Connection, commit: &Commit, subject: i64) -> Result<()> {
    let (source, subject_user) = match &commit.write {
        Write::CreateUser { id, .. }
        | Write::UpdateUser { id, .. }
        | Write::DeleteUser { id, .. }
        | Write::RestateUser { id, .. } => (0, Some((id.as_str(), subject))),
        _ => (subject, None),
    };
    let mut restated = Restated::default();
    let harm = RefCell::default();
    let mut steps: Vec<&TargetStep> = commit.steps.iter().collect();
    steps.sort_by_key(|step| desired::rank(&step.operation));
    let context = |target, target_name, reason| Context {
        app: commit.app,
        target,
        target_name,
        source,
        subject_user,
        protected: &commit.protected,
        reason,
        request: &commit.audit.request,
        policy: commit.policy.as_deref(),
        now_ms: commit.audit.at_ms,
        harm: &harm,
    };
    for step in steps {
        let context = context(step.target, &step.target_name, &step.reason);
        match desired::apply(db, &context, &step.operation, &mut restated) {
            // Two users came to one name by a change of rules: shutting one out must not fail on it.
            Err(StoreError::UsernameTaken { .. }) if is_suspended(commit, step) => {}
            applied => applied?,
        }
    }
    if let Write::UpdateGroup { removed, .. } = &commit.write {
        for (target, name) in &commit.targets {
            desired::drop_users(db, &context(*target, name, "left the group"), removed)?;
        }
    }
    for (target, name) in commit.targets.iter().filter(|_| commit.restates) {
        desired::drop_unstated(
            db,
            &context(*target, name, "no longer wanted by the rules"),
            &restated,
        )?;
    }
    let is_walk = matches!(
        commit.write,
        Write::RestateUser { .. } | Write::RestateGroup { .. }
    );
    harm.borrow()
        .settle(db, commit.app, &commit.brake, is_walk, commit.audit.at_ms)
}

/// Whether the plan shuts the account of this step out in the same target.
fn is_suspended(commit: &Commit, step: &TargetStep) -> bool {
    let Operation::EnsureAccount(spec) = &step.operation else {
        return false;
    };
    commit.steps.iter().any(|other| {
        other.target == step.target
            && matches!(&other.operation, Operation::SuspendAccount(suspension) if suspension.account == spec.account)
    })
}

fn unchanged(db: &Connection, table: &str, seq: i64, version: i64) -> Result<i64> {
    let same: bool = db
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM {table} WHERE seq = ?1 AND version = ?2)"
        ))?
        .query_row(params![seq, version], |row| row.get(0))?;
    if same { Ok(seq) } else { Err(StoreError::Stale) }
}
