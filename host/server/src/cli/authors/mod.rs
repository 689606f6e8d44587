//! What authors of policies use. Nothing here needs a server or touches a data directory.

mod bench;
mod check;
mod new;
mod test;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use tidegate_runtime::grants::Grants;
use tidegate_runtime::stage::Staging;
use tidegate_runtime::{Runtime, Version};

use super::json_file;
use crate::policies::STANDARD;

#[derive(Debug, Subcommand)]
pub(crate) enum AuthorCommand {
    /// Begin a policy: a project that builds, and passes a test of its own, at once.
    New(new::New),
    /// Look a component over: what it imports, whether settings fit, one decision.
    Check(check::Check),
    /// Ask a component what decision vectors ask, and compare the answers.
    Test(test::Test),
    /// How long its decisions take.
    Bench(bench::Bench),
}

impl AuthorCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::New(new) => new.run(),
            Self::Check(check) => check.run().await,
            Self::Test(test) => test.run().await,
            Self::Bench(bench) => bench.run().await,
        }
    }
}

/// A component with what it is given.
#[derive(Debug, Args)]
struct Parts {
    /// The component (.wasm); `standard`: the policy that ships with Tidegate.
    component: PathBuf,
    /// Settings (JSON); left out: `{}`.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// What it may do besides deciding (JSON).
    #[arg(long, value_name = "FILE")]
    grants: Option<PathBuf>,
}

impl Parts {
    fn staging(&self) -> anyhow::Result<Staging> {
        let settings = self.settings.as_deref().map(json_file).transpose()?;
        let grants = match self.grants.as_deref().map(json_file).transpose()? {
            None => Grants::default(),
            Some(grants) => serde_json::from_value(grants).context("the grants cannot be read")?,
        };
        Ok(Staging {
            component: component(&self.component)?,
            settings: settings.map_or_else(|| "{}".to_owned(), |settings| settings.to_string()),
            grants,
            snapshot: None,
            plain: false,
        })
    }
}

fn component(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file.as_os_str() == "standard" {
        return Ok(STANDARD.to_vec());
    }
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

async fn stage(runtime: &Runtime, staging: Staging) -> anyhow::Result<Version> {
    Ok(runtime.stage(staging).await?.version)
}

/// An engine that keeps what it compiled, so that the next look is quick.
fn runtime() -> anyhow::Result<Runtime> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let folder = cache.or_else(home).map(|cache| cache.join("tidegate/authors"));
    let usable = folder.filter(|folder| std::fs::create_dir_all(folder).is_ok());
    Ok(Runtime::new(usable.as_deref())?)
}
