//! The unit of systemd.

use super::file;

const UNIT: &str = "tidegate.service";

#[test]
fn the_unit_has_sections_and_settings_and_is_hardened() {
    let text = file(UNIT);
    let mut section = "";
    let mut settings = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
            continue;
        }
        let (name, value) = line
            .split_once('=')
            .unwrap_or_else(|| panic!("no setting: {line}"));
        assert!(
            !section.is_empty() && name.chars().all(char::is_alphabetic),
            "{line}"
        );
        settings.push((section, name, value));
    }
    for wanted in [
        ("Service", "User", "tidegate"),
        ("Service", "NoNewPrivileges", "yes"),
        ("Service", "ProtectSystem", "strict"),
        ("Service", "ProtectHome", "yes"),
        ("Service", "PrivateTmp", "yes"),
        ("Service", "StateDirectoryMode", "0700"),
        ("Service", "CapabilityBoundingSet", "CAP_NET_BIND_SERVICE"),
        ("Service", "RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("Service", "SystemCallFilter", "@system-service"),
        ("Install", "WantedBy", "multi-user.target"),
    ] {
        assert!(settings.contains(&wanted), "{wanted:?}");
    }
    // Rules are compiled while it runs: with it no policy would load.
    assert!(
        !settings
            .iter()
            .any(|(_, name, _)| *name == "MemoryDenyWriteExecute")
    );
}

/// `tests/run` installs it.
#[cfg(feature = "judges")]
#[test]
fn systemd_itself_finds_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let unit = folder.path().join(UNIT);
    // It looks whether the program is there.
    let text = file(UNIT).replace("/usr/local/bin/tidegate", env!("CARGO_BIN_EXE_tidegate"));
    std::fs::write(&unit, text).expect("writes");
    let done = std::process::Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&unit)
        .output()
        .expect("systemd-analyze runs: tests/run installs it");
    let said = String::from_utf8_lossy(&done.stderr);
    // Other units of this machine are not ours.
    assert!(done.status.success() && !said.contains(UNIT), "{said}");
}
