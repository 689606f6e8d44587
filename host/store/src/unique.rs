//! Values of extension attributes that no two resources of a kind may share in one app.

use rusqlite::{Connection, params};
use tidegate_scim::ResourceKind;
use tidegate_scim::schema::UniqueValue;

use crate::error::{Result, StoreError};
use crate::find::kind_number;

/// Puts a resource's values in the place of those it had.
pub(crate) fn replace(
    db: &Connection,
    app: i64,
    kind: ResourceKind,
    resource: i64,
    values: &[UniqueValue],
) -> Result<()> {
    forget(db, kind, resource)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO scim_unique (app, kind, attribute, value, resource) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for UniqueValue { attribute, value } in values {
        let inserted = insert.execute(params![app, kind_number(kind), attribute, value, resource]);
        inserted.map_err(|error| match StoreError::is_unique_violation(&error) {
            true => StoreError::Taken {
                attribute: attribute.clone().into(),
                value: value.clone(),
            },
            false => error.into(),
        })?;
    }
    Ok(())
}

/// Lets go of what a resource had.
pub(crate) fn forget(db: &Connection, kind: ResourceKind, resource: i64) -> Result<()> {
    db.prepare_cached("DELETE FROM scim_unique WHERE kind = ?1 AND resource = ?2")?
        .execute(params![kind_number(kind), resource])?;
    Ok(())
}
