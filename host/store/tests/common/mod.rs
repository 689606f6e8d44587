//! A store on disk with one app and one target, and short ways to change it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "every test file uses a part"
)]

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_directory::connector::AccountLink;
use tidegate_directory::plan::{
    AccountRef, AccountSpec, GroupRef, GroupSpec, LinkBy, Membership, OnExisting, OnMissing, Operation,
    Suspension,
};
use tidegate_directory::protected::Protected;
use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_store::apps::{App, AppOptions};
use tidegate_store::audit::AuditLine;
use tidegate_store::brake::BrakeRule;
use tidegate_store::commit::{Commit, TargetStep, Write};
use tidegate_store::seal::Sealer;
use tidegate_store::work::{Key, Outcome, Task, Verdict, Work};
use tidegate_store::{Result, Store};

pub const NOW: i64 = 1_700_000_000_000;
pub const PASSWORD: &str = "the secret of this test";

pub struct Fixture {
    pub folder: TempDir,
    pub store: Store,
    pub app: App,
    pub target: i64,
    pub brake: BrakeRule,
}

pub async fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("db"), Sealer::new(&[1; 32])).unwrap();
    let (app, _) = store
        .create_app("default", &AppOptions::default(), NOW)
        .await
        .unwrap();
    let target = store.put_target(app.seq, &target("jira"), NOW).await.unwrap();
    Fixture {
        folder,
        store,
        app,
        target,
        brake: BrakeRule::OFF,
    }
}

pub fn target(name: &str) -> TargetConfig {
    let credentials = Credentials::Basic {
        username: "admin".into(),
        password: PASSWORD.into(),
    };
    let mut target = TargetConfig::new(name, Product::Jira, "http://127.0.0.1:1", credentials);
    target.timeout_ms = 1_000;
    target
}

pub fn doc(value: Value) -> tidegate_scim::Document {
    value.as_object().unwrap().clone()
}

impl Fixture {
    pub fn user_doc(name: &str) -> tidegate_scim::Document {
        doc(json!({"userName": name, "active": true, "emails": [{"value": format!("{name}@example.com")}]}))
    }

    pub async fn commit(&self, write: Write, steps: Vec<Operation>, restates: bool) -> Result<i64> {
        self.store.commit(self.commit_of(write, steps, restates)).await
    }

    pub fn commit_of(&self, write: Write, steps: Vec<Operation>, restates: bool) -> Commit {
        let step = |operation| TargetStep {
            target: self.target,
            target_name: "jira".into(),
            operation,
            reason: "a test".into(),
        };
        Commit {
            app: self.app.seq,
            write,
            steps: steps.into_iter().map(step).collect(),
            targets: vec![(self.target, "jira".into())],
            restates,
            schemas_rev: None,
            unique: None,
            protected: Protected::default(),
            brake: self.brake,
            policy: Some("digest".into()),
            audit: AuditLine {
                at_ms: NOW,
                app: Some(self.app.seq),
                request: "r".into(),
                actor: "test".into(),
                action: "test".into(),
                subject: "s".into(),
                detail: Value::Null,
            },
        }
    }

    /// A user whose SCIM id is its name, with an active account.
    pub async fn user(&self, name: &str) -> i64 {
        let steps = vec![ensure(name), Operation::RestoreAccount(id(name))];
        let write = Write::CreateUser {
            id: name.into(),
            doc: Self::user_doc(name),
        };
        self.commit(write, steps, true).await.unwrap()
    }

    /// A group whose SCIM id is its name, pushed to directory groups, with members.
    pub async fn group(&self, name: &str, directory_groups: &[&str], members: &[(&str, i64)]) -> i64 {
        let mut steps: Vec<Operation> = directory_groups.iter().map(|to| ensure_group(name, to)).collect();
        let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
        steps.extend(
            directory_groups
                .iter()
                .map(|to| Operation::EnsureMembers(membership(to, &names))),
        );
        let write = Write::CreateGroup {
            id: name.into(),
            doc: doc(json!({"displayName": name})),
            members: members.iter().map(|(_, seq)| *seq).collect(),
        };
        self.commit(write, steps, true).await.unwrap()
    }

