//! The data directory: private, and what lies where in it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tidegate_store::Store;
use tidegate_store::seal::Sealer;

use crate::config::SECRET_KEY;

/// Paths below the data directory.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Makes the directory where it is missing, readable by its owner only.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn at(root: &Path) -> anyhow::Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(root)
            .with_context(|| format!("cannot make the data directory {}", root.display()))?;
        // Absolute, so that the socket can be found from wherever a command is given.
        let root = std::path::absolute(root).with_context(|| format!("cannot resolve {}", root.display()))?;
        Ok(Self { root })
    }

    /// Opens the store with the key from the environment, else from the key file.
    ///
    /// # Errors
    /// No key, another key, or a database that cannot be used.
    pub fn open_store(&self) -> anyhow::Result<Store> {
        let sealer = match std::env::var(SECRET_KEY) {
            Ok(key) => Sealer::from_hex(&key)
                .with_context(|| format!("{SECRET_KEY} is not 64 hexadecimal digits"))?,
            Err(_) => {
                Sealer::from_file(&self.root.join("secret.key")).context("the key file cannot be used")?
            }
        };
        let path = self.root.join("tidegate.db");
        Store::open(&path, sealer).with_context(|| format!("cannot open the database {}", path.display()))
    }

    /// Compiled policies: trusted when loaded, so private.
    #[must_use]
    pub fn compile_cache(&self) -> PathBuf {
        self.root.join("compiled")
    }

    /// The socket on which a running server takes administrators' commands.
    #[must_use]
    pub fn admin_socket(&self) -> PathBuf {
        self.root.join("admin.sock")
    }
}
