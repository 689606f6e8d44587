//! The memory of a configured instance, as a component again.
//!
//! `configure` parses settings and compiles rules. Doing that in every fresh sandbox
//! costs some twenty times the decision; a snapshot does it once per version.

use wasmtime::Store;
use wasmtime::component::Component;
use wasmtime_wizer::{WasmtimeWizerComponent, Wizer};

use crate::bindings::PolicyPre;
use crate::engine::Runtime;
use crate::failure::StageError;
use crate::state::{self, HostState, Purpose};

/// Names the code that makes snapshots: part of the key under which they are kept.
pub(crate) const MAKER: &str = "wizer-48.0";

/// How a snapshot did not come about.
pub(crate) enum Missed {
    /// The component's shape does not allow one: configure each instance instead.
    Unable(String),
    /// `configure` itself failed: there is no version.
    Refused(StageError),
}

/// Configures one instance and takes its memory.
pub(crate) async fn take(
    runtime: &Runtime,
    bytes: &[u8],
    purpose: Purpose<'_>,
    settings: &str,
) -> Result<Vec<u8>, Missed> {
    let mut wizer = Wizer::new();
    wizer.keep_init_func(true);
    let unable = |error: wasmtime::Error| Missed::Unable(format!("{error:#}"));
    let (context, instrumented) = wizer.instrument_component(bytes).map_err(unable)?;
    let component = Component::new(&runtime.engine, &instrumented).map_err(unable)?;
    let pre = runtime.linker.instantiate_pre(&component).map_err(unable)?;
    let mut store: Store<HostState> = state::store(runtime, purpose);
    state::arm(&mut store);
    let instance = pre.instantiate_async(&mut store).await.map_err(unable)?;
    let contract = PolicyPre::new(pre).map_err(unable)?;
    let typed = contract.load(&mut store, &instance).map_err(unable)?;
    crate::stage::call_configure(&mut store, &typed, settings)
        .await
        .map_err(Missed::Refused)?;
    wizer
        .snapshot_component(
            &context,
            &mut WasmtimeWizerComponent {
                store: &mut store,
                instance,
            },
        )
        .await
        .map_err(unable)
}
