//! From a file to a version: check, compile, describe, configure, snapshot.
//!
//! Everything here happens off the request path, one at a time. A component that fails
//! any step leaves the version that serves untouched.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use wasmtime::Store;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

use crate::bindings::{Policy, PolicyPre, supported};
use crate::capabilities::Nothing;
use crate::classify::{classify, instantiate};
use crate::engine::Runtime;
use crate::failure::{Failure, StageError};
use crate::grants::Grants;
use crate::limits::{COMPONENT_BYTES, SETTINGS_BYTES};
use crate::snapshot::{self, MAKER, Missed};
use crate::state::{self, HostState, Purpose};
use crate::version::{Description, Version};

/// What a version is made of.
#[derive(Debug, Clone)]
pub struct Staging {
    /// The component.
    pub component: Vec<u8>,
    /// JSON.
    pub settings: String,
    /// What it may do.
    pub grants: Grants,
    /// A snapshot kept from an earlier start, for [`snapshot_key`] of the same component
    /// and settings.
    pub snapshot: Option<Vec<u8>>,
    /// Take none: each decision configures a fresh instance. Quicker to stage, slower to decide.
    pub plain: bool,
}

/// A staged version, and the snapshot to keep for the next start.
#[derive(Debug)]
pub struct Staged {
    /// Ready to be published.
    pub version: Version,
    /// Absent where there is none, or where it was given.
    pub snapshot: Option<Vec<u8>>,
}

/// Under which key a snapshot is kept: component, settings and the code that made it.
#[must_use]
pub fn snapshot_key(component: &[u8], settings: &str) -> String {
    format!("{MAKER}:{}", version_digest(component, settings))
}

/// SHA-256 of a component, hexadecimal.
#[must_use]
pub fn component_digest(component: &[u8]) -> String {
    hex(&Sha256::digest(component))
}

/// [`crate::Version::digest`] of a component that is known by its digest; `None` where that is none.
#[must_use]
pub fn digest_of(component_digest: &str, settings: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(32);
    for at in (0..component_digest.len()).step_by(2) {
        bytes.push(u8::from_str_radix(component_digest.get(at..at + 2)?, 16).ok()?);
    }
    let mut both = Sha256::new();
    both.update(bytes);
    both.update(Sha256::digest(settings.as_bytes()));
    Some(hex(&both.finalize()))
}

