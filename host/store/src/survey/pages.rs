//! Pages as they are read, each with the place of the next.

use rusqlite::{Connection, OptionalExtension, params};
use tidegate_directory::connector::{Account, AccountPage, Page};

use super::{Phase, Survey, put};
use crate::connection::Store;
use crate::error::Result;
use crate::fold;

impl Store {
    /// Stores a page of accounts. Returns where the reading goes on.
    ///
    /// # Errors
    /// A database error.
    pub async fn found_accounts(&self, target: i64, survey: Survey, page: AccountPage) -> Result<Survey> {
        self.write(move |db| {
            page.accounts
                .iter()
                .try_for_each(|account| add(db, target, &survey, account))?;
            let survey = match page.next {
                Some(_) => Survey {
                    cursor: page.next,
                    ..survey
                },
                None => {
                    forget(db, "found_account", target, &survey)?;
                    Survey {
                        phase: Phase::Groups,
                        cursor: None,
                        ..survey
                    }
                }
            };
            put(db, target, &survey)?;
            Ok(survey)
        })
        .await
    }

    /// Stores a page of groups. Returns where the reading goes on.
    ///
    /// # Errors
    /// A database error.
    pub async fn found_groups(&self, target: i64, survey: Survey, page: Page, now_ms: i64) -> Result<Survey> {
        self.write(move |db| {
            for name in &page.names {
                db.prepare_cached(
                    "INSERT OR REPLACE INTO found_group (target, name_key, name, generation) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![target, fold(name), name, survey.generation])?;
            }
            let survey = match page.next {
                Some(_) => Survey { cursor: page.next, ..survey },
                None => {
                    forget(db, "found_group", target, &survey)?;
                    let begun = Survey { phase: Phase::Members, cursor: None, group: None, ..survey };
                    next_group(db, target, begun, now_ms)?
                }
            };
            put(db, target, &survey)?;
            Ok(survey)
        })
        .await
    }

    /// The group whose members are read next, as the product writes its name.
    ///
    /// # Errors
    /// A database error.
    pub fn members_of(&self, target: i64, survey: &Survey) -> Result<Option<String>> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT name FROM found_group WHERE target = ?1 AND name_key = ?2")?;
            let name = statement.query_row(params![target, survey.group], |row| row.get(0));
            Ok(name.optional()?)
        })
    }

    /// Stores a page of the members of the group that is read. Returns where the reading goes on.
    ///
    /// # Errors
    /// A database error.
    pub async fn found_members(
        &self,
        target: i64,
        survey: Survey,
        page: Page,
        now_ms: i64,
    ) -> Result<Survey> {
        self.write(move |db| {
            let group = survey.group.clone().unwrap_or_default();
            for name in &page.names {
                db.prepare_cached(
                    "INSERT OR REPLACE INTO found_member (target, grp, username_key, generation)
                     VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![target, group, fold(name), survey.generation])?;
            }
            let survey = match page.next {
                Some(_) => Survey {
                    cursor: page.next,
                    ..survey
                },
                None => {
                    db.prepare_cached(
                        "DELETE FROM found_member WHERE target = ?1 AND grp = ?2 AND generation < ?3",
                    )?
                    .execute(params![target, group, survey.generation])?;
                    next_group(
                        db,
                        target,
                        Survey {
                            cursor: None,
                            ..survey
                        },
                        now_ms,
                    )?
                }
            };
            put(db, target, &survey)?;
            Ok(survey)
        })
        .await
    }
}

fn add(db: &Connection, target: i64, survey: &Survey, account: &Account) -> Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO found_account (target, remote_id, username, username_key, email, email_key,
            display_name, active, directory, mutable, generation)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        target,
        account.remote_id,
        account.username,
        fold(&account.username),
        account.email,
        account.email.as_deref().map(fold),
        account.display_name,
        account.active,
        account.directory,
        account.mutable,
        survey.generation
    ])?;
    Ok(())
}

/// What a list that was read to its end no longer had.
fn forget(db: &Connection, table: &str, target: i64, survey: &Survey) -> Result<()> {
    db.prepare_cached(&format!(
        "DELETE FROM {table} WHERE target = ?1 AND generation < ?2"
    ))?
    .execute(params![target, survey.generation])?;
    Ok(())
}

/// The next group in the order of names; none is left: the reading ends.
fn next_group(db: &Connection, target: i64, survey: Survey, now_ms: i64) -> Result<Survey> {
    let next: Option<String> = db
        .prepare_cached(
            "SELECT f.name_key FROM found_group f
             WHERE f.target = ?1 AND f.generation = ?2 AND f.name_key > coalesce(?3, '')
               AND (?4 OR EXISTS (SELECT 1 FROM directory_group g
                    WHERE g.target = f.target AND g.name_key = f.name_key AND g.state = 'present'))
             ORDER BY f.name_key LIMIT 1",
        )?
        .query_row(
            params![target, survey.generation, survey.group, survey.whole],
            |row| row.get(0),
        )
        .optional()?;
    if next.is_some() {
        return Ok(Survey {
            group: next,
            ..survey
        });
    }
    // Groups that are gone, or were not read this time: what was known of them is old.
    forget(db, "found_member", target, &survey)?;
    Ok(Survey {
        phase: Phase::Done,
        group: None,
        ended_ms: Some(now_ms),
        ..survey
    })
}
