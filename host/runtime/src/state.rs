//! What one store holds: the guest's WASI context, its limits, its budgets.

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime::{ResourceLimiter, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::capabilities::{Capabilities, Scope};
use crate::clock::{Fixed, Seed};
use crate::engine::Runtime;
use crate::grants::Grants;
use crate::limits::{HOSTCALL_BYTES, STDIO_BYTES, TABLE_ELEMENTS};

/// Per-store state.
pub(crate) struct HostState {
    wasi: WasiCtx,
    table: ResourceTable,
    pub(crate) limiter: Limiter,
    pub(crate) stderr: MemoryOutputPipe,
    pub(crate) ticks_left: u64,
    pub(crate) out_of_cpu: bool,
    pub(crate) host_calls_left: u32,
    pub(crate) http_calls_left: u32,
    pub(crate) http_bytes_left: usize,
    pub(crate) log_lines_left: u32,
    /// What was denied, for the audit trail.
    pub(crate) denied: Vec<String>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) capabilities: Arc<dyn Capabilities>,
    pub(crate) app: String,
    pub(crate) policy: Arc<str>,
    pub(crate) digest: Arc<str>,
    pub(crate) request: String,
}

/// For whom a store is made.
pub(crate) struct Purpose<'a> {
    pub(crate) app: &'a str,
    /// The policy's own name; empty while it has none yet.
    pub(crate) policy: Arc<str>,
    pub(crate) request: &'a str,
    pub(crate) digest: Arc<str>,
    pub(crate) now_ms: u64,
    pub(crate) cpu_millis: u64,
    pub(crate) grants: Arc<Grants>,
    pub(crate) capabilities: Arc<dyn Capabilities>,
}

/// A new store with all limits set. The CPU clock is armed by [`arm`].
pub(crate) fn store(runtime: &Runtime, purpose: Purpose<'_>) -> Store<HostState> {
    let stderr = MemoryOutputPipe::new(STDIO_BYTES);
    let seed = Seed::of(purpose.request);
    let wasi = WasiCtxBuilder::new()
        .stdout(MemoryOutputPipe::new(STDIO_BYTES))
        .stderr(stderr.clone())
        .wall_clock(Fixed(purpose.now_ms))
        .monotonic_clock(Fixed(purpose.now_ms))
        .secure_random(seed.stream())
        .insecure_random(seed.stream())
        .insecure_random_seed(seed.number())
        .max_random_size(64 << 10)
        .build();
    let mut table = ResourceTable::new();
    // Handles that a guest may hold. Ours has none; WASI's stdio has three.
    table.set_max_capacity(256);
    let limits = &purpose.grants.limits;
    let state = HostState {
        wasi,
        table,
        limiter: Limiter {
            memory_bytes: limits.memory_bytes,
            memory_denied: false,
        },
        stderr,
        ticks_left: purpose.cpu_millis.div_ceil(crate::limits::TICK_MILLIS),
        out_of_cpu: false,
        host_calls_left: limits.host_calls,
        http_calls_left: purpose.grants.http.calls,
        http_bytes_left: purpose.grants.http.total_bytes,
        log_lines_left: limits.log_lines,
        denied: Vec::new(),
        grants: purpose.grants,
        capabilities: purpose.capabilities,
        app: purpose.app.to_owned(),
        policy: purpose.policy,
        digest: purpose.digest,
        request: purpose.request.to_owned(),
    };
    let mut store = Store::new(&runtime.engine, state);
    store.limiter(|state| &mut state.limiter);
    store.set_hostcall_fuel(HOSTCALL_BYTES);
    store.epoch_deadline_callback(|mut context| {
        let state = context.data_mut();
        if state.ticks_left == 0 {
            state.out_of_cpu = true;
            return Ok(wasmtime::UpdateDeadline::Interrupt);
        }
        state.ticks_left -= 1;
        // Yields to tokio at every tick: a busy guest must not starve other requests.
        Ok(wasmtime::UpdateDeadline::Yield(1))
    });
    store
}

/// Starts the CPU clock. Just before the call, not at creation: waiting is not billed.
pub(crate) fn arm(store: &mut Store<HostState>) {
    store.set_epoch_deadline(1);
}

impl HostState {
    /// Whose calls the host's parts are to answer.
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope {
            app: &self.app,
            policy: &self.policy,
            request: &self.request,
        }
    }
}

impl WasiView for HostState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Says no to memory beyond the limit, and remembers having said it: the guest's
/// allocator then aborts, which would otherwise look like any other trap.
pub(crate) struct Limiter {
    memory_bytes: usize,
    pub(crate) memory_denied: bool,
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let fits = desired <= self.memory_bytes;
        self.memory_denied |= !fits;
        Ok(fits)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS)
    }
}
