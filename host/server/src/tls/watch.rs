//! Notices that the files have changed.
//!
//! By looking at them: what replaces certificates (ACME clients, Kubernetes' links to links, a copy by hand)
//! does it in so many ways that events of the file system miss some.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Tls;
use super::pair::TlsFiles;
use crate::service::Service;

/// Between two looks, of two system calls each.
const PAUSE: Duration = Duration::from_secs(1);

/// How both files look from outside. Links are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp([Option<(u64, u64, i64, i64)>; 2]);

impl Stamp {
    pub(super) fn of(files: &TlsFiles) -> Self {
        let one = |path: &Path| {
            let found = std::fs::metadata(path).ok()?;
            Some((found.ino(), found.len(), found.mtime(), found.mtime_nsec()))
        };
        Self([one(&files.certificate), one(&files.key)])
    }
}

/// Looks until told to stop.
pub(crate) async fn run(tls: Arc<Tls>, service: Arc<Service>, stop: CancellationToken) {
    let mut read = tls.first.clone();
    let mut seen = read.clone();
    while stop
        .run_until_cancelled(tokio::time::sleep(PAUSE))
        .await
        .is_some()
    {
        let (looked, reread) = (Arc::clone(&tls), Arc::clone(&service));
        let (last_read, last_seen) = (read.clone(), seen.clone());
        // Files may lie on a disk that is slow: off the threads that answer requests.
        let look = tokio::task::spawn_blocking(move || {
            let now = Stamp::of(&looked.files);
            // Two files are never replaced in one moment: a change counts once it has lasted.
            let settled = now != last_read && now == last_seen;
            if settled {
                looked.reload(&reread.metrics);
            }
            (now, settled)
        });
        if let Ok((now, settled)) = look.await {
            if settled {
                read = now.clone();
            }
            seen = now;
        }
    }
}
