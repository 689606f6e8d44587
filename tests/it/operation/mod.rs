//! The files under `host/operation/`, as far as they can be checked without a container engine, Prometheus
//! or Grafana.

mod container;
mod image;
mod metrics;
mod unit;

use std::path::{Path, PathBuf};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// One of the files.
fn file(name: &str) -> String {
    std::fs::read_to_string(root().join("host/operation").join(name)).expect("is there")
}
