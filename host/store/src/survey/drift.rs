//! Where a target is not as it was left: what was found, beside what was brought about.
//!
//! Only rows that were settled before the reading began are compared: what is on its way is no drift.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{Phase, get};
use crate::connection::Store;
use crate::error::Result;

/// Examples of each kind.
const EXAMPLES: i64 = 20;

/// One kind of difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = DriftFinding)]
pub struct Finding {
    /// `account`, `group` or `membership`.
    pub object: String,
    /// `missing`, `different`, `usable` (and shall not be), `unusable` (and shall be), `extra` (an account that is
    /// managed, where nobody wants it) or `unmanaged`.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// Some of them: name, and how it differs.
    pub examples: Vec<(String, String)>,
}

/// What a reading found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Drift {
    /// When the reading began, milliseconds since the epoch.
    pub started_ms: i64,
    /// When it ended.
    pub ended_ms: i64,
    /// Kind by kind, those without any included.
    pub findings: Vec<Finding>,
}

impl Drift {
    /// How many rows are not as they were left; what is not managed is none of ours.
    #[must_use]
    pub fn differences(&self) -> u64 {
        let ours = self.findings.iter().filter(|finding| finding.kind != "unmanaged");
        ours.map(|finding| finding.count).sum()
    }

    /// How many of one kind.
    #[must_use]
    pub fn count(&self, object: &str, kind: &str) -> u64 {
        let is = |finding: &&Finding| finding.object == object && finding.kind == kind;
        self.findings.iter().find(is).map_or(0, |finding| finding.count)
    }
}

impl Store {
    /// What the last reading found; none: there is none that ended.
    ///
    /// # Errors
    /// A database error.
    pub async fn drift(&self, target: i64) -> Result<Option<Drift>> {
        self.scan(move |db| {
            let Some(survey) = get(db, target)?.filter(|survey| survey.phase == Phase::Done) else {
                return Ok(None);
            };
            let findings: Result<_> = KINDS
                .iter()
                .map(|(object, kind, sql)| finding(db, object, kind, sql, target, survey.started_ms))
                .collect();
            Ok(Some(Drift {
                started_ms: survey.started_ms,
                ended_ms: survey.ended_ms.unwrap_or(survey.started_ms),
                findings: findings?,
            }))
        })
        .await
    }
}

fn finding(
    db: &Connection,
    object: &str,
    kind: &str,
    sql: &str,
    target: i64,
    started_ms: i64,
) -> Result<Finding> {
    let sql = written_out(sql);
    let args = params![target, started_ms];
    let count: i64 = db
        .prepare_cached(&format!("SELECT count(*) FROM ({sql})"))?
        .query_row(args, |row| row.get(0))?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT name, detail FROM ({sql}) ORDER BY name LIMIT {EXAMPLES}"
    ))?;
    let rows = statement.query_map(args, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Finding {
        object: object.to_owned(),
        kind: kind.to_owned(),
        count: count.unsigned_abs(),
        examples: rows.collect::<rusqlite::Result<_>>()?,
    })
}

/// `SETTLED(x)`: the row `x` was as wanted before the reading began.
pub(super) fn written_out(sql: &str) -> String {
    let mut text = sql.to_owned();
    for row in ["a", "g", "m"] {
        let settled = format!(
            "{row}.due_ms IS NULL AND {row}.parked = 0 AND {row}.held = 0
             AND {row}.changed_ms < ?2 AND coalesce({row}.applied_ms, 0) < ?2"
        );
        text = text.replace(&format!("SETTLED({row})"), &settled);
    }
    text.replace("FOUND_OF(a)", FOUND)
}

/// The account behind a row.
const FOUND: &str = "f.target = a.target AND f.remote_id = json_extract(a.link, '$.remote-id')";

/// Every kind, with the columns `name`, `detail`, and the keys by which it is mended.
pub(super) const KINDS: &[(&str, &str, &str)] = &[
    ("account", "missing", ACCOUNT_MISSING),
    ("account", "different", ACCOUNT_DIFFERENT),
    ("account", "usable", ACCOUNT_USABLE),
    ("account", "unusable", ACCOUNT_UNUSABLE),
    ("account", "unmanaged", ACCOUNT_UNMANAGED),
    ("group", "missing", GROUP_MISSING),
    ("group", "unmanaged", GROUP_UNMANAGED),
    ("membership", "missing", MEMBER_MISSING),
    ("membership", "extra", MEMBER_EXTRA),
    ("membership", "unmanaged", MEMBER_UNMANAGED),
];

pub(super) const ACCOUNT_MISSING: &str = "
    SELECT coalesce(a.username, '') AS name, 'is gone' AS detail, a.user AS user FROM account a
    WHERE a.target = ?1 AND a.link IS NOT NULL AND a.state IN ('ensured', 'active', 'suspended') AND a.present > 0
      AND SETTLED(a) AND NOT EXISTS (SELECT 1 FROM found_account f WHERE FOUND_OF(a))";

