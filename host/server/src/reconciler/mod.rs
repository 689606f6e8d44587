//! Makes each target match its desired state, and goes on trying until it does.
//!
//! Level-triggered: nothing is passed along but the ring of a bell; what is to be done is
//! read from the store, so a crash, a restart or a lost ring loses nothing. One loop per
//! target: a product that hangs holds up nobody else, a row that fails waits alone.

mod account;
mod backoff;
mod gate;
mod probing;
mod restate;
mod row;
mod target;

use std::collections::HashSet;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::service::Service;

/// Runs until told to stop; returns when what was in flight is written down.
pub async fn run(service: Arc<Service>, stop: CancellationToken) {
    let loops = TaskTracker::new();
    let mut running = HashSet::new();
    let mut walking = HashSet::new();
    loop {
        for app in service.apps().all() {
            for target in app.targets.iter().filter(|target| running.insert(target.seq)) {
                loops.spawn(target::run(Arc::clone(&service), target.seq, stop.clone()));
            }
            if walking.insert(app.seq) {
                loops.spawn(restate::run(Arc::clone(&service), app.seq, stop.clone()));
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = service.changed.notified() => {}
        }
    }
    loops.close();
    loops.wait().await;
}
