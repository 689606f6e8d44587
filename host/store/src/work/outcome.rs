//! Writing down what became of a due row.
//!
//! An outcome belongs to the `rev` it was worked for. If more was wanted in the
//! meantime, the row stays due at once: level-triggered, the last value wins.

use rusqlite::{Connection, OptionalExtension, params};
use tidegate_directory::connector::AccountLink;

use super::Key;
use crate::connection::Store;
use crate::desired::{set_aside, wake};
use crate::error::Result;

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The target's row number.
    pub target: i64,
    /// Which row.
    pub key: Key,
    /// The rev that was worked for.
    pub rev: i64,
    /// How it ended.
    pub verdict: Verdict,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The account is as wanted. `active` absent: there is none, and that is as wanted.
    Account {
        /// Usable, suspended, or not there.
        active: Option<bool>,
        /// What ties the row to it.
        link: Option<AccountLink>,
        /// What suspend had taken was given back: memberships are to be looked at again.
        gave_back: bool,
        /// When to look again for something that is missing and must not be created.
        look_again_ms: Option<i64>,
    },
    /// The link has to be on disk before the work goes on; the row stays due.
    Linked {
        /// The link.
        link: AccountLink,
        /// Usable or not, where that is known already.
        active: Option<bool>,
    },
    /// The group is there, or not, as wanted.
    Group {
        /// Whether it is there.
        present: bool,
        /// When to look again for a group that is missing and must not be created.
        look_again_ms: Option<i64>,
    },
    /// The membership is this.
    Member {
        /// In it, or not.
        applied: bool,
    },
    /// The account or the group of a membership is gone: both are looked at again.
    Gone {
        /// In the product's words.
        error: String,
        /// When to try again, should neither report back.
        at_ms: i64,
    },
    /// Try again at a time.
    Retry {
        /// Short name of the error.
        kind: &'static str,
        /// In the product's words.
        error: String,
        /// When, milliseconds since the epoch.
        at_ms: i64,
        /// Rate limits are not counted as tries.
        counts: bool,
    },
    /// Not without an administrator.
    Parked {
        /// Short name of the error.
        kind: &'static str,
        /// In the product's words.
        error: String,
    },
}

impl Store {
    /// Writes outcomes down, in one transaction.
    ///
    /// # Errors
    /// A database error.
    pub async fn record(&self, outcomes: Vec<Outcome>, now_ms: i64) -> Result<()> {
        self.write(move |db| outcomes.iter().try_for_each(|outcome| one(db, outcome, now_ms)))
            .await
    }
}

fn one(db: &Connection, outcome: &Outcome, now_ms: i64) -> Result<()> {
    match (&outcome.verdict, outcome.key) {
        (
            Verdict::Account {
                active,
                link,
                gave_back,
                look_again_ms,
            },
            Key::Account(user),
        ) => {
            let found = Found {
                active: *active,
                link: link.as_ref(),
                look_again_ms: *look_again_ms,
            };
            account(db, outcome, user, &found, *gave_back, now_ms)
        }
        (Verdict::Linked { link, active }, Key::Account(user)) => {
            let present = active.map(|active| if active { 1 } else { 2 });
            db.prepare_cached(
                "UPDATE account SET link = ?3, present = coalesce(?4, present) WHERE target = ?1 AND user = ?2",
            )?
            .execute(params![outcome.target, user, serde_json::to_string(link)?, present])?;
            wake(db, outcome.target, Some(user), None, false, now_ms)
        }
        (
            Verdict::Group {
                present,
                look_again_ms,
            },
            Key::Group(group),
        ) => {
            let before = is_present(db, "directory_group WHERE seq = ?1", params![group])?;
            let changed = db
                .prepare_cached(&format!(
                    "UPDATE directory_group SET present = ?5, {APPLIED} WHERE seq = ?1"
                ))?
                .execute(params![group, outcome.rev, now_ms, look_again_ms, present])?;
            if changed > 0 && *present {
                // One that came back after it was gone is empty, whatever was applied before.
                wake(db, outcome.target, None, Some(group), !before, now_ms)?;
            }
            Ok(())
        }
        (Verdict::Member { applied }, Key::Member(group, user)) => {
            // A row that was flipped meanwhile differs from what is applied and is due again.
            db.prepare_cached(
                "UPDATE membership SET applied = ?3, attempts = 0, error_kind = NULL, error = NULL, applied_ms = ?4,
                    due_ms = CASE WHEN wanted = ?3 THEN NULL ELSE ?4 END
                 WHERE grp = ?1 AND user = ?2",
            )?
            .execute(params![group, user, applied, now_ms])?;
            Ok(())
        }
        (
            Verdict::Retry {
                kind,
                error,
                at_ms,
                counts,
            },
            key,
        ) => {
            let set = "attempts = attempts + ?4, error_kind = ?5, error = ?6,
                due_ms = CASE WHEN rev = ?3 THEN ?7 ELSE ?8 END";
            fail(
                db,
                outcome,
                key,
                set,
                params![outcome.rev, counts, kind, error, at_ms, now_ms],
            )
        }
        (Verdict::Gone { error, at_ms }, key @ Key::Member(group, user)) => {
            look_again(db, outcome.target, group, user, now_ms)?;
            let set = "attempts = attempts + 1, error_kind = 'not-found', error = ?4,
                due_ms = CASE WHEN rev = ?3 THEN ?5 ELSE ?6 END";
            fail(db, outcome, key, set, params![outcome.rev, error, at_ms, now_ms])
        }
        (Verdict::Parked { kind, error }, key) => {
            let set = "attempts = attempts + ?4, error_kind = ?5, error = ?6,
                parked = (rev = ?3), due_ms = CASE WHEN rev = ?3 THEN ?7 ELSE ?8 END";
            fail(
                db,
                outcome,
                key,
                set,
                params![outcome.rev, 1, kind, error, None::<i64>, now_ms],
            )
        }
        // A verdict of another kind of row is a programming error; the row stays due.
        _ => Ok(()),
    }
}