fn version_digest(component: &[u8], settings: &str) -> String {
    let mut both = Sha256::new();
    both.update(Sha256::digest(component));
    both.update(Sha256::digest(settings.as_bytes()));
    hex(&both.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Runtime {
    /// Makes a version, or says why not.
    ///
    /// # Errors
    /// See [`StageError`].
    pub async fn stage(&self, staging: Staging) -> Result<Staged, StageError> {
        let _one_at_a_time = self.staging.acquire().await.map_err(StageError::host)?;
        let runtime = self.clone();
        // A task of its own: a defect in a tool that reads foreign bytes ends the task,
        // not the server. Compilation blocks, so it gets a blocking thread.
        let handle = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || handle.block_on(stage(&runtime, staging)))
            .await
            .map_err(|error| StageError::NotAComponent(format!("reading it failed: {error}")))?
    }
}

async fn stage(runtime: &Runtime, staging: Staging) -> Result<Staged, StageError> {
    let Staging {
        component: bytes,
        settings,
        grants,
        snapshot: kept,
        plain,
    } = staging;
    if bytes.len() > COMPONENT_BYTES {
        let text = format!("{} bytes; {COMPONENT_BYTES} are allowed", bytes.len());
        return Err(StageError::NotAComponent(text));
    }
    if settings.len() > SETTINGS_BYTES {
        let problem = format!("{} bytes; {SETTINGS_BYTES} are allowed", settings.len());
        return Err(StageError::Settings(vec![(String::new(), problem)]));
    }
    let digest: Arc<str> = version_digest(&bytes, &settings).into();
    let grants = Arc::new(grants);
    let purpose = || Purpose {
        app: "",
        policy: Arc::from(""),
        request: &digest,
        digest: Arc::clone(&digest),
        now_ms: 0,
        cpu_millis: grants.limits.configure_millis,
        grants: Arc::clone(&grants),
        capabilities: Arc::new(Nothing),
    };
    let finish = |Checked { pre, imports }, configure_each, description: Description, note| Version {
        imports,
        policy: description.name.as_str().into(),
        runtime: runtime.clone(),
        pre,
        configure_each,
        digest: Arc::clone(&digest),
        grants: Arc::clone(&grants),
        description,
        note,
    };
    if let Some(image) = kept {
        // Derived from bytes that were checked when it was made; checked again all the same.
        let checked = check(runtime, &image)?;
        let description = describe(runtime, &checked.pre, purpose()).await?;
        return Ok(Staged {
            version: finish(checked, None, description, String::new()),
            snapshot: None,
        });
    }
    let checked = check(runtime, &bytes)?;
    let description = describe(runtime, &checked.pre, purpose()).await?;
    if plain {
        configure_once(runtime, &checked.pre, purpose(), &settings).await?;
        return Ok(Staged {
            version: finish(checked, Some(settings), description, String::new()),
            snapshot: None,
        });
    }
    match snapshot::take(runtime, &bytes, purpose(), &settings).await {
        Ok(image) => {
            let checked = check(runtime, &image)?;
            Ok(Staged {
                version: finish(checked, None, description, String::new()),
                snapshot: Some(image),
            })
        }
        Err(Missed::Refused(error)) => Err(error),
        Err(Missed::Unable(reason)) => {
            configure_once(runtime, &checked.pre, purpose(), &settings).await?;
            let note = format!("not snapshotted, each decision configures a fresh instance: {reason}");
            tracing::warn!(
                policy = description.name,
                reason,
                "the policy cannot be snapshotted"
            );
            Ok(Staged {
                version: finish(checked, Some(settings), description, note),
                snapshot: None,
            })
        }
    }
}

/// A component that fits.
struct Checked {
    pre: PolicyPre,
    imports: Arc<[String]>,
}

/// Compiles and checks: imports, exports, needs.
fn check(runtime: &Runtime, bytes: &[u8]) -> Result<Checked, StageError> {
    let component = Component::new(&runtime.engine, bytes)
        .map_err(|error| StageError::NotAComponent(format!("{error:#}")))?;
    if let Some(needs) = component.resources_required() {
        // Fewer than a slot has, so that exhaustion is an error today and not at three in the morning.
        if needs.num_memories > 8 || needs.num_tables > 32 {
            let text = format!("{} memories and {} tables", needs.num_memories, needs.num_tables);
            return Err(StageError::TooLarge(text));
        }
    }
    let pre = runtime
        .linker
        .instantiate_pre(&component)
        .map_err(|error| wrong_world(runtime, &component, &error))?;
    let pre = PolicyPre::new(pre).map_err(|error| wrong_world(runtime, &component, &error))?;
    // Moves the work of making the copy-on-write image off the first decision.
    component
        .initialize_copy_on_write_image()
        .map_err(StageError::host)?;
    let imports = imports(runtime, &component);
    Ok(Checked { pre, imports })
}

/// What a policy exports, but for the version of the contract.
const PROVISIONER: &str = "tidegate:policy/provisioner@";

/// The interfaces that a component imports, without those that only its language needs.
fn imports(runtime: &Runtime, component: &Component) -> Arc<[String]> {
    let kind = component.component_type();
    let names = kind.imports(&runtime.engine).map(|(name, _)| name.to_owned());
    names.filter(|name| !name.starts_with("wasi:")).collect()
}

/// wasmtime says what is missing; an author also wants to see what is there.
fn wrong_world(runtime: &Runtime, component: &Component, error: &wasmtime::Error) -> StageError {
    let kind = component.component_type();
    let ours = |name: &str| !name.starts_with("wasi:");
    let imports: Vec<&str> = kind
        .imports(&runtime.engine)
        .map(|(name, _)| name)
        .filter(|name| ours(name))
        .collect();
    let exports: Vec<&str> = kind
        .exports(&runtime.engine)
        .filter(|(_, item)| {
            matches!(
                item.ty,
                ComponentItem::ComponentInstance(_) | ComponentItem::ComponentFunc(_)
            )
        })
        .map(|(name, _)| name)
        .collect();
    let version = exports.iter().find_map(|name| name.strip_prefix(PROVISIONER));
    if let Some(theirs) = version.filter(|theirs| supported().all(|ours| ours != *theirs)) {
        return StageError::OtherVersion {
            component: theirs.to_owned(),
            host: supported().collect::<Vec<_>>().join(" and "),
        };
    }
    let current = supported().next().unwrap_or_default();
    StageError::WrongWorld(format!(
        "{error:#} (it imports {imports:?} and exports {exports:?}; a policy exports {:?})",
        format!("{PROVISIONER}{current}")
    ))
}

async fn describe(
    runtime: &Runtime,
    pre: &PolicyPre,
    purpose: Purpose<'_>,
) -> Result<Description, StageError> {
    let failed = |failure| StageError::Failed {
        during: "describe",
        failure,
    };
    let limits = purpose.grants.limits.clone();
    let mut store = state::store(runtime, purpose);
    state::arm(&mut store);
    let wall = Duration::from_millis(limits.configure_millis.saturating_mul(2));
    let policy = instantiate(&mut store, pre, limits.configure_millis)
        .await
        .map_err(failed)?;
    match tokio::time::timeout(wall, policy.describe(&mut store)).await {
        Ok(Ok(description)) => Ok(Description {
            name: crate::imports::clean(&description.name),
            version: crate::imports::clean(&description.version),
            summary: crate::imports::clean(&description.summary),
            settings_schema: description.settings_schema,
        }),
        Ok(Err(error)) => Err(failed(classify(&error, store.data(), limits.configure_millis))),
        Err(_) => Err(failed(Failure::Wall {
            limit_millis: wall.as_millis().try_into().unwrap_or(u64::MAX),
        })),
    }
}

async fn configure_once(
    runtime: &Runtime,
    pre: &PolicyPre,
    purpose: Purpose<'_>,
    settings: &str,
) -> Result<(), StageError> {
    let mut store = state::store(runtime, purpose);
    state::arm(&mut store);
    let limit_millis = store.data().grants.limits.configure_millis;
    let policy = instantiate(&mut store, pre, limit_millis)
        .await
        .map_err(|failure| StageError::Failed {
            during: "configure",
            failure,
        })?;
    call_configure(&mut store, &policy, settings).await
}

/// Calls `configure` under its own limits.
pub(crate) async fn call_configure(
    store: &mut Store<HostState>,
    policy: &Policy,
    settings: &str,
) -> Result<(), StageError> {
    let failed = |failure| StageError::Failed {
        during: "configure",
        failure,
    };
    let limit_millis = store.data().grants.limits.configure_millis;
    let wall = Duration::from_millis(limit_millis.saturating_mul(2));
    match tokio::time::timeout(wall, policy.configure(store, settings)).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(problems))) => Err(StageError::Settings(
            problems
                .into_iter()
                .map(|(path, message)| (path, crate::imports::clean(&message)))
                .collect(),
        )),
        Ok(Err(error)) => Err(failed(classify(&error, store.data(), limit_millis))),
        Err(_) => Err(failed(Failure::Wall {
            limit_millis: limit_millis.saturating_mul(2),
        })),
    }
}
