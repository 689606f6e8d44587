//! One engine per process, its ticker and its pool.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::component::Linker;
use wasmtime::{
    Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel,
    PoolingAllocationConfig,
};

use crate::bindings;
use crate::failure::StageError;
use crate::limits::{MAX_MEMORY_BYTES, STACK_BYTES, TABLE_ELEMENTS, TICK_MILLIS};
use crate::state::HostState;

/// Decisions at once. More wait: at the pool's own limit instantiation would fail.
pub const CONCURRENT_DECISIONS: u32 = 64;

/// Instances kept for staging, so that a new version does not compete with traffic.
const STAGING: u32 = 8;

/// The engine with everything that is shared between versions. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) linker: Arc<Linker<HostState>>,
    /// Smaller than the pool, so that the pool never refuses.
    pub(crate) permits: Arc<Semaphore>,
    /// One compilation or snapshot at a time: they take a core each.
    pub(crate) staging: Arc<Semaphore>,
    pooled: bool,
    cache: Option<Cache>,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("pooled", &self.pooled)
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// Builds the engine. `cache` is a private directory for compiled code, which is
    /// trusted when it is loaded: nobody else may write there.
    ///
    /// # Errors
    /// The cache directory or the engine cannot be made.
    pub fn new(cache: Option<&Path>) -> Result<Self, StageError> {
        let cache = cache.map(open_cache).transpose().map_err(StageError::host)?;
        // The pool reserves some hundred GiB of address space. Where that is not to be had
        // (small containers, some boards) on-demand allocation is slower and works.
        let (engine, pooled) = match Engine::new(&config(cache.clone(), true)) {
            Ok(engine) => (engine, true),
            Err(error) => {
                tracing::warn!(%error, "no address space for the instance pool: allocating on demand");
                (
                    Engine::new(&config(cache.clone(), false)).map_err(StageError::host)?,
                    false,
                )
            }
        };
        start_ticker(&engine)?;
        let linker = bindings::linker(&engine).map_err(StageError::host)?;
        Ok(Self {
            engine,
            linker: Arc::new(linker),
            permits: Arc::new(Semaphore::new(CONCURRENT_DECISIONS as usize)),
            staging: Arc::new(Semaphore::new(1)),
            pooled,
            cache,
        })
    }

    /// Whether instances come from the pool.
    #[must_use]
    pub fn pooled(&self) -> bool {
        self.pooled
    }

    /// Hits and misses of the cache of compiled code.
    #[must_use]
    pub fn cache_use(&self) -> (usize, usize) {
        self.cache
            .as_ref()
            .map_or((0, 0), |cache| (cache.cache_hits(), cache.cache_misses()))
    }

    /// Slots of the pool that are taken now: instances, memories, tables and stacks; none: no pool.
    #[must_use]
    pub fn pool_in_use(&self) -> Option<u64> {
        let pool = self.engine.pooling_allocator_metrics()?;
        let slots = [pool.memories(), pool.tables(), pool.stacks()];
        Some(
            pool.core_instances()
                + pool.component_instances()
                + slots.map(|used| used as u64).iter().sum::<u64>(),
        )
    }

    /// Decisions that run now.
    #[must_use]
    pub fn decisions_running(&self) -> usize {
        (CONCURRENT_DECISIONS as usize).saturating_sub(self.permits.available_permits())
    }
}

fn open_cache(directory: &Path) -> wasmtime::Result<Cache> {
    let mut config = CacheConfig::new();
    config.with_directory(directory);
    config.with_files_total_size_soft_limit(512 << 20);
    Cache::new(config)
}

fn config(cache: Option<Cache>, pooled: bool) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .epoch_interruption(true)
        .max_wasm_stack(STACK_BYTES)
        // The rest above `max_wasm_stack` is stack for our own host functions.
        .async_stack_size(STACK_BYTES + (512 << 10))
        .memory_init_cow(true)
        .cranelift_opt_level(OptLevel::Speed)
        .cache(cache);
    // WASI 0.3's structures in each store are not wanted: 0.2 only.
    config.concurrency_support(false);
    if pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    }
    config
}

fn pool() -> PoolingAllocationConfig {
    let total = CONCURRENT_DECISIONS + STAGING;
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(total)
        // One component holds several core instances: WASI adapters, interpreters.
        .total_core_instances(total * 8)
        .total_memories(total * 2)
        .total_tables(total * 4)
        .total_stacks(total)
        .max_memory_size(MAX_MEMORY_BYTES)
        .table_elements(TABLE_ELEMENTS)
        // Too small fails at run time with an obscure size; Spin uses the same.
        .max_component_instance_size(10 << 20)
        .max_core_instance_size(10 << 20)
        // One component must not take the pool.
        .max_core_instances_per_component(50)
        .max_memories_per_component(8)
        .max_tables_per_component(32)
        // Slots that keep an image and resident pages ready. Bounds what idle slots hold.
        .max_unused_warm_slots(16)
        // Dirty pages up to this are reset by memcpy, which costs less than a page fault each. A
        // decision from a snapshot dirties less; more makes `configure` in each sandbox cheaper
        // (213 µs at 1 MiB, 281 here), and every idle slot heavier.
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(64 << 10)
        // Linux 6.7 and later: reset only the pages that a decision has dirtied.
        .pagemap_scan(Enabled::Auto);
    pool
}

/// A thread of its own: an async task could be starved by the very guest it should stop.
#[expect(clippy::disallowed_methods, reason = "it sleeps on a thread of its own")]
fn start_ticker(engine: &Engine) -> Result<(), StageError> {
    let weak = engine.weak();
    std::thread::Builder::new()
        .name("epoch-ticker".into())
        .spawn(move || {
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(Duration::from_millis(TICK_MILLIS));
            }
        })
        .map(|_| ())
        .map_err(StageError::host)
}
