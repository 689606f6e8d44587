//! A server with users in it. They are stored as the endpoint stores them, target rows
//! included; the target is stopped, so that no reconciler takes part.

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate::clock::now_ms;
use tidegate::config::Config;
use tidegate::server::Server;
use tidegate_directory::plan::{AccountRef, AccountSpec, LinkBy, OnExisting, OnMissing, Operation};
use tidegate_directory::protected::Protected;
use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_store::Store;
use tidegate_store::audit::AuditLine;
use tidegate_store::brake::BrakeRule;
use tidegate_store::commit::{Commit, TargetStep, Write};
use tokio::task::JoinSet;

use crate::client::Connection;

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) server: Server,
    pub(crate) app: i64,
    pub(crate) target: i64,
    pub(crate) users: usize,
    path: String,
    token: String,
}

impl World {
    pub(crate) async fn new(users: usize, groups: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        let server = Server::start(&config).await.unwrap();
        let first = server.first_app.clone().unwrap();
        let path = first
            .base_url
            .splitn(4, '/')
            .nth(3)
            .map(|path| format!("/{path}"))
            .unwrap();
        let service = Arc::clone(&server.service);
        let app = service.apps().all()[0].seq;
        let target = service.store.put_target(app, &target(), now_ms()).await.unwrap();
        service
            .store
            .stop_target(target, Some("a benchmark"))
            .await
            .unwrap();
        service.reload_apps().unwrap();
        let world = Self {
            folder,
            server,
            app,
            target,
            users,
            path,
            token: first.token,
        };
        world.seed_users(users).await;
        world.seed_groups(groups, users).await;
        world
    }

    pub(crate) fn store(&self) -> &Store {
        &self.server.service.store
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.server.address, &self.path, &self.token).await
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    async fn seed_users(&self, count: usize) {
        let mut writes = JoinSet::new();
        for portion in (0..count).collect::<Vec<_>>().chunks(count.div_ceil(256).max(1)) {
            let (store, portion) = (self.store().clone(), portion.to_vec());
            let (app, target) = (self.app, self.target);
            writes.spawn(async move {
                for n in portion {
                    store
                        .commit(create(app, target, &format!("seed-{n}")))
                        .await
                        .unwrap();
                }
            });
        }
        writes.join_all().await;
    }

    /// One group of everybody, the others of ten each.
    async fn seed_groups(&self, count: usize, users: usize) {
        for n in 0..count {
            let members = if n == 0 {
                (1..=users as i64).collect()
            } else {
                let first = (n as i64 - 1) * 10 % users as i64 + 1;
                (first..first + 10).collect()
            };
            let write = Write::CreateGroup {
                id: format!("group-{n}"),
                doc: object(json!({"displayName": format!("Group {n}")})),
                members,
            };
            let commit = Commit {
                write,
                steps: Vec::new(),
                ..create(self.app, self.target, "none")
            };
            self.store().commit(commit).await.unwrap();
        }
    }
}

fn target() -> TargetConfig {
    let credentials = Credentials::Token { token: "none".into() };
    let mut target = TargetConfig::new("jira", Product::Jira, "http://127.0.0.1:1", credentials);
    target.concurrency = 1;
    target.timeout_ms = 1_000;
    target
}

/// The user as Okta sends it.
pub(crate) fn okta_user(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": format!("{name}@example.com"),
        "name": {"givenName": "Given", "familyName": format!("Family of {name}")},
        "emails": [{"primary": true, "value": format!("{name}@example.com"), "type": "work"}],
        "displayName": format!("Given Family of {name}"),
        "locale": "en-US",
        "externalId": format!("00u{name}"),
        "groups": [],
        "active": true
    })
}

/// What a POST of that user makes the store commit.
pub(crate) fn create(app: i64, target: i64, name: &str) -> Commit {
    let mut doc = object(okta_user(name));
    doc.remove("schemas");
    doc.remove("groups");
    let account = AccountRef::ScimId(name.into());
    let spec = AccountSpec {
        account: account.clone(),
        username: format!("{name}@example.com"),
        email: Some(format!("{name}@example.com")),
        display_name: Some(format!("Given Family of {name}")),
        given_name: Some("Given".into()),
        family_name: Some(format!("Family of {name}")),
        on_missing: OnMissing::Create,
        on_existing: OnExisting::Update,
        link_by: LinkBy::Username,
    };
    let step = |operation| TargetStep {
        target,
        target_name: "jira".into(),
        operation,
        reason: format!("{name}@example.com was assigned or activated"),
    };
    Commit {
        app,
        write: Write::CreateUser { id: name.into(), doc },
        steps: vec![
            step(Operation::EnsureAccount(spec)),
            step(Operation::RestoreAccount(account)),
        ],
        schemas_rev: Some(0),
        unique: None,
        targets: vec![(target, "jira".into())],
        restates: true,
        protected: Protected::default(),
        brake: BrakeRule::OFF,
        policy: Some("0".repeat(64)),
        audit: AuditLine {
            at_ms: now_ms(),
            app: Some(app),
            request: name.into(),
            actor: "scim".into(),
            action: "user.create".into(),
            subject: name.into(),
            detail: json!({"steps": 2}),
        },
    }
}

fn object(value: Value) -> tidegate_scim::Document {
    value.as_object().unwrap().clone()
}
