//! `tidegate completions` and `tidegate man`: both are made of what `--help` is made of.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder, such as /usr/local/share/man/man1; it is made where it is missing.
    folder: PathBuf,
}

impl Completions {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        // Into memory first: the library panics where its reader has gone.
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "tidegate", &mut text);
        std::io::stdout().write_all(&text)?;
        Ok(())
    }
}

impl Man {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let shown = || format!("cannot write into {}", self.folder.display());
        std::fs::create_dir_all(&self.folder).with_context(shown)?;
        clap_mangen::generate_to(Cli::command(), &self.folder).with_context(shown)?;
        println!("manual pages are in {}", self.folder.display());
        Ok(())
    }
}
