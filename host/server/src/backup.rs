//! Keeping a data directory, and making one of what was kept.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use tempfile::NamedTempFile;
use tidegate_store::StoreError;
use tidegate_store::backup::{self, Label};
use tidegate_store::seal::Sealer;

use crate::clock::now_ms;
use crate::files::{self, DATABASE, Files, KEY};

/// What was restored.
#[derive(Debug)]
pub(crate) struct Restored {
    /// When the backup was made; none for a copy that was made by hand.
    pub(crate) made_ms: Option<i64>,
    /// Whether the key was put into the data directory.
    pub(crate) key_written: bool,
}

/// Copies the database of a data directory into a new file, private to its owner: whole, or not at all. A
/// server may run on it. Gives back the file's bytes.
///
/// # Errors
/// There is no database, the file is there already, or the disk is full.
pub(crate) fn back_up(data_dir: &Path, file: &Path, with_key: bool) -> anyhow::Result<u64> {
    let database = data_dir.join(DATABASE);
    ensure!(
        database.is_file(),
        "there is no database in {}: is --data-dir right?",
        data_dir.display()
    );
    let shown = file.display();
    ensure!(!file.exists(), "{shown} is there already: nothing is overwritten");
    let key = key_at_hand(data_dir)?;
    ensure!(
        key.is_some() || !with_key,
        "the key is neither in the environment nor in {}",
        data_dir.join(KEY).display()
    );
    let sealer = key.as_deref().map(Sealer::from_hex).transpose()?;
    let folder = parent(file);
    // Beside it, so that it can be renamed; made with mode 600.
    let copy =
        NamedTempFile::new_in(folder).with_context(|| format!("cannot write into {}", folder.display()))?;
    let label = Label {
        now_ms: now_ms(),
        sealer: sealer.as_ref(),
        key: key.as_deref().filter(|_| with_key),
    };
    backup::back_up(&database, copy.path(), label).context("the database was not copied")?;
    keep(copy, file)
}

/// Makes a data directory of a backup.
///
/// # Errors
/// A server runs there, something is there already, the backup is damaged, or its key is not at hand.
pub(crate) fn restore(file: &Path, data_dir: &Path, key_file: Option<&Path>) -> anyhow::Result<Restored> {
    let (shown, place) = (file.display(), data_dir.display());
    ensure!(
        UnixStream::connect(data_dir.join("admin.sock")).is_err(),
        "a tidegate runs on {place}: stop it, and restore into an empty directory"
    );
    let used = std::fs::read_dir(data_dir).is_ok_and(|mut entries| entries.next().is_some());
    ensure!(
        !used,
        "{place} is not empty: restore into another directory, then let the server use that"
    );
    ensure!(file.is_file(), "there is no file {shown}");
    let examined = backup::examine(file).with_context(|| format!("{shown} cannot be used"))?;
    let from_environment = files::key_from_environment()?;
    ensure!(
        from_environment.is_none() || key_file.is_none(),
        "the key is in the environment: leave --key-file out"
    );
    let key_written = from_environment.is_none();
    let key = match (from_environment, key_file, examined.key) {
        (Some(key), ..) => key,
        (None, Some(path), _) => files::read_key(path)?,
        (None, None, Some(key)) => key,
        (None, None, None) => bail!("the key is not in {shown}: give --key-file, the secret.key of then"),
    };
    let sealer = Sealer::from_hex(&key).context("the key is not 64 hexadecimal digits")?;

    Files::at(data_dir)?;
    let mut copy = NamedTempFile::new_in(data_dir)?;
    let mut from = std::fs::File::open(file)?;
    std::io::copy(&mut from, &mut copy).with_context(|| format!("{shown} was not copied"))?;
    backup::revive(copy.path(), &sealer).map_err(|error| match error {
        StoreError::Sealed => anyhow::anyhow!("the key is not that of {shown}"),
        error => anyhow::Error::new(error).context(format!("{shown} cannot be used")),
    })?;
    if key_written {
        // Before the database: a start that found one without its key would make another.
        let mut kept = NamedTempFile::new_in(data_dir)?;
        kept.write_all(key.trim().as_bytes())?;
        keep(kept, &data_dir.join(KEY))?;
    }
    keep(copy, &data_dir.join(DATABASE))?;
    Ok(Restored {
        made_ms: examined.made_ms,
        key_written,
    })
}

/// The key of a data directory, which is not made where it is missing.
fn key_at_hand(data_dir: &Path) -> anyhow::Result<Option<String>> {
    let file = data_dir.join(KEY);
    match files::key_from_environment()? {
        Some(key) => Ok(Some(key)),
        None if file.exists() => files::read_key(&file).map(Some),
        None => Ok(None),
    }
}

/// On disk first, then under its name, then the name on disk. Gives back its bytes.
fn keep(file: NamedTempFile, name: &Path) -> anyhow::Result<u64> {
    let shown = || format!("cannot write {}", name.display());
    file.as_file().sync_all().with_context(shown)?;
    let kept = file.persist_noclobber(name).with_context(shown)?;
    std::fs::File::open(parent(name))
        .and_then(|folder| folder.sync_all())
        .with_context(shown)?;
    Ok(kept.metadata()?.len())
}

fn parent(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
