//! Ways to use up a limit, or to be different each time.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::hint::black_box;
use std::time::{Instant, SystemTime};

/// Spends CPU without end.
pub(crate) fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Allocates without end, touching every page.
pub(crate) fn allocate() -> ! {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(black_box(vec![0xA5; 1 << 20]));
    }
}

/// Recurses without end; the argument keeps each frame from being optimised away.
#[expect(unconditional_recursion, reason = "that is the fault")]
pub(crate) fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    black_box(recurse(black_box(depth.wrapping_add(1)))).wrapping_add(frame.iter().sum::<u64>())
}

/// A million log lines.
pub(crate) fn flood(id: &str) -> String {
    let line = "flood ".repeat(100);
    for _ in 0..1_000_000 {
        tidegate_sdk::log::info(&line, &[("request", id)]);
    }
    "flooded".into()
}

/// Everything in the standard library that usually differs from one call to the next.
#[expect(clippy::disallowed_methods, reason = "what it would say is the question")]
pub(crate) fn entropy() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = now.map(|now| now.as_millis()).unwrap_or_default();
    let hash = RandomState::new().hash_one("entropy");
    format!("{millis} {:?} {hash}", Instant::now())
}
