//! The apps as the running server sees them: tokens, schemas, targets, connectors. One immutable
//! picture, replaced as a whole when an administrator changes something, so that no
//! request sees half a change.

mod app;
mod heard;
mod limits;
mod target;

use std::collections::HashMap;
use std::sync::Arc;

use tidegate_scim::schema::Schemas;
use tidegate_store::Store;
use tidegate_store::apps::TokenHash;
use tidegate_store::oauth::Client;

use crate::metrics::Metrics;

pub use app::App;
pub(crate) use app::is_valid;
pub use heard::Heard;
pub use limits::Limits;
pub(crate) use target::Probed;
pub use target::Target;

/// Every app.
#[derive(Debug, Default)]
pub struct Apps {
    by_id: HashMap<String, Arc<App>>,
}

impl Apps {
    /// Reads everything from the store. Targets that did not change keep their connector
    /// and their bell from `before`.
    ///
    /// # Errors
    /// A database error, or a secret that the key does not open.
    pub fn load(store: &Store, before: &Self, metrics: &Metrics) -> anyhow::Result<Self> {
        let kept: HashMap<i64, &Arc<Target>> = before
            .by_id
            .values()
            .flat_map(|app| &app.targets)
            .map(|target| (target.seq, target))
            .collect();
        let mut targets: HashMap<i64, Vec<Arc<Target>>> = HashMap::new();
        for row in store.targets()? {
            let (known, app) = (kept.get(&row.seq), row.app);
            let target = match known {
                Some(target) if target.config == row.config => Arc::clone(target),
                _ => {
                    let wake = known.map_or_else(Arc::default, |target| Arc::clone(&target.wake));
                    Arc::new(Target::new(row, wake, metrics))
                }
            };
            targets.entry(app).or_default().push(target);
        }
        let mut tokens: HashMap<i64, Vec<(TokenHash, Option<i64>)>> = HashMap::new();
        for (hash, app, until) in store.tokens()? {
            tokens.entry(app).or_default().push((hash, until));
        }
        let mut clients: HashMap<i64, Vec<Client>> = HashMap::new();
        for client in store.clients()? {
            clients.entry(client.app).or_default().push(client);
        }
        let mut by_id = HashMap::new();
        for row in store.apps()? {
            let known = before.by_id(&row.id);
            let limits = known
                .map(|app| Arc::clone(&app.limits))
                .filter(|limits| limits.are(&row.options));
            let app = App {
                seq: row.seq,
                id: row.id.clone(),
                name: row.name,
                limits: limits.unwrap_or_else(|| Arc::new(Limits::new(&row.options))),
                heard: known.map_or_else(Arc::default, |app| Arc::clone(&app.heard)),
                options: row.options,
                // Read before the schemas: if one comes between, writes wait for the next picture.
                schemas_rev: row.schemas_rev,
                schemas: Arc::new(Schemas::with(&store.app_schemas(row.seq)?)),
                targets: targets.remove(&row.seq).unwrap_or_default(),
                clients: clients.remove(&row.seq).unwrap_or_default(),
                tokens: tokens.remove(&row.seq).unwrap_or_default(),
            };
            by_id.insert(row.id, Arc::new(app));
        }
        Ok(Self { by_id })
    }

    /// The app of that base URL.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Arc<App>> {
        self.by_id.get(id)
    }

    /// The app with that row number.
    #[must_use]
    pub fn by_seq(&self, seq: i64) -> Option<&Arc<App>> {
        self.by_id.values().find(|app| app.seq == seq)
    }

    /// The app of that name, without case.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Arc<App>> {
        self.by_id
            .values()
            .find(|app| app.name.eq_ignore_ascii_case(name))
    }

    /// All of them, by name.
    #[must_use]
    pub fn all(&self) -> Vec<&Arc<App>> {
        let mut all: Vec<_> = self.by_id.values().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// The app that has the target with that row number.
    #[must_use]
    pub fn having_target(&self, seq: i64) -> Option<&Arc<App>> {
        self.by_id
            .values()
            .find(|app| app.targets.iter().any(|target| target.seq == seq))
    }

    /// The target with that row number.
    #[must_use]
    pub fn target(&self, seq: i64) -> Option<&Arc<Target>> {
        self.by_id
            .values()
            .flat_map(|app| &app.targets)
            .find(|target| target.seq == seq)
    }
}
