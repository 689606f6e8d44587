//! `tidegate config`.

use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::Common;
use crate::config::{check, settings};

/// The longest configuration file that is read, in bytes.
const MOST: u64 = 1 << 20;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print a configuration file with every setting, what it does, and its default.
    Example,
    /// Say everything that is wrong in a configuration file, with line and column.
    Check(Check),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The file; without one, that of --config.
    file: Option<PathBuf>,
}

impl ConfigCommand {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Example => print!("{}", settings::example()?),
            Self::Check(check) => check.run(common)?,
        }
        Ok(())
    }
}

impl Check {
    fn run(self, common: &Common) -> anyhow::Result<()> {
        let file = self.file.or_else(|| common.config.clone());
        let file = file.context("which file? tidegate config check FILE, or --config FILE")?;
        let shown = file.display();
        let mut text = String::new();
        std::fs::File::open(&file)
            .and_then(|opened| opened.take(MOST + 1).read_to_string(&mut text))
            .with_context(|| format!("cannot read {shown}"))?;
        anyhow::ensure!(text.len() as u64 <= MOST, "{shown} is longer than {MOST} bytes");
        let lines: Vec<String> = check::problems(&text)
            .iter()
            .map(|problem| format!("{shown}:{problem}"))
            .chain(
                check::environment()
                    .iter()
                    .map(|problem| format!("environment:{problem}")),
            )
            .collect();
        match lines.len() {
            0 => println!("{shown}: nothing is wrong"),
            1 => anyhow::bail!("one problem\n{}", lines.join("\n")),
            count => anyhow::bail!("{count} problems\n{}", lines.join("\n")),
        }
        Ok(())
    }
}
