//! What Tidegate manages in a target: asked before anything is done there outside the queue.

use rusqlite::{OptionalExtension, params};
use tidegate_directory::connector::AccountLink;

use crate::connection::Store;
use crate::error::Result;
use crate::fold;

impl Store {
    /// The account that is linked to a SCIM user in a target.
    ///
    /// # Errors
    /// A database error, or a link that cannot be read.
    pub fn linked_account(&self, app: i64, target: i64, user_id: &str) -> Result<Option<AccountLink>> {
        let link: Option<Option<String>> = self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT a.link FROM scim_user u JOIN account a ON a.user = u.seq AND a.target = ?2
                 WHERE u.app = ?1 AND u.id = ?3",
            )?;
            Ok(statement
                .query_row(params![app, target, user_id], |row| row.get(0))
                .optional()?)
        })?;
        let link = link.flatten();
        Ok(link.as_deref().map(serde_json::from_str).transpose()?)
    }

    /// Names of the directory groups that a SCIM group asks for in a target.
    ///
    /// # Errors
    /// A database error.
    pub fn claimed_groups(&self, app: i64, target: i64, group_id: &str) -> Result<Vec<String>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT g.name FROM scim_group s JOIN group_claim c ON c.source = s.seq
                 JOIN directory_group g ON g.seq = c.grp AND g.target = ?2
                 WHERE s.app = ?1 AND s.id = ?3 ORDER BY g.name",
            )?;
            let rows = statement.query_map(params![app, target, group_id], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Whether a row of desired state is linked to the account, or wants an account of that name.
    ///
    /// # Errors
    /// A database error.
    pub fn manages_account(&self, target: i64, remote_id: &str, username: &str) -> Result<bool> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM account WHERE target = ?1 AND state <> 'released'
                    AND json_extract(link, '$.remote-id') = ?2)
                 OR EXISTS (SELECT 1 FROM account WHERE target = ?1 AND username = ?3)",
            )?;
            Ok(statement.query_row(params![target, remote_id, fold(username)], |row| row.get(0))?)
        })
    }

    /// Whether desired state holds the group.
    ///
    /// # Errors
    /// A database error.
    pub fn manages_group(&self, target: i64, name: &str) -> Result<bool> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM directory_group
                    WHERE target = ?1 AND name_key = ?2 AND state = 'present')",
            )?;
            Ok(statement.query_row(params![target, fold(name)], |row| row.get(0))?)
        })
    }
}
