//! A component from a file, from a URL or from an OCI registry.

mod registry;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tidegate_directory::egress::{self, Exchange};
use tidegate_runtime::limits::COMPONENT_BYTES;

pub(super) use registry::Login;

/// How long a download may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Reads a component. From a URL its digest must be stated: who can change what is there, or on the
/// way here, must not be able to change the rules.
pub(super) async fn read(source: &Path, digest: Option<&str>, login: &Login) -> anyhow::Result<Vec<u8>> {
    let text = source.to_str();
    if let Some(name) = text.and_then(|text| text.strip_prefix("oci://")) {
        return registry::pull(name, login).await;
    }
    let url = text.filter(|text| text.starts_with("https://") || text.starts_with("http://"));
    let Some(url) = url else {
        return std::fs::read(source).with_context(|| format!("cannot read {}", source.display()));
    };
    anyhow::ensure!(
        digest.is_some(),
        "a component from a URL needs its --digest (SHA-256)"
    );
    let answer = egress::send(Exchange {
        method: "GET".into(),
        url: url.to_owned(),
        headers: Vec::new(),
        secret_headers: Vec::new(),
        body: Vec::new(),
        max_body_bytes: COMPONENT_BYTES,
        timeout: PATIENCE,
        // The administrator names the address: a mirror in the private network is as good as any.
        networks: vec!["0.0.0.0/0".parse()?, "::/0".parse()?],
    });
    let answer = answer.await.with_context(|| format!("cannot fetch {url}"))?;
    anyhow::ensure!(answer.status == 200, "{url} answers {}", answer.status);
    Ok(answer.body)
}

/// The signature that was named, or the one that lies beside the component, as minisign leaves it.
pub(super) fn signature(component: Option<&Path>, named: Option<&Path>) -> anyhow::Result<Option<String>> {
    let beside = || {
        let mut name = component?.as_os_str().to_owned();
        name.push(".minisig");
        Some(PathBuf::from(name)).filter(|file| file.is_file())
    };
    let Some(file) = named.map(Path::to_owned).or_else(beside) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Some(text))
}