    /// Changes members of a group.
    pub async fn members(
        &self,
        group: &str,
        added: &[(&str, i64)],
        removed: &[(&str, i64)],
        steps: Vec<Operation>,
    ) {
        let row = self.store.group(self.app.seq, group).unwrap().unwrap();
        let write = Write::UpdateGroup {
            seq: row.seq,
            version: row.version,
            doc: row.doc,
            added: added.iter().map(|(_, seq)| *seq).collect(),
            removed: removed.iter().map(|(_, seq)| *seq).collect(),
        };
        self.commit(write, steps, false).await.unwrap();
    }

    /// An update of a user that changes nothing but desired state.
    pub async fn restate(&self, name: &str, steps: Vec<Operation>) -> Result<i64> {
        let row = self.store.user(self.app.seq, name)?.unwrap();
        self.commit(
            Write::RestateUser {
                seq: row.seq,
                id: name.into(),
                version: row.version,
            },
            steps,
            true,
        )
        .await
    }

    pub fn due(&self) -> Vec<Work> {
        self.store.due(self.target, NOW + 1, 1_000).unwrap()
    }

    pub async fn record(&self, work: &Work, verdict: Verdict) {
        let outcome = Outcome {
            target: self.target,
            key: work.key,
            rev: work.rev,
            verdict,
        };
        self.store.record(vec![outcome], NOW).await.unwrap();
    }

    /// Brings everything due about, as a directory without faults would; says what was done.
    pub async fn reconcile(&self) -> Vec<String> {
        let mut done = Vec::new();
        loop {
            let due = self.due();
            if due.is_empty() {
                return done;
            }
            for work in due {
                let (what, verdict) = apply(&work);
                done.push(what);
                self.record(&work, verdict).await;
            }
        }
    }
}

fn apply(work: &Work) -> (String, Verdict) {
    use tidegate_store::work::AccountState::{Active, Anonymised, Ensured, Removed, Suspended};
    match &work.task {
        Task::Account { spec, state, .. } => {
            let active = match state {
                Active | Ensured => Some(true),
                Suspended => Some(false),
                Removed | Anonymised => None,
            };
            let link = AccountLink {
                remote_id: spec.username.clone(),
                username: spec.username.clone(),
                remembered: None,
            };
            let link = active.map(|_| link);
            let what = format!("{} {state:?}", spec.username);
            (
                what,
                Verdict::Account {
                    active,
                    link,
                    gave_back: false,
                    look_again_ms: None,
                },
            )
        }
        Task::EnsureGroup { name, .. } => (
            format!("+{name}"),
            Verdict::Group {
                present: true,
                look_again_ms: None,
            },
        ),
        Task::RemoveGroup { name } => (
            format!("-{name}"),
            Verdict::Group {
                present: false,
                look_again_ms: None,
            },
        ),
        Task::Member { group, link, wanted } => {
            let sign = if *wanted { '+' } else { '-' };
            (
                format!("{group}{sign}{}", link.username),
                Verdict::Member { applied: *wanted },
            )
        }
    }
}

pub fn id(name: &str) -> AccountRef {
    AccountRef::ScimId(name.into())
}

pub fn ensure(name: &str) -> Operation {
    ensure_as(name, name)
}

pub fn ensure_as(name: &str, username: &str) -> Operation {
    Operation::EnsureAccount(AccountSpec {
        account: id(name),
        username: username.into(),
        email: None,
        display_name: None,
        given_name: None,
        family_name: None,
        on_missing: OnMissing::Create,
        on_existing: OnExisting::Update,
        link_by: LinkBy::Username,
    })
}

pub fn suspend(name: &str, strip_groups: bool) -> Operation {
    Operation::SuspendAccount(Suspension {
        account: id(name),
        strip_groups,
    })
}

pub fn ensure_group(group: &str, directory_group: &str) -> Operation {
    Operation::EnsureGroup(GroupSpec {
        group: GroupRef::ScimId(group.into()),
        name: directory_group.into(),
        description: None,
        on_missing: OnMissing::Create,
    })
}

pub fn membership(directory_group: &str, names: &[&str]) -> Membership {
    let accounts = names.iter().map(|name| id(name)).collect();
    Membership {
        group: GroupRef::Name(directory_group.into()),
        accounts,
    }
}

pub fn is_member(work: &Work) -> bool {
    matches!(work.key, Key::Member(..))
}
