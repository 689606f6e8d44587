//! A component from an OCI registry, named by digest: `oci://registry.example.com/rules/joiners@sha256:…`.
//!
//! The digest is the manifest's, the manifest names the component's, and both are checked: who can change what
//! the registry holds, or what comes on the way here, cannot change the rules. A tag is no name: it may mean
//! something else tomorrow.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use futures::StreamExt;
use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::manifest::{OciDescriptor, OciImageManifest};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference};
use tidegate_runtime::limits::COMPONENT_BYTES;

use crate::cli::secret;

/// How long a registry may take to answer, and between two pieces of what it sends.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a component is called in a manifest: since 2024 by the CNCF's Wasm OCI artifact layout, and before it.
const MEDIA_TYPES: [&str; 2] = ["application/wasm", "application/vnd.wasm.content.layer.v1+wasm"];

/// Who we are to a registry that does not give to everybody.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct Login {
    /// User name at the OCI registry.
    #[arg(long, value_name = "NAME", requires = "registry_password_file")]
    registry_username: Option<String>,
    /// File with the password or token for it; `-` reads it from standard input.
    #[arg(long, value_name = "FILE", requires = "registry_username")]
    registry_password_file: Option<PathBuf>,
}

impl Login {
    fn auth(&self) -> anyhow::Result<RegistryAuth> {
        Ok(match (&self.registry_username, &self.registry_password_file) {
            (Some(username), Some(file)) => RegistryAuth::Basic(username.clone(), secret(file)?),
            _ => RegistryAuth::Anonymous,
        })
    }
}

/// Pulls the component that a reference without its `oci://` names.
pub(super) async fn pull(name: &str, login: &Login) -> anyhow::Result<Vec<u8>> {
    let reference: Reference = name
        .parse()
        .with_context(|| format!("{name:?} names nothing in a registry"))?;
    anyhow::ensure!(
        reference.digest().is_some(),
        "a component from a registry is named by its manifest's digest: oci://{}/{}@sha256:…, not by a tag",
        reference.registry(),
        reference.repository()
    );
    let client = Client::new(ClientConfig {
        protocol: protocol(reference.registry()),
        read_timeout: Some(PATIENCE),
        connect_timeout: Some(PATIENCE),
        user_agent: concat!("tidegate/", env!("CARGO_PKG_VERSION")),
        // An index chooses by processor and system, and rules have neither.
        platform_resolver: None,
        ..ClientConfig::default()
    });
    let (manifest, _) = client
        .pull_image_manifest(&reference, &login.auth()?)
        .await
        .with_context(|| format!("cannot read the manifest {name}"))?;
    let layer = component_of(&manifest)?;
    let mut pieces = client
        .pull_blob_stream(&reference, layer)
        .await
        .with_context(|| format!("cannot fetch {} of {name}", layer.digest))?;
    let mut component = Vec::new();
    while let Some(piece) = pieces.stream.next().await {
        let piece = piece.with_context(|| format!("{} of {name} broke off", layer.digest))?;
        anyhow::ensure!(
            component.len() + piece.len() <= COMPONENT_BYTES,
            "{name} is larger than {COMPONENT_BYTES} bytes"
        );
        component.extend_from_slice(&piece);
    }
    Ok(component)
}

/// The one layer that is a component.
fn component_of(manifest: &OciImageManifest) -> anyhow::Result<&OciDescriptor> {
    let is_component = |layer: &&OciDescriptor| MEDIA_TYPES.contains(&layer.media_type.as_str());
    let mut layers = manifest.layers.iter().filter(is_component);
    match (layers.next(), layers.next()) {
        (Some(layer), None) => Ok(layer),
        (None, _) => {
            let types: Vec<&str> = manifest
                .layers
                .iter()
                .map(|layer| layer.media_type.as_str())
                .collect();
            anyhow::bail!(
                "the manifest has no layer of type {:?}, but {types:?}",
                MEDIA_TYPES[0]
            )
        }
        (Some(_), Some(_)) => anyhow::bail!("the manifest has several components, and a policy is one"),
    }
}

/// A registry on this machine speaks plain HTTP, as Docker has it; every other one TLS.
fn protocol(registry: &str) -> ClientProtocol {
    let host = registry.rsplit_once(':').map_or(registry, |(host, _)| host);
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    match host == "localhost" || address.is_ok_and(|address| address.is_loopback()) {
        true => ClientProtocol::Http,
        false => ClientProtocol::Https,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_speaks_plainly() {
        for (registry, plain) in [
            ("localhost:5000", true),
            ("127.0.0.1:5000", true),
            ("[::1]:5000", true),
            ("registry.example.com", false),
            ("10.0.0.1:5000", false),
            ("localhost.example.com:5000", false),
        ] {
            assert_eq!(
                matches!(protocol(registry), ClientProtocol::Http),
                plain,
                "{registry}"
            );
        }
    }

    #[tokio::test]
    async fn a_tag_is_no_name() {
        let error = pull("registry.example.com/rules:latest", &Login::default()).await;
        assert!(error.is_err_and(|error| error.to_string().contains("not by a tag")));
    }
}
