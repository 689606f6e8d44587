//! Many resources at once, put into the store without a decision each: what lists are tested on.

use serde_json::{Value, json};
use tidegate_store::audit::AuditLine;
use tidegate_store::commit::{Commit, Write};
use tokio::task::JoinSet;

use super::World;

impl World {
    /// Users `seed-0`, `seed-1` and so on, in this order.
    pub(crate) async fn seed_users(&self, count: usize) {
        for number in 0..count {
            let doc = json!({
                "userName": format!("seed-{number}@tidal.example"),
                "displayName": format!("Seed {}", count - number),
                "title": format!("Title {}", number % 7),
                "active": number % 10 != 0,
                "emails": [{"value": format!("seed-{number}@tidal.example"), "type": "work", "primary": true}],
            });
            let write = Write::CreateUser {
                id: format!("seed-{number}"),
                doc: doc.as_object().expect("an object").clone(),
            };
            self.put(vec![write]).await;
        }
    }

    /// A group of the users with these row numbers.
    pub(crate) async fn seed_group(&self, name: &str, members: Vec<i64>) {
        let doc = json!({"displayName": name});
        self.put(vec![Write::CreateGroup {
            id: name.to_owned(),
            doc: doc.as_object().expect("an object").clone(),
            members,
        }])
        .await;
    }

    /// Users `seed-0` and so on, in any order.
    pub(crate) async fn seed_many_users(&self, count: usize) {
        let mut writes = JoinSet::new();
        for number in 0..count {
            let doc: Value = json!({"userName": format!("seed-{number}@tidal.example"), "active": true});
            let commit = self.commit_of(Write::CreateUser {
                id: format!("seed-{number}"),
                doc: doc.as_object().expect("an object").clone(),
            });
            let store = self.server.as_ref().expect("a server").service.store.clone();
            writes.spawn(async move { store.commit(commit).await.expect("is stored") });
        }
        writes.join_all().await;
    }

    async fn put(&self, writes: Vec<Write>) {
        let store = &self.server.as_ref().expect("a server").service.store;
        for write in writes {
            store.commit(self.commit_of(write)).await.expect("is stored");
        }
    }

    fn commit_of(&self, write: Write) -> Commit {
        let service = &self.server.as_ref().expect("a server").service;
        let app = service.apps().all()[0].seq;
        Commit {
            app,
            write,
            schemas_rev: None,
            unique: None,
            steps: Vec::new(),
            targets: Vec::new(),
            restates: false,
            protected: tidegate_directory::protected::Protected::default(),
            brake: tidegate_store::brake::BrakeRule::default(),
            policy: None,
            audit: AuditLine {
                at_ms: tidegate::clock::now_ms(),
                app: Some(app),
                request: String::new(),
                actor: "test".into(),
                action: "seed".into(),
                subject: String::new(),
                detail: Value::Null,
            },
        }
    }
}
