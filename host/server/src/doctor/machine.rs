//! The machine: room on the disk, and who may read what.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Finding, bad, good};
use crate::config::Config;
use crate::files::{self, DATABASE, KEY};

/// Bytes that are free at least, however small the database is: its log and compiled rules grow.
const LEAST_FREE: u64 = 512 << 20;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let folder = &config.data_dir;
    let mut findings = vec![disk(folder), private("data directory", folder, 0o700)];
    match files::key_from_environment() {
        Ok(Some(_)) => findings.push(good("key of secrets", "from the environment")),
        Ok(None) => findings.push(private("key of secrets", &folder.join(KEY), 0o600)),
        Err(error) => findings.push(bad(
            "key of secrets",
            format!("{error:#}"),
            "mend the environment",
        )),
    }
    let more = [
        ("key of TLS", &config.tls_key),
        ("secret of OpenID Connect", &config.oidc_client_secret_file),
        ("headers of traces", &config.otlp_headers_file),
    ];
    for (what, file) in more {
        findings.extend(file.iter().map(|file| private(what, file, 0o600)));
    }
    findings
}

fn disk(folder: &Path) -> Finding {
    let database = std::fs::metadata(folder.join(DATABASE)).map_or(0, |found| found.len());
    match rustix::fs::statvfs(folder) {
        Ok(found) => room(found.f_bavail.saturating_mul(found.f_frsize), database),
        Err(error) => bad(
            "disk",
            format!("{}: {error}", folder.display()),
            "look whether the disk is there",
        ),
    }
}

/// A preview copies the database twice, and a backup on the same disk once more.
fn room(free: u64, database: u64) -> Finding {
    let wanted = database.saturating_mul(3).max(LEAST_FREE);
    let mib = |bytes: u64| bytes >> 20;
    let seen = format!("{} MiB free, {} MiB of database", mib(free), mib(database));
    if free >= wanted {
        return good("disk", seen);
    }
    bad(
        "disk",
        seen,
        format!("make {} MiB free: previews copy the database", mib(wanted)),
    )
}

/// Nobody but its owner may read it.
fn private(what: &str, path: &Path, mode: u32) -> Finding {
    let shown = path.display();
    match std::fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 == 0 => good(what, "only its owner reads it"),
        Ok(found) => bad(
            what,
            format!(
                "{shown} has mode {:o}: others may read it",
                found.permissions().mode() & 0o777
            ),
            format!("chmod {mode:o} {shown}, and renew what they may have read"),
        ),
        Err(error) => bad(what, format!("{shown}: {error}"), "put it back, from a backup"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn there_is_room_for_three_copies_and_never_less_than_half_a_gibibyte() {
        let verdict = |free: u64, database: u64| room(free << 20, database << 20).verdict;
        assert_eq!(verdict(512, 10), Verdict::Good);
        assert_eq!(verdict(511, 10), Verdict::Bad);
        assert_eq!(verdict(3_000, 1_000), Verdict::Good);
        assert_eq!(verdict(2_999, 1_000), Verdict::Bad);
        assert!(room(1 << 20, 0).remedy.contains("512 MiB"));
    }
}
