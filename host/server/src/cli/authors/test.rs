//! `tidegate policy test`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tidegate_runtime::stage::Staging;
use tidegate_runtime::vectors::Vector;
use tidegate_runtime::{Runtime, Version};

/// What to ask whom.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The component (.wasm); `standard`: the policy that ships with Tidegate.
    component: PathBuf,
    /// A vector (JSON), or a folder of them.
    vectors: PathBuf,
}

impl Test {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let bytes = super::component(&self.component)?;
        let runtime = super::runtime()?;
        let files = files(&self.vectors)?;
        let mut versions = HashMap::new();
        let (mut failed, count) = (0, files.len());
        for file in files {
            let name = file.file_name().unwrap_or_default().display();
            match one(&runtime, &bytes, &file, &mut versions).await {
                Ok(()) => println!("ok    {name}"),
                Err(difference) => {
                    failed += 1;
                    println!("FAIL  {name}\n{difference}");
                }
            }
        }
        anyhow::ensure!(
            failed == 0,
            "{failed} of {count} vectors are not answered as they say"
        );
        println!("{count} vectors are answered as they say");
        Ok(())
    }
}

/// By settings and grants: compiled once, configured in each sandbox.
type Versions = HashMap<(String, String), Arc<Version>>;

async fn one(runtime: &Runtime, bytes: &[u8], file: &Path, versions: &mut Versions) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let vector = Vector::read(&text)?;
    let grants = vector.grants();
    let key = (vector.settings.to_string(), format!("{grants:?}"));
    let version = match versions.get(&key) {
        Some(version) => Arc::clone(version),
        None => {
            let staging = Staging {
                component: bytes.to_vec(),
                settings: key.0.clone(),
                grants,
                snapshot: None,
                plain: true,
            };
            let staged = super::stage(runtime, staging)
                .await
                .map_err(|error| error.to_string())?;
            let version = Arc::new(staged);
            versions.insert(key, Arc::clone(&version));
            version
        }
    };
    let given = vector.given.fresh();
    let decided = version.decide(&vector.request, Arc::new(given.clone())).await;
    let why = match vector.why.as_str() {
        "" => String::new(),
        why => format!("{why}\n"),
    };
    vector
        .check(&decided.outcome, &given)
        .map_err(|difference| format!("{why}{difference}"))
}

fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    let files: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut files = files?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    anyhow::ensure!(!files.is_empty(), "{} has no vectors (*.json)", path.display());
    Ok(files)
}
