//! Writes of groups and their members.

use tidegate_runtime as runtime;
use tidegate_scim::error::ScimError;
use tidegate_scim::group::{GroupInput, MemberInput, MemberOp, view};
use tidegate_scim::view::{GroupView, MemberView};
use tidegate_scim::{Document, ResourceKind};
use tidegate_store::commit::{TargetStep, Write};
use tidegate_store::groups::{GroupRow, MemberRow};

use super::members::{self, Delta};
use super::{Change, Decided, TRIES, contended, stored};

/// Members in one question: bounds what a decision must hold in memory.
const MEMBERS_PER_QUESTION: usize = 2_000;

/// What a PUT or PATCH makes of a group: its attributes, and what happens to its members.
#[derive(Debug)]
pub struct Edited {
    /// New attributes.
    pub doc: Document,
    /// In order.
    pub members: Vec<MemberOp>,
}

/// A new group, under an id that was never used.
///
/// # Errors
/// 409 where the displayName is in use, 400 for members that do not exist, and whatever the rules say.
pub async fn create(change: &Change<'_>, id: String, input: GroupInput) -> Result<GroupRow, ScimError> {
    let GroupInput {
        document: doc,
        members,
    } = input;
    let named: Vec<MemberInput> = members.unwrap_or_default();
    let delta = members::delta(change, 0, &[MemberOp::Add(named)])?;
    let after = view(change.schemas(), &doc, &id);
    let mut steps = change
        .ask(runtime::Change::Group {
            before: None,
            after: Some(after.clone()),
        })
        .await?;
    steps.extend(memberships(change, &after, &delta).await?);
    let members = seqs(&delta.added);
    let count = i64::try_from(members.len()).unwrap_or(i64::MAX);
    let write = Write::CreateGroup {
        id: id.clone(),
        doc: doc.clone(),
        members,
    };
    let decided = Decided {
        write,
        steps,
        restates: true,
        action: "group.create",
        subject: id.clone(),
    };
    let seq = change.commit(decided).await?.ok_or_else(contended)?;
    let at = change.now_ms;
    Ok(GroupRow {
        seq,
        id,
        doc,
        members: count,
        created_ms: at,
        modified_ms: at,
        version: 1,
    })
}

/// Changes a group by `edit`. A change that changes nothing asks nobody and stores nothing.
///
/// # Errors
/// 404, whatever `edit` says, 400 for members that do not exist, and whatever the rules say.
pub async fn update(
    change: &Change<'_>,
    id: &str,
    edit: impl Fn(&Document) -> Result<Edited, ScimError>,
) -> Result<GroupRow, ScimError> {
    let _lock = lock(change, id).await;
    for _ in 0..TRIES {
        let row = find(change, id)?;
        change.precondition.check(row.version)?;
        let Edited { doc, members } = edit(&row.doc)?;
        let delta = members::delta(change, row.seq, &members)?;
        let offered = change.is_offered(ResourceKind::Group, row.seq)?;
        if doc == row.doc && delta.is_empty() && !offered {
            return Ok(row);
        }
        // No rule was asked about one that was discovered.
        let renamed = doc != row.doc || offered;
        let after = view(change.schemas(), &doc, id);
        let mut steps = Vec::new();
        if renamed {
            let before = Some(view(change.schemas(), &row.doc, id));
            steps.extend(
                change
                    .ask(runtime::Change::Group {
                        before,
                        after: Some(after.clone()),
                    })
                    .await?,
            );
            // Another name may mean other directory groups: everybody's membership is stated anew.
            steps.extend(memberships(change, &after, &everybody(change, &row, &delta)?).await?);
        } else {
            steps.extend(memberships(change, &after, &delta).await?);
        }
        let count = row.members + difference(&delta);
        let write = Write::UpdateGroup {
            seq: row.seq,
            version: row.version,
            doc: doc.clone(),
            added: seqs(&delta.added),
            removed: seqs(&delta.removed),
        };
        let decided = Decided {
            write,
            steps,
            restates: renamed,
            action: "group.update",
            subject: id.to_owned(),
        };
        if change.commit(decided).await?.is_some() {
            return Ok(GroupRow {
                doc,
                members: count,
                modified_ms: change.now_ms,
                version: row.version + 1,
                ..row
            });
        }
    }
    Err(contended())
}

