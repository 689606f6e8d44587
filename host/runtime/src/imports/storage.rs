//! `tidegate:host/storage`: durable entries in granted namespaces.

use crate::bindings::host::storage::{Entry, Error, Host, Page};
use crate::capabilities::StorageFailure;
use crate::state::HostState;

/// Bytes of a key.
const KEY: usize = 512;

impl HostState {
    fn enter_storage(&mut self, namespace: &str, key: &str) -> Result<(), Error> {
        if !self.spend_call() {
            return Err(Error::Denied("the budget of host calls is used up".into()));
        }
        if !self.grants.permits_namespace(namespace) {
            let what = format!("storage namespace {namespace:?} is not granted");
            return Err(Error::Denied(self.deny(what)));
        }
        if key.len() > KEY {
            Err(Error::TooLarge)
        } else {
            Ok(())
        }
    }
}

impl Host for HostState {
    async fn get(
        &mut self,
        namespace: String,
        key: String,
    ) -> wasmtime::Result<Result<Option<Entry>, Error>> {
        if let Err(error) = self.enter_storage(&namespace, &key) {
            return Ok(Err(error));
        }
        let found = self.capabilities.get(self.scope(), &namespace, &key).await;
        Ok(found
            .map(|entry| entry.map(|(value, revision)| Entry { value, revision }))
            .map_err(failure))
    }

    async fn put(
        &mut self,
        namespace: String,
        key: String,
        value: Vec<u8>,
        expect: Option<u64>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        if let Err(error) = self.enter_storage(&namespace, &key) {
            return Ok(Err(error));
        }
        if value.len() > self.grants.storage.max_value_bytes {
            return Ok(Err(Error::TooLarge));
        }
        Ok(self
            .capabilities
            .put(
                self.scope(),
                &namespace,
                &key,
                value,
                expect,
                self.grants.storage.max_entries,
            )
            .await
            .map_err(failure))
    }

    async fn delete(&mut self, namespace: String, key: String) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.enter_storage(&namespace, &key) {
            return Ok(Err(error));
        }
        Ok(self
            .capabilities
            .delete(self.scope(), &namespace, &key)
            .await
            .map_err(failure))
    }

    async fn list_keys(
        &mut self,
        namespace: String,
        prefix: String,
        cursor: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Result<Page, Error>> {
        if let Err(error) = self.enter_storage(&namespace, &prefix) {
            return Ok(Err(error));
        }
        let page = self
            .capabilities
            .keys(self.scope(), &namespace, &prefix, cursor.as_deref(), limit)
            .await;
        Ok(page.map(|(keys, next)| Page { keys, next }).map_err(failure))
    }
}

fn failure(failure: StorageFailure) -> Error {
    match failure {
        StorageFailure::Conflict => Error::Conflict,
        StorageFailure::Full => Error::TooLarge,
        StorageFailure::Unavailable(text) => Error::Unavailable(text),
    }
}
