//! Accounts that differ.

use rusqlite::{Connection, Row};

use super::Difference;
use crate::error::Result;

/// Rows whose wish changed. A row is never deleted but for one that takes its place.
const CHANGED: &str = "
    SELECT a.state, b.state, json_extract(a.spec, '$.username'), json_extract(b.spec, '$.username'),
        a.spec IS NOT b.spec
    FROM main.account a LEFT JOIN before.account b ON b.target = a.target AND b.user = a.user
    WHERE a.target = ?1 AND a.rev IS NOT b.rev ORDER BY a.user";

struct Pair {
    state: String,
    state_before: Option<String>,
    username: String,
    username_before: Option<String>,
    differs: bool,
}

pub(super) fn compare(db: &Connection, target: i64, difference: &mut Difference) -> Result<()> {
    let mut statement = db.prepare(CHANGED)?;
    let mut rows = statement.query([target])?;
    while let Some(row) = rows.next()? {
        count(&pair(row)?, difference);
    }
    Ok(())
}

fn pair(row: &Row<'_>) -> rusqlite::Result<Pair> {
    Ok(Pair {
        state: row.get(0)?,
        state_before: row.get(1)?,
        username: row.get(2)?,
        username_before: row.get(3)?,
        differs: row.get(4)?,
    })
}

fn count(pair: &Pair, difference: &mut Difference) {
    let held = |state: &str| matches!(state, "ensured" | "active" | "suspended");
    let before = pair.state_before.as_deref().filter(|state| held(state));
    let after = pair.state.as_str();
    let name = || pair.username.clone();
    let accounts = &mut difference.accounts;
    let change = match (before, after) {
        (None, after) if held(after) => {
            accounts.created += 1;
            "account created"
        }
        (None, _) => return,
        (Some(_), "removed") => {
            accounts.removed += 1;
            "account removed"
        }
        (Some(_), "released") => {
            accounts.released += 1;
            "account released"
        }
        (Some(before), after) if before != "suspended" && after == "suspended" => {
            accounts.suspended += 1;
            "account suspended"
        }
        (Some("suspended"), "ensured" | "active") => {
            accounts.restored += 1;
            "account restored"
        }
        _ => "",
    };
    if !change.is_empty() {
        difference.example(change, name);
    }
    // Whatever becomes of it besides.
    let (Some(_), true, true) = (before, held(after), pair.differs) else {
        return;
    };
    match &pair.username_before {
        Some(old) if *old != pair.username => {
            difference.accounts.renamed += 1;
            difference.example("account renamed", || format!("{old} → {}", pair.username));
        }
        _ => {
            difference.accounts.changed += 1;
            difference.example("account changed", name);
        }
    }
}