/// `?2` is the rev worked for, `?3` the time, `?4` when to look again.
const APPLIED: &str =
    "applied_rev = ?2, attempts = 0, error_kind = NULL, error = NULL, parked = 0, applied_ms = ?3,
    due_ms = CASE WHEN rev = ?2 THEN ?4 ELSE ?3 END";

struct Found<'a> {
    active: Option<bool>,
    link: Option<&'a AccountLink>,
    look_again_ms: Option<i64>,
}

fn account(
    db: &Connection,
    outcome: &Outcome,
    user: i64,
    found: &Found<'_>,
    gave_back: bool,
    now_ms: i64,
) -> Result<()> {
    let present = match found.active {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    };
    let link = found.link.map(serde_json::to_string).transpose()?;
    let before = is_present(
        db,
        "account WHERE target = ?1 AND user = ?2",
        params![outcome.target, user],
    )?;
    // An account that is to be anonymised keeps its link until that is done: what is left of one that was deleted
    // meanwhile is found by it.
    let gone: Option<(bool, bool, bool)> = db
        .prepare_cached(&format!(
            "UPDATE account SET present = ?5, {APPLIED},
                link = CASE WHEN anonymise = 1 AND rev <> ?2 THEN coalesce(?6, link) ELSE ?6 END,
                anonymise = CASE WHEN anonymise = 1 AND rev = ?2 AND ?6 IS NULL THEN 2 ELSE anonymise END
             WHERE target = ?1 AND user = ?7
             RETURNING orphan, (state = 'removed' OR anonymise = 2) AND rev = applied_rev, anonymise = 2"
        ))?
        .query_row(
            params![
                outcome.target,
                outcome.rev,
                now_ms,
                found.look_again_ms,
                present,
                link,
                user
            ],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    if matches!(gone, Some((_, _, true))) {
        set_aside(db, outcome.target, user)?;
    }
    if matches!(gone, Some((true, true, _))) {
        // The user is deleted and so is the account: nothing is left to remember.
        db.prepare_cached("DELETE FROM account WHERE target = ?1 AND user = ?2")?
            .execute(params![outcome.target, user])?;
        return Ok(());
    }
    // One that came back after it was gone is in no group, whatever was applied before.
    wake(db, outcome.target, Some(user), None, gave_back || !before, now_ms)
}

fn is_present(db: &Connection, row: &str, args: &[&dyn rusqlite::ToSql]) -> Result<bool> {
    let present = db
        .prepare_cached(&format!("SELECT present > 0 FROM {row}"))?
        .query_row(args, |row| row.get(0))
        .optional()?;
    Ok(present.unwrap_or(false))
}

fn fail(
    db: &Connection,
    outcome: &Outcome,
    key: Key,
    set: &str,
    rest: &[&dyn rusqlite::ToSql],
) -> Result<()> {
    let (table, condition, first, second) = match key {
        Key::Account(user) => ("account", "target = ?1 AND user = ?2", outcome.target, user),
        Key::Group(group) => (
            "directory_group",
            "target = ?1 AND seq = ?2",
            outcome.target,
            group,
        ),
        Key::Member(group, user) => ("membership", "grp = ?1 AND user = ?2", group, user),
    };
    let mut args: Vec<&dyn rusqlite::ToSql> = vec![&first, &second];
    args.extend(rest);
    db.prepare_cached(&format!("UPDATE {table} SET {set} WHERE {condition}"))?
        .execute(args.as_slice())?;
    Ok(())
}

/// The product does not know the account or the group of a membership: somebody deleted
/// it by hand. Both are looked at again, and the membership waits for them.
fn look_again(db: &Connection, target: i64, group: i64, user: i64, now_ms: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE account SET present = 0, due_ms = ?3 WHERE target = ?1 AND user = ?2 AND parked = 0 AND due_ms IS NULL",
    )?
    .execute(params![target, user, now_ms])?;
    db.prepare_cached(
        "UPDATE directory_group SET present = 0, due_ms = ?2 WHERE seq = ?1 AND parked = 0 AND due_ms IS NULL",
    )?
    .execute(params![group, now_ms])?;
    Ok(())
}
