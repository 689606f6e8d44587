//! The world around a policy, as a vector says it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Deserializer};
use tidegate_directory::connector::{Connector, ConnectorError};
use tidegate_directory::egress::Origin;
use tidegate_directory::plan::Operation;

use crate::capabilities::{
    Capabilities, HttpAnswer, HttpCall, HttpFailure, KeyPage, Scope, StorageFailure, StorageResult,
};
use crate::grants::Grants;

/// Namespace, key, text.
pub type Stored = BTreeMap<String, BTreeMap<String, String>>;

/// What is stored, and what HTTP answers. Nothing else is there, and nothing leaves.
#[derive(Debug, Clone, Default)]
pub struct Given {
    http: Vec<Exchange>,
    storage: Arc<Mutex<Entries>>,
}

type Entries = BTreeMap<String, BTreeMap<String, (Vec<u8>, u64)>>;

/// One answer to one request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Exchange {
    #[serde(default = "get")]
    method: String,
    url: String,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    body: String,
}

fn get() -> String {
    "GET".into()
}

fn ok() -> u16 {
    200
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
        struct Written {
            http: Vec<Exchange>,
            storage: Stored,
        }
        let Written { http, storage } = Written::deserialize(deserializer)?;
        let entries = |keys: BTreeMap<String, String>| {
            let entry = |(key, text): (String, String)| (key, (text.into_bytes(), 1));
            keys.into_iter().map(entry).collect()
        };
        let storage: Entries = storage
            .into_iter()
            .map(|(namespace, keys)| (namespace, entries(keys)))
            .collect();
        Ok(Self {
            http,
            storage: Arc::new(Mutex::new(storage)),
        })
    }
}

impl PartialEq for Given {
    fn eq(&self, other: &Self) -> bool {
        self.http == other.http && self.stored() == other.stored()
    }
}

impl Given {
    /// The same world, untouched by what is done to this one.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self {
            http: self.http.clone(),
            storage: Arc::new(Mutex::new(self.entries().clone())),
        }
    }

    /// What is stored now.
    #[must_use]
    pub fn stored(&self) -> Stored {
        let text = |(key, (value, _)): (&String, &(Vec<u8>, u64))| {
            (key.clone(), String::from_utf8_lossy(value).into_owned())
        };
        self.entries()
            .iter()
            .map(|(namespace, keys)| (namespace.clone(), keys.iter().map(text).collect()))
            .collect()
    }

    /// Grants for what is here.
    pub(super) fn grants(&self) -> Grants {
        let mut grants = Grants::default();
        grants.storage.namespaces = self.entries().keys().cloned().collect();
        for exchange in &self.http {
            grants.http.origins.extend(Origin::of(&exchange.url));
            grants.http.methods.push(exchange.method.clone());
        }
        grants
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.storage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Capabilities for Given {
    async fn get(&self, _: Scope<'_>, namespace: &str, key: &str) -> StorageResult<Option<(Vec<u8>, u64)>> {
        Ok(self
            .entries()
            .get(namespace)
            .and_then(|keys| keys.get(key))
            .cloned())
    }

    async fn put(
        &self,
        _: Scope<'_>,
        namespace: &str,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
        max_entries: u64,
    ) -> StorageResult<u64> {
        let mut entries = self.entries();
        let keys = entries.entry(namespace.to_owned()).or_default();
        let revision = keys.get(key).map_or(0, |(_, revision)| *revision);
        if expect.is_some_and(|expected| expected != revision) {
            return Err(StorageFailure::Conflict);
        }
        if revision == 0 && keys.len() as u64 >= max_entries {
            return Err(StorageFailure::Full);
        }
        keys.insert(key.to_owned(), (value, revision + 1));
        Ok(revision + 1)
    }

    async fn delete(&self, _: Scope<'_>, namespace: &str, key: &str) -> StorageResult<()> {
        if let Some(keys) = self.entries().get_mut(namespace) {
            keys.remove(key);
        }
        Ok(())
    }

    async fn keys(
        &self,
        _: Scope<'_>,
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> StorageResult<KeyPage> {
        let entries = self.entries();
        let after = |key: &&String| cursor.is_none_or(|cursor| key.as_str() > cursor);
        let keys = entries.get(namespace).into_iter().flat_map(BTreeMap::keys);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
        let mut found: Vec<String> = keys
            .filter(|key| key.starts_with(prefix))
            .filter(after)
            .take(limit.saturating_add(1))
            .cloned()
            .collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).cloned();
        Ok((found, next))
    }

    async fn send(&self, _: Scope<'_>, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        let same = |exchange: &&Exchange| {
            exchange.url == call.url && exchange.method.eq_ignore_ascii_case(&call.method)
        };
        let found = self.http.iter().find(same).ok_or_else(|| {
            HttpFailure::Transport(format!(
                "the vector gives no answer to {} {}",
                call.method, call.url
            ))
        })?;
        Ok(HttpAnswer {
            status: found.status,
            headers: Vec::new(),
            body: found.body.clone().into_bytes(),
        })
    }

    fn connector(&self, _: Scope<'_>, _: &str) -> Option<Arc<dyn Connector>> {
        None
    }

    async fn act(&self, _: Scope<'_>, _: &str, operation: Operation) -> Result<bool, ConnectorError> {
        let kind = operation.kind();
        Err(ConnectorError::Refused(format!(
            "{kind} is not carried out in a test"
        )))
    }
}
