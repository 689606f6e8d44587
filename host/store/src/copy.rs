//! A copy of the database to try changes on. It is never written back.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::connection::Store;
use crate::error::{Result, StoreError};

/// A copy that may be changed, and one beside it that stays as it was.
#[derive(Debug)]
pub struct Copy {
    /// The one that may be changed. Its commits do not wait for the disk.
    pub store: Store,
    /// The other's file.
    pub(crate) before: PathBuf,
}

impl Store {
    /// Copies everything as it is at this moment into an empty, private folder, which the caller
    /// removes. Writers go on meanwhile.
    ///
    /// # Errors
    /// The folder has no room, or a database error.
    pub async fn copy_into(&self, folder: &Path) -> Result<Copy> {
        let (before, after) = (folder.join("before.db"), folder.join("after.db"));
        let (from, to) = (before.clone(), after.clone());
        self.scan(move |db| {
            let mut copied = Connection::open(&from)?;
            // All pages in one step: readers of a WAL see one moment and hold nobody up.
            match Backup::new(db, &mut copied)?.step(-1)? {
                StepResult::Done => {}
                _ => return Err(StoreError::Step("the database is locked: try again".into())),
            }
            // A file by itself, without a log beside it.
            copied.pragma_update(None, "journal_mode", "DELETE")?;
            copied.close().map_err(|(_, error)| error)?;
            std::fs::copy(&from, &to).map_err(|source| StoreError::File {
                path: to.display().to_string(),
                source,
            })?;
            Ok(())
        })
        .await?;
        let sealer = self.sealer.clone();
        let store = Self::open_with(&after, sealer, "OFF")?;
        Ok(Copy { store, before })
    }
}
