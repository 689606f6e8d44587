//! TLS of the SCIM listener: what is shown to clients, and its exchange while the server runs.

pub(crate) mod pair;
mod watch;

use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;

use crate::clock::rfc3339;
use crate::metrics::{LoadLabels, Metrics};
use pair::{Pair, TlsError, TlsFiles};
use watch::Stamp;

pub(crate) use watch::run;

/// The certificate in use. A connection keeps the one that it began with.
pub(crate) struct Tls {
    files: TlsFiles,
    current: RwLock<Arc<ServerConfig>>,
    /// How the files looked before they were read for the first time.
    first: Stamp,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the files; at a start nothing else could be shown instead, so a bad pair ends it.
    ///
    /// # Errors
    /// The pair cannot be used.
    pub(crate) fn open(files: TlsFiles, metrics: &Metrics) -> Result<Self, TlsError> {
        // Before the files: a change in between is then seen as one.
        let first = Stamp::of(&files);
        let pair = files.read()?;
        note(&pair, metrics);
        Ok(Self {
            files,
            current: RwLock::new(pair.server),
            first,
        })
    }

    /// What the next handshake is made with.
    pub(crate) fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files again. A pair that cannot be used changes nothing.
    fn reload(&self, metrics: &Metrics) {
        match self.files.read() {
            Ok(pair) => {
                note(&pair, metrics);
                tracing::info!(
                    ends = rfc3339(pair.ends.saturating_mul(1_000)),
                    "the TLS certificate was exchanged"
                );
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = pair.server;
            }
            Err(error) => {
                count(metrics, "refused");
                tracing::error!(%error, "the new TLS certificate cannot be used: the one before is served on");
            }
        }
    }
}

fn note(pair: &Pair, metrics: &Metrics) {
    count(metrics, "taken");
    metrics.tls_expiry.set(pair.ends);
}

fn count(metrics: &Metrics, outcome: &'static str) {
    metrics.tls_loads.get_or_create(&LoadLabels { outcome }).inc();
}
