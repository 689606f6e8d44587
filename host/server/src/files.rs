//! The data directory: private, and what lies where in it.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tidegate_store::Store;
use tidegate_store::seal::Sealer;

use crate::config::{SECRET_KEY, SECRET_KEY_FILE};

/// The database's name.
pub(crate) const DATABASE: &str = "tidegate.db";
/// The name of the file with the key of stored secrets.
pub(crate) const KEY: &str = "secret.key";
/// The longest key file that is read, in bytes.
const MOST_KEY: u64 = 4 << 10;

/// How names of scratch folders begin.
const SCRATCH: &str = "scratch-";

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
        make_private(root, 0o700)?;
        // Absolute, so that the socket can be found from wherever a command is given.
        let root = std::path::absolute(root).with_context(|| format!("cannot resolve {}", root.display()))?;
        Ok(Self { root })
    }

    /// Opens the store with the key from the environment, else from the key file.
    ///
    /// # Errors
    /// No key, another key, or a database that cannot be used.
    pub fn open_store(&self) -> anyhow::Result<Store> {
        let sealer = match key_from_environment()? {
            Some(key) => Sealer::from_hex(&key)?,
            None => Sealer::from_file(&self.root.join(KEY)).context("the key file cannot be used")?,
        };
        let path = self.root.join(DATABASE);
        Store::open(&path, sealer).with_context(|| format!("cannot open the database {}", path.display()))
    }

    /// Compiled policies: trusted when loaded, so private.
    #[must_use]
    pub fn compile_cache(&self) -> PathBuf {
        self.root.join("compiled")
    }

    /// A private folder that goes when it is dropped, on the disk that has room for the database.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn scratch(&self) -> std::io::Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&self.root)
    }

    /// Removes scratch folders of a process that was killed.
    pub(crate) fn sweep(&self) {
        let entries = std::fs::read_dir(&self.root).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(SCRATCH)) {
            if let Err(error) = std::fs::remove_dir_all(entry.path()) {
                tracing::warn!(%error, folder = %entry.path().display(), "a scratch folder is left over");
            }
        }
    }

    /// The socket on which a running server takes administrators' commands.
    #[must_use]
    pub fn admin_socket(&self) -> PathBuf {
        self.root.join("admin.sock")
    }
}

/// The key of stored secrets, where the environment has it or names its file; it is one.
///
/// # Errors
/// Both are set, or what is there is no key.
pub(crate) fn key_from_environment() -> anyhow::Result<Option<String>> {
    // One that is set and empty is a mistake: another key must not be made for it.
    match (std::env::var_os(SECRET_KEY), std::env::var_os(SECRET_KEY_FILE)) {
        (Some(_), Some(_)) => anyhow::bail!("give {SECRET_KEY} or {SECRET_KEY_FILE}, not both"),
        (Some(key), None) => {
            let key = key.into_string().unwrap_or_default();
            Sealer::from_hex(&key)
                .map_err(|_| anyhow::anyhow!("{SECRET_KEY} is not 64 hexadecimal digits"))?;
            Ok(Some(key))
        }
        (None, Some(file)) => read_key(Path::new(&file))
            .map(Some)
            .with_context(|| format!("{SECRET_KEY_FILE} cannot be used")),
        (None, None) => Ok(None),
    }
}

/// Reads a key that must be there.
///
/// # Errors
/// The file cannot be read, or holds no key.
pub(crate) fn read_key(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(MOST_KEY).read_to_string(&mut text))
        .with_context(|| format!("cannot read {}", file.display()))?;
    Sealer::from_hex(&text)
        .map_err(|_| anyhow::anyhow!("{} is not 64 hexadecimal digits", file.display()))?;
    Ok(text)
}

/// Takes everybody else's rights away: the directory holds secrets, and compiled code that is
/// trusted when it is loaded.
///
/// # Errors
/// The rights cannot be read or changed: it belongs to somebody else.
pub(crate) fn make_private(path: &Path, mode: u32) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let unsafe_here = || format!("cannot make {} private to this user", path.display());
    let rights = std::fs::metadata(path).with_context(unsafe_here)?.permissions();
    if rights.mode() & 0o077 != 0 {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).with_context(unsafe_here)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_directory_that_others_may_enter_becomes_private() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("is ours");
        Files::at(folder.path()).expect("is made private");
        let mode = std::fs::metadata(folder.path())
            .expect("is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