pub(super) const ACCOUNT_DIFFERENT: &str = "
    SELECT coalesce(a.username, '') AS name,
        CASE WHEN f.username_key <> a.username THEN 'is named ' || f.username || ' ' ELSE '' END
        || CASE WHEN f.email <> json_extract(a.spec, '$.email') THEN 'has the address ' || f.email || ' ' ELSE '' END
        || CASE WHEN f.display_name <> json_extract(a.spec, '$.display-name')
            THEN 'is called ' || f.display_name ELSE '' END AS detail,
        a.user AS user
    FROM account a JOIN found_account f ON FOUND_OF(a)
    WHERE a.target = ?1 AND a.link IS NOT NULL AND a.state IN ('ensured', 'active') AND SETTLED(a)
      AND json_extract(a.spec, '$.on-existing') = 'update'
      AND (f.username_key <> a.username OR f.email <> json_extract(a.spec, '$.email')
        OR f.display_name <> json_extract(a.spec, '$.display-name'))";

// Where the product cannot deactivate, an account without access looks like any other: it is usable once it is
// in a group again.
pub(super) const ACCOUNT_USABLE: &str = "
    SELECT coalesce(a.username, '') AS name, 'can be used, and shall not be' AS detail, a.user AS user
    FROM account a JOIN found_account f ON FOUND_OF(a)
    WHERE a.target = ?1 AND a.link IS NOT NULL AND a.state = 'suspended' AND SETTLED(a)
      AND CASE WHEN json_extract(a.link, '$.remembered') IS NULL THEN f.active = 1
          ELSE EXISTS (SELECT 1 FROM found_group o CROSS JOIN found_member m
            ON m.target = o.target AND m.grp = o.name_key AND m.username_key = f.username_key
            WHERE o.target = a.target) END";

pub(super) const ACCOUNT_UNUSABLE: &str = "
    SELECT coalesce(a.username, '') AS name, 'cannot be used, and shall be' AS detail, a.user AS user
    FROM account a JOIN found_account f ON FOUND_OF(a)
    WHERE a.target = ?1 AND a.link IS NOT NULL AND a.state = 'active' AND SETTLED(a) AND f.active = 0";

const ACCOUNT_UNMANAGED: &str = "
    SELECT f.username AS name, coalesce(f.email, '') AS detail FROM found_account f
    WHERE f.target = ?1 AND ?2 > 0 AND NOT EXISTS (SELECT 1 FROM account a WHERE a.target = f.target
        AND a.link IS NOT NULL AND json_extract(a.link, '$.remote-id') = f.remote_id AND a.state <> 'released')";

pub(super) const GROUP_MISSING: &str = "
    SELECT g.name AS name, 'is gone' AS detail, g.seq AS grp FROM directory_group g
    WHERE g.target = ?1 AND g.state = 'present' AND g.present = 1 AND SETTLED(g)
      AND NOT EXISTS (SELECT 1 FROM found_group f WHERE f.target = g.target AND f.name_key = g.name_key)";

const GROUP_UNMANAGED: &str = "
    SELECT f.name AS name, '' AS detail FROM found_group f
    WHERE f.target = ?1 AND ?2 > 0 AND NOT EXISTS (SELECT 1 FROM directory_group g
        WHERE g.target = f.target AND g.name_key = f.name_key AND g.state = 'present')";

pub(super) const MEMBER_MISSING: &str = "
    SELECT g.name || ' / ' || f.username AS name, 'was taken out' AS detail, m.grp AS grp, m.user AS user
    FROM membership m JOIN directory_group g ON g.seq = m.grp
        JOIN found_group o ON o.target = g.target AND o.name_key = g.name_key
        JOIN account a ON a.target = m.target AND a.user = m.user
        JOIN found_account f ON FOUND_OF(a)
    WHERE m.target = ?1 AND m.wanted = 1 AND m.applied = 1 AND SETTLED(m) AND g.state = 'present'
      AND a.link IS NOT NULL AND a.present = 1 AND a.due_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM found_member n
        WHERE n.target = g.target AND n.grp = g.name_key AND n.username_key = f.username_key)";

pub(super) const MEMBER_EXTRA: &str = "
    SELECT g.name || ' / ' || f.username AS name, 'nobody wants it there' AS detail, g.seq AS grp, a.user AS user
    FROM directory_group g
        JOIN found_member n ON n.target = g.target AND n.grp = g.name_key
        JOIN found_account f ON f.target = n.target AND f.username_key = n.username_key
        JOIN account a ON a.target = f.target AND a.link IS NOT NULL
            AND json_extract(a.link, '$.remote-id') = f.remote_id AND a.state <> 'released'
    WHERE g.target = ?1 AND g.state = 'present' AND SETTLED(g) AND a.due_ms IS NULL AND a.changed_ms < ?2
      AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.grp = g.seq AND m.user = a.user
        AND (m.wanted = 1 OR m.due_ms IS NOT NULL OR m.parked = 1 OR m.held = 1
            OR m.changed_ms >= ?2 OR coalesce(m.applied_ms, 0) >= ?2))";

pub(super) const MEMBER_UNMANAGED: &str = "
    SELECT g.name || ' / ' || coalesce(f.username, n.username_key) AS name, '' AS detail, g.name AS grp,
        f.remote_id AS remote_id, coalesce(f.username, n.username_key) AS username
    FROM directory_group g
        JOIN found_member n ON n.target = g.target AND n.grp = g.name_key
        LEFT JOIN found_account f ON f.target = n.target AND f.username_key = n.username_key
    WHERE g.target = ?1 AND ?2 > 0 AND g.state = 'present'
      AND NOT EXISTS (SELECT 1 FROM account a WHERE a.target = n.target AND a.link IS NOT NULL
        AND (json_extract(a.link, '$.remote-id') = f.remote_id OR a.username = n.username_key)
        AND a.state <> 'released')";
