//! Mending drift: rows are made due again, and the reconciler brings about what was wanted all along.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use tidegate_directory::connector::AccountLink;

use super::drift::{
    ACCOUNT_DIFFERENT, ACCOUNT_MISSING, ACCOUNT_UNUSABLE, ACCOUNT_USABLE, GROUP_MISSING, MEMBER_EXTRA,
    MEMBER_MISSING, MEMBER_UNMANAGED, written_out,
};
use super::{MendRule, Phase, get};
use crate::audit::{self, AuditLine};
use crate::brake::{BrakeRule, Harm};
use crate::connection::Store;
use crate::error::Result;

/// What was made due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Mended {
    /// Accounts.
    pub accounts: u64,
    /// Groups.
    pub groups: u64,
    /// Memberships that were missing.
    pub memberships: u64,
    /// Memberships that nobody wants.
    pub extra: u64,
}

impl Mended {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.accounts + self.groups + self.memberships + self.extra
    }
}

/// Somebody in a managed group whose account is not managed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The group.
    pub group: String,
    /// The account.
    pub link: AccountLink,
}

impl Store {
    /// Makes due what the last reading found, as far as the rule goes. What takes a membership away counts for
    /// the brake.
    ///
    /// # Errors
    /// A database error.
    pub async fn mend_drift(
        &self,
        app: i64,
        target: i64,
        rule: MendRule,
        brake: BrakeRule,
        line: AuditLine,
    ) -> Result<Mended> {
        self.write(move |db| {
            let Some(survey) = get(db, target)?.filter(|survey| survey.phase == Phase::Done) else {
                return Ok(Mended::default());
            };
            let mend = Mend {
                db,
                target,
                started_ms: survey.started_ms,
                now_ms: line.at_ms,
            };
            // Memberships first: those of an account that is made due are no longer settled.
            let mended = Mended {
                memberships: if rule.memberships { mend.missing()? } else { 0 },
                extra: if rule.extra {
                    mend.extra(app, &brake, &line.request)?
                } else {
                    0
                },
                groups: if rule.groups { mend.groups()? } else { 0 },
                accounts: if rule.accounts { mend.accounts()? } else { 0 },
            };
            if mended.total() > 0 {
                let detail = serde_json::to_value(mended)?;
                audit::append(db, &AuditLine { detail, ..line })?;
            }
            Ok(mended)
        })
        .await
    }

    /// Members of managed groups whose accounts are not managed, at most so many.
    ///
    /// # Errors
    /// A database error.
    pub async fn strays(&self, target: i64, most: u64) -> Result<Vec<Stray>> {
        self.scan(move |db| {
            let Some(survey) = get(db, target)?.filter(|survey| survey.phase == Phase::Done) else {
                return Ok(Vec::new());
            };
            let sql = written_out(MEMBER_UNMANAGED);
            let mut statement = db.prepare_cached(&format!(
                "SELECT grp, coalesce(remote_id, username), username FROM ({sql}) ORDER BY 1, 3 LIMIT ?3"
            ))?;
            let args = params![target, survey.started_ms, crate::users::clamp(most)];
            let rows = statement.query_map(args, |row| {
                Ok(Stray {
                    group: row.get(0)?,
                    link: AccountLink {
                        remote_id: row.get(1)?,
                        username: row.get(2)?,
                        remembered: None,
                    },
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// One is in its group no longer.
    ///
    /// # Errors
    /// A database error.
    pub async fn stray_removed(&self, target: i64, stray: Stray) -> Result<()> {
        self.write(move |db| {
            db.prepare_cached(
                "DELETE FROM found_member WHERE target = ?1 AND grp = ?2 AND username_key = ?3",
            )?
            .execute(params![
                target,
                crate::fold(&stray.group),
                crate::fold(&stray.link.username)
            ])?;
            Ok(())
        })
        .await
    }
}

struct Mend<'a> {
    db: &'a Connection,
    target: i64,
    started_ms: i64,
    now_ms: i64,
}

impl Mend<'_> {
    /// `attempts` begin anew, and nothing counts as brought about until it is; what is there is what was found, so that what comes back is given its groups again.
    fn accounts(&self) -> Result<u64> {
        let mut count = 0;
        for (sql, present) in [
            (ACCOUNT_MISSING, "0"),
            (ACCOUNT_DIFFERENT, "present"),
            (ACCOUNT_USABLE, "1"),
            (ACCOUNT_UNUSABLE, "2"),
        ] {
            count += self.run(
                sql,
                &format!(
                    "UPDATE account SET present = {present}, applied_rev = 0, due_ms = ?3, attempts = 0
                     WHERE target = ?1 AND user IN (SELECT user FROM (FOUND))"
                ),
            )?;
        }
        Ok(count)
    }

    fn groups(&self) -> Result<u64> {
        self.run(
            GROUP_MISSING,
            "UPDATE directory_group SET present = 0, applied_rev = 0, due_ms = ?3, attempts = 0
             WHERE target = ?1 AND seq IN (SELECT grp FROM (FOUND))",
        )
    }

    fn missing(&self) -> Result<u64> {
        self.run(
            MEMBER_MISSING,
            "UPDATE membership SET applied = NULL, due_ms = ?3, attempts = 0
             WHERE (grp, user) IN (SELECT grp, user FROM (FOUND))",
        )
    }

    fn extra(&self, app: i64, brake: &BrakeRule, request: &str) -> Result<u64> {
        let rows: Vec<(i64, i64)> = {
            let sql = written_out(MEMBER_EXTRA);
            let mut statement = self
                .db
                .prepare_cached(&format!("SELECT grp, user FROM ({sql})"))?;
            let rows = statement.query_map(params![self.target, self.started_ms], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        let mut harm = Harm::default();
        for (group, user) in &rows {
            self.db
                .prepare_cached(
                    "INSERT INTO membership (grp, user, target, wanted, applied, rev, due_ms, reason, request, changed_ms)
                     VALUES (?1, ?2, ?3, 0, 1, 1, ?4, 'was found in the group, and nobody wants it there', ?5, ?4)
                     ON CONFLICT DO UPDATE SET applied = 1, rev = rev + 1, due_ms = ?4, attempts = 0,
                        reason = excluded.reason, request = ?5, changed_ms = ?4",
                )?
                .execute(params![group, user, self.target, self.now_ms, request])?;
            harm.member(self.target, *group, *user);
        }
        harm.settle(self.db, app, brake, false, self.now_ms)?;
        Ok(rows.len() as u64)
    }

    /// Runs an update over what a kind of drift finds. `?1` is the target, `?2` when the reading began, `?3` now.
    fn run(&self, found: &str, update: &str) -> Result<u64> {
        let sql = update.replace("FOUND", &written_out(found));
        let changed =
            self.db
                .prepare_cached(&sql)?
                .execute(params![self.target, self.started_ms, self.now_ms])?;
        Ok(changed as u64)
    }
}
