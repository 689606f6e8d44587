//! What one decision may use. Every number says what it bounds.

use serde::{Deserialize, Serialize};

/// Limits of one decision. Settable per app and version, within the engine's pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of linear memory. A Rust policy needs about 2 MiB, Python about 24.
    pub memory_bytes: usize,
    /// Milliseconds of CPU, in ticks of [`TICK_MILLIS`]. A decision takes well under one tick.
    pub cpu_millis: u64,
    /// Milliseconds on the wall, host calls included. Below Okta's 60 seconds with room to spare.
    pub wall_millis: u64,
    /// Calls of storage, http and lookup.
    pub host_calls: u32,
    /// Log lines; further ones are counted and dropped.
    pub log_lines: u32,
    /// Steps of one plan.
    pub plan_steps: usize,
    /// Milliseconds of CPU for `configure`, which compiles rules and runs off the request path.
    pub configure_millis: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 64 << 20,
            cpu_millis: 200,
            wall_millis: 5_000,
            host_calls: 100,
            log_lines: 100,
            plan_steps: 10_000,
            configure_millis: 5_000,
        }
    }
}

/// Milliseconds between two epochs: the grain of the CPU limit, and how long a guest
/// may hold a thread before it yields to other requests.
pub const TICK_MILLIS: u64 = 10;

/// Elements of one table. Interpreters of dynamic languages overflow 20,000.
pub const TABLE_ELEMENTS: usize = 100_000;

/// Bytes of linear memory that the largest policy may ask for; bounds a pool slot.
pub const MAX_MEMORY_BYTES: usize = 256 << 20;

/// Bytes of native stack for a guest. Deeper recursion traps.
pub const STACK_BYTES: usize = 512 << 10;

/// Bytes that one host call may make the host allocate (lists and strings lifted).
/// A plan of 10,000 steps is about 4 MiB; the check on `plan_steps` comes after lifting.
pub const HOSTCALL_BYTES: usize = 16 << 20;

/// Bytes of a guest's stdout and stderr kept for the operator.
pub const STDIO_BYTES: usize = 4 << 10;

/// Bytes of a component file. Python components are 18 MiB.
pub const COMPONENT_BYTES: usize = 64 << 20;

/// Bytes of settings.
pub const SETTINGS_BYTES: usize = 1 << 20;