/// Deletes a group.
///
/// # Errors
/// 404, and whatever the rules say.
pub async fn delete(change: &Change<'_>, id: &str) -> Result<(), ScimError> {
    let _lock = lock(change, id).await;
    for _ in 0..TRIES {
        let row = find(change, id)?;
        change.precondition.check(row.version)?;
        let before = view(change.schemas(), &row.doc, id);
        let delta = Delta {
            added: Vec::new(),
            removed: members::all(change, row.seq)?,
        };
        let mut steps = memberships(change, &before, &delta).await?;
        steps.extend(
            change
                .ask(runtime::Change::Group {
                    before: Some(before),
                    after: None,
                })
                .await?,
        );
        let write = Write::DeleteGroup { seq: row.seq };
        let decided = Decided {
            write,
            steps,
            // Nothing is left that it could want: also what rules of earlier days gave it.
            restates: true,
            action: "group.delete",
            subject: id.to_owned(),
        };
        if change.commit(decided).await?.is_some() {
            return Ok(());
        }
    }
    Err(contended())
}

/// Decides anew for a group that is stored already, and for all its members.
///
/// # Errors
/// Whatever the rules say.
pub async fn restate(change: &Change<'_>, id: &str) -> Result<(), ScimError> {
    let _lock = lock(change, id).await;
    for _ in 0..TRIES {
        let Some(row) = change.scene.store.group(change.app.seq, id).map_err(stored)? else {
            return Ok(());
        };
        let after = view(change.schemas(), &row.doc, id);
        let mut steps = change
            .ask(runtime::Change::Group {
                before: None,
                after: Some(after.clone()),
            })
            .await?;
        steps.extend(memberships(change, &after, &everybody(change, &row, &Delta::default())?).await?);
        let write = Write::RestateGroup {
            seq: row.seq,
            version: row.version,
        };
        let decided = Decided {
            write,
            steps,
            restates: true,
            action: "group.restate",
            subject: id.to_owned(),
        };
        if change.commit(decided).await?.is_some() {
            return Ok(());
        }
    }
    Err(contended())
}

/// Asks about members who came and went, in portions.
async fn memberships(
    change: &Change<'_>,
    group: &GroupView,
    delta: &Delta,
) -> Result<Vec<TargetStep>, ScimError> {
    let mut steps = Vec::new();
    let came = delta
        .added
        .chunks(MEMBERS_PER_QUESTION)
        .map(|portion| (views(portion), Vec::new()));
    let went = delta
        .removed
        .chunks(MEMBERS_PER_QUESTION)
        .map(|portion| (Vec::new(), views(portion)));
    for (added, removed) in came.chain(went) {
        let question = runtime::Change::Membership {
            group: group.clone(),
            added,
            removed,
        };
        steps.extend(change.ask(question).await?);
    }
    Ok(steps)
}

/// All who will be members, as if each had just come.
fn everybody(change: &Change<'_>, row: &GroupRow, delta: &Delta) -> Result<Delta, ScimError> {
    let going: std::collections::HashSet<i64> = delta.removed.iter().map(|member| member.seq).collect();
    let mut added = members::all(change, row.seq)?;
    added.retain(|member| !going.contains(&member.seq));
    added.extend(delta.added.iter().cloned());
    Ok(Delta {
        added,
        removed: delta.removed.clone(),
    })
}

async fn lock(change: &Change<'_>, id: &str) -> tokio::sync::OwnedMutexGuard<()> {
    change
        .scene
        .locks
        .acquire(format!("group:{}:{id}", change.app.seq))
        .await
}

fn find(change: &Change<'_>, id: &str) -> Result<GroupRow, ScimError> {
    let found = change.scene.store.group(change.app.seq, id).map_err(stored)?;
    found.ok_or_else(|| ScimError::not_found(format!("There is no group with id {id:?} in this app.")))
}

fn seqs(members: &[MemberRow]) -> Vec<i64> {
    members.iter().map(|member| member.seq).collect()
}

fn views(members: &[MemberRow]) -> Vec<MemberView> {
    members.iter().map(|member| member.view.clone()).collect()
}

fn difference(delta: &Delta) -> i64 {
    let count = |members: &[MemberRow]| i64::try_from(members.len()).unwrap_or(i64::MAX);
    count(&delta.added) - count(&delta.removed)
}
