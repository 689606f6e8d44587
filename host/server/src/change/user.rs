//! Writes of users.

use tidegate_runtime as runtime;
use tidegate_scim::error::ScimError;
use tidegate_scim::user::view;
use tidegate_scim::{Document, ResourceKind};
use tidegate_store::commit::Write;
use tidegate_store::users::UserRow;

use super::{Change, Decided, TRIES, contended, stored};

/// A new user, under an id that was never used.
///
/// # Errors
/// 409 where the userName is in use, and whatever the rules say.
pub async fn create(change: &Change<'_>, id: String, doc: Document) -> Result<UserRow, ScimError> {
    let after = Some(Box::new(view(change.schemas(), &doc, &id)));
    let steps = change
        .ask(runtime::Change::User {
            before: None,
            after,
            groups: Vec::new(),
        })
        .await?;
    let write = Write::CreateUser {
        id: id.clone(),
        doc: doc.clone(),
    };
    let decided = Decided {
        write,
        steps,
        restates: true,
        action: "user.create",
        subject: id.clone(),
    };
    let seq = change.commit(decided).await?.ok_or_else(contended)?;
    Ok(UserRow {
        seq,
        id,
        doc,
        created_ms: change.now_ms,
        modified_ms: change.now_ms,
        version: 1,
    })
}

/// Changes a user by `edit`. A change that changes nothing asks nobody and stores nothing.
///
/// # Errors
/// 404, whatever `edit` says, and whatever the rules say.
pub async fn update(
    change: &Change<'_>,
    id: &str,
    edit: impl Fn(&Document) -> Result<Document, ScimError>,
) -> Result<UserRow, ScimError> {
    let _lock = lock(change, id).await;
    for _ in 0..TRIES {
        let row = find(change, id)?;
        change.precondition.check(row.version)?;
        let doc = edit(&row.doc)?;
        // The first write of one that was discovered makes it a user like any other, whatever it says.
        if doc == row.doc && !change.is_offered(ResourceKind::User, row.seq)? {
            return Ok(row);
        }
        let question = runtime::Change::User {
            before: Some(Box::new(view(change.schemas(), &row.doc, id))),
            after: Some(Box::new(view(change.schemas(), &doc, id))),
            groups: groups(change, row.seq)?,
        };
        let steps = change.ask(question).await?;
        let write = Write::UpdateUser {
            seq: row.seq,
            id: id.to_owned(),
            version: row.version,
            doc: doc.clone(),
        };
        let decided = Decided {
            write,
            steps,
            restates: true,
            action: "user.update",
            subject: id.to_owned(),
        };
        if change.commit(decided).await?.is_some() {
            return Ok(UserRow {
                doc,
                modified_ms: change.now_ms,
                version: row.version + 1,
                ..row
            });
        }
    }
    Err(contended())
}

/// Deletes a user.
///
/// # Errors
/// 404, and whatever the rules say.
pub async fn delete(change: &Change<'_>, id: &str) -> Result<(), ScimError> {
    let _lock = lock(change, id).await;
    for _ in 0..TRIES {
        let row = find(change, id)?;
        change.precondition.check(row.version)?;
        let question = runtime::Change::User {
            before: Some(Box::new(view(change.schemas(), &row.doc, id))),
            after: None,
            groups: groups(change, row.seq)?,
        };
        let steps = change.ask(question).await?;
        let write = Write::DeleteUser {
            seq: row.seq,
            id: id.to_owned(),
        };
        // Not a restatement: what the user was in stays or goes as its account does.
        let decided = Decided {
            write,
            steps,
            restates: false,
            action: "user.delete",
            subject: id.to_owned(),
        };
        if change.commit(decided).await?.is_some() {
            return Ok(());
        }
    }
    Err(contended())
}

/// Decides anew for a user that is stored already.
///
/// # Errors
/// Whatever the rules say.
pub async fn restate(change: &Change<'_>, id: &str) -> Result<(), ScimError> {
    let _lock = lock(change, id).await;
    for _ in 0..TRIES {
        let Some(decided) = restated(change, id).await? else {
            return Ok(());
        };
        if change.commit(decided).await?.is_some() {
            return Ok(());
        }
    }
    Err(contended())
}

/// What deciding anew would store; none: the user is gone.
///
/// # Errors
/// Whatever the rules say.
pub(crate) async fn restated(change: &Change<'_>, id: &str) -> Result<Option<Decided>, ScimError> {
    let Some(row) = change.scene.store.user(change.app.seq, id).map_err(stored)? else {
        return Ok(None);
    };
    let question = runtime::Change::User {
        before: None,
        after: Some(Box::new(view(change.schemas(), &row.doc, id))),
        groups: groups(change, row.seq)?,
    };
    let steps = change.ask(question).await?;
    let write = Write::RestateUser {
        seq: row.seq,
        id: id.to_owned(),
        version: row.version,
    };
    Ok(Some(Decided {
        write,
        steps,
        restates: true,
        action: "user.restate",
        subject: id.to_owned(),
    }))
}

async fn lock(change: &Change<'_>, id: &str) -> tokio::sync::OwnedMutexGuard<()> {
    change
        .scene
        .locks
        .acquire(format!("user:{}:{id}", change.app.seq))
        .await
}

fn find(change: &Change<'_>, id: &str) -> Result<UserRow, ScimError> {
    let found = change.scene.store.user(change.app.seq, id).map_err(stored)?;
    found.ok_or_else(|| ScimError::not_found(format!("There is no user with id {id:?} in this app.")))
}

fn groups(change: &Change<'_>, seq: i64) -> Result<Vec<String>, ScimError> {
    let groups = change.scene.store.groups_of_user(seq).map_err(stored)?;
    Ok(groups.into_iter().map(|group| group.display).collect())
}
