//! `tidegate backup` and `tidegate restore`.

use std::path::PathBuf;

use clap::Args;
use serde_json::Map;

use super::Common;
use crate::backup;
use crate::clock::rfc3339;

#[derive(Debug, Args)]
pub(crate) struct BackupCommand {
    /// A file that is not there yet; it becomes readable by its owner only.
    file: PathBuf,
    /// Put the key of stored secrets into it too: whoever has the file then has the products' credentials.
    #[arg(long)]
    with_key: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreCommand {
    /// The backup.
    file: PathBuf,
    /// The key of then (`secret.key`), where it is neither in the backup nor in the environment.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl BackupCommand {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        let config = common.configuration(&Map::new())?;
        let bytes = backup::back_up(&config.data_dir, &self.file, self.with_key)?;
        println!(
            "{} holds everything as it is now: {bytes} bytes",
            self.file.display()
        );
        match self.with_key {
            true => println!("the key is in it: keep the file as you keep passwords"),
            false => println!("the key is not in it: keep secret.key somewhere else"),
        }
        Ok(())
    }
}

impl RestoreCommand {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        let config = common.configuration(&Map::new())?;
        let restored = backup::restore(&self.file, &config.data_dir, self.key_file.as_deref())?;
        let made = restored.made_ms.map(|ms| format!(" of {}", rfc3339(ms)));
        println!(
            "{} is as in the backup{}",
            config.data_dir.display(),
            made.unwrap_or_default()
        );
        if restored.key_written {
            println!("secret.key is in it");
        }
        println!("next: tidegate serve, then tidegate drift: products may be ahead of it");
        Ok(())
    }
}
