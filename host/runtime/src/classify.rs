//! Tells apart how a guest failed, by what wasmtime says and what the store remembers.

use wasmtime::{PoolConcurrencyLimitError, Store, Trap, WasmBacktrace};

use crate::bindings::{Policy, PolicyPre};
use crate::failure::Failure;
use crate::state::HostState;

/// A fresh instance. What fails here without a trap is the host's fault: staging has
/// checked that the component fits.
pub(crate) async fn instantiate(
    store: &mut Store<HostState>,
    pre: &PolicyPre,
    cpu_millis: u64,
) -> Result<Policy, Failure> {
    pre.instantiate_async(store).await.map_err(|error| {
        guests_fault(&error, store.data(), cpu_millis).unwrap_or_else(|| Failure::Host(format!("{error:#}")))
    })
}

/// How a call failed.
pub(crate) fn classify(error: &wasmtime::Error, state: &HostState, cpu_millis: u64) -> Failure {
    if let Some(failure) = guests_fault(error, state, cpu_millis) {
        return failure;
    }
    let text = format!("{error:#}");
    if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() {
        return Failure::Host(text);
    }
    // The guest has returned, and what it returned cannot be lifted: more than the host
    // takes in one call, a string that is not UTF-8, a pointer out of its memory.
    Failure::Answer(crate::imports::clean(&text))
}

/// The flags in the state come first: a guest whose allocator was refused memory ends in
/// the same trap as one that panicked.
fn guests_fault(error: &wasmtime::Error, state: &HostState, cpu_millis: u64) -> Option<Failure> {
    if state.out_of_cpu {
        return Some(Failure::Cpu {
            limit_millis: cpu_millis,
        });
    }
    if state.limiter.memory_denied {
        return Some(Failure::Memory {
            limit_bytes: state.grants.limits.memory_bytes,
        });
    }
    let trap = error.downcast_ref::<Trap>();
    if let (Some(_), Some(denied)) = (trap, state.denied.first()) {
        return Some(Failure::Denied(denied.clone()));
    }
    let backtrace = error.downcast_ref::<WasmBacktrace>();
    if trap.is_none() && backtrace.is_none() {
        return None;
    }
    let stderr = String::from_utf8_lossy(&state.stderr.contents()).into_owned();
    Some(Failure::Trap {
        cause: trap.map_or_else(|| error.root_cause().to_string(), ToString::to_string),
        frames: backtrace.map(frames).unwrap_or_default(),
        stderr: crate::imports::clean(stderr.trim()),
    })
}

fn frames(backtrace: &WasmBacktrace) -> Vec<String> {
    backtrace
        .frames()
        .iter()
        .take(16)
        .map(|frame| frame.func_name().unwrap_or("?").to_owned())
        .collect()
}
