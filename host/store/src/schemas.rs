//! Extensions that an administrator registered for an app.
//!
//! Invariant: every stored resource keeps to every registered schema. What was stored before the
//! registration is brought into its form with it, or the registration is refused; what was checked
//! before it and is stored after it is refused as stale ([`crate::commit`]).

use rusqlite::{Connection, Row, params};
use tidegate_scim::schema::{Registered, Schemas};
use tidegate_scim::{Document, ResourceKind, conform};

use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::find::table;
use crate::unique;

/// Resources that are named where a registration is refused.
const EXAMPLES: usize = 5;

impl Store {
    /// Registers an extension, or puts a newer document in its place.
    ///
    /// # Errors
    /// [`StoreError::Unfit`]: stored resources do not keep to it. [`StoreError::Taken`]: two of
    /// them share a value that is to be unique.
    pub async fn put_schema(&self, app: i64, registered: Registered, now_ms: i64) -> Result<()> {
        let document = serde_json::to_string(&registered.document())?;
        self.write(move |db| {
            let has = |kind| registered.kinds.contains(&kind);
            forget_unique(db, app, registered.urn())?;
            db.execute(
                "INSERT INTO app_schema (app, urn, users, groups, required, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET urn = excluded.urn, users = excluded.users, groups = excluded.groups,
                 required = excluded.required, document = excluded.document",
                params![
                    app,
                    registered.urn(),
                    has(ResourceKind::User),
                    has(ResourceKind::Group),
                    registered.required,
                    document
                ],
            )?;
            count_change(db, app)?;
            let schemas = Schemas::with(&of(db, app)?);
            for kind in &registered.kinds {
                bring_into_form(db, app, *kind, &schemas, &registered, now_ms)?;
            }
            Ok(())
        })
        .await
    }

    /// Takes an extension away. What resources hold of it stays, as of any extension that is not
    /// known; it is no longer checked.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_schema(&self, app: i64, urn: &str) -> Result<()> {
        let urn = urn.to_owned();
        self.write(move |db| {
            forget_unique(db, app, &urn)?;
            count_change(db, app)?;
            match db.execute(
                "DELETE FROM app_schema WHERE app = ?1 AND urn = ?2",
                params![app, urn],
            )? {
                0 => Err(StoreError::NotFound),
                _ => Ok(()),
            }
        })
        .await
    }

    /// The extensions of an app, by URN.
    ///
    /// # Errors
    /// A database error.
    pub fn app_schemas(&self, app: i64) -> Result<Vec<Registered>> {
        self.read(|db| of(db, app))
    }
}

fn of(db: &Connection, app: i64) -> Result<Vec<Registered>> {
    let mut statement = db.prepare_cached(
        "SELECT users, groups, required, document FROM app_schema WHERE app = ?1 ORDER BY urn",
    )?;
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?));
    let rows = statement.query_map([app], row)?;
    rows.map(|row| {
        let (users, groups, required, document): (bool, bool, bool, String) = row?;
        let kinds = [(users, ResourceKind::User), (groups, ResourceKind::Group)]
            .into_iter()
            .filter_map(|(has, kind)| has.then_some(kind))
            .collect();
        let document = serde_json::from_str(&document)?;
        Registered::read(&document, kinds, required).map_err(|problems| {
            let text = problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; ");
            StoreError::Step(format!("a stored schema does not read back: {text}"))
        })
    })
    .collect()
}

fn count_change(db: &Connection, app: i64) -> Result<()> {
    db.execute(
        "UPDATE app SET schemas_rev = schemas_rev + 1 WHERE seq = ?1",
        [app],
    )?;
    Ok(())
}

fn forget_unique(db: &Connection, app: i64, urn: &str) -> Result<()> {
    let prefix = format!("{}:", urn.to_ascii_lowercase());
    db.execute(
        "DELETE FROM scim_unique WHERE app = ?1 AND substr(attribute, 1, length(?2)) = ?2",
        params![app, prefix],
    )?;
    Ok(())
}

/// Checks what is stored, spells it as the schema does, and indexes what is unique.
fn bring_into_form(
    db: &Connection,
    app: i64,
    kind: ResourceKind,
    schemas: &Schemas,
    registered: &Registered,
    now_ms: i64,
) -> Result<()> {
    let table = table(kind);
    // Where not every resource must have it, only those that mention it can be concerned.
    let mut read = db.prepare(&format!(
        "SELECT seq, id, doc FROM {table} WHERE app = ?1 AND (?3 OR instr(lower(doc), ?2) > 0)"
    ))?;
    let urn = registered.urn().to_ascii_lowercase();
    let mut rows = read.query(params![app, urn, registered.required])?;
    let mut write = db.prepare(&format!(
        "UPDATE {table} SET doc = ?2, modified_ms = ?3, version = version + 1 WHERE seq = ?1"
    ))?;
    let (mut unfit, mut examples) = (0_u64, Vec::new());
    while let Some(row) = rows.next()? {
        let (seq, id, text): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let before: Document = serde_json::from_str(&text)?;
        let after = match conform(schemas.of(kind), &before) {
            Ok(after) => after,
            Err(error) => {
                unfit += 1;
                if examples.len() < EXAMPLES {
                    examples.push(format!("{kind} {id}: {}", error.detail));
                }
                continue;
            }
        };
        if after != before {
            write.execute(params![seq, serde_json::to_string(&after)?, now_ms])?;
        }
        unique::replace(db, app, kind, seq, &schemas.of(kind).unique_values(&after))?;
    }
    match unfit {
        0 => Ok(()),
        count => Err(StoreError::Unfit { count, examples }),
    }
}
