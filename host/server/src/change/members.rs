//! From the operations of a PATCH or PUT to who comes and who goes.
//!
//! Adding or removing named members looks at those alone: the cost does not grow with the
//! group. Only replacing, clearing or removing by a filter reads the others.

use std::collections::{BTreeMap, HashMap};

use tidegate_scim::error::ScimError;
use tidegate_scim::group::{MemberInput, MemberOp};
use tidegate_store::groups::MemberRow;

use super::{Change, stored};

/// Members read at a time when all of them are needed.
const PAGE: u64 = 2_000;

/// Who comes and who goes.
#[derive(Debug, Default)]
pub(super) struct Delta {
    pub(super) added: Vec<MemberRow>,
    pub(super) removed: Vec<MemberRow>,
}

impl Delta {
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// What the operations, taken in order, make of the members.
#[derive(Debug, Default)]
struct Wish {
    /// Members that are not named go.
    emptied: bool,
    /// SCIM id: in, or out. Sorted, so that the same request gives the same plan.
    named: BTreeMap<String, bool>,
}

/// Works out the difference that `operations` make to the members of a group (0: a new one).
pub(super) fn delta(change: &Change<'_>, group: i64, operations: &[MemberOp]) -> Result<Delta, ScimError> {
    let mut wish = Wish::default();
    for operation in operations {
        match operation {
            MemberOp::Add(members) => wish.name(members),
            MemberOp::Remove(ids) => wish.named.extend(ids.iter().map(|id| (id.clone(), false))),
            MemberOp::Clear => {
                wish = Wish {
                    emptied: true,
                    named: BTreeMap::new(),
                }
            }
            MemberOp::Replace(members) => {
                wish = Wish {
                    emptied: true,
                    named: BTreeMap::new(),
                };
                wish.name(members);
            }
            MemberOp::RemoveMatching(condition) => {
                let matching = |row: &MemberRow| condition.matches(&row.view.id, Some(&row.view.user_name));
                let ids: Vec<String> = wish
                    .named
                    .iter()
                    .filter(|(_, wanted)| **wanted)
                    .map(|(id, _)| id.clone())
                    .collect();
                let named = known(change, group, &ids)?;
                let mut gone: Vec<String> = named
                    .into_values()
                    .filter(|(row, _)| matching(row))
                    .map(|(row, _)| row.view.id)
                    .collect();
                if !wish.emptied {
                    gone.extend(
                        all(change, group)?
                            .into_iter()
                            .filter(matching)
                            .map(|row| row.view.id),
                    );
                }
                wish.named.extend(gone.into_iter().map(|id| (id, false)));
            }
        }
    }
    wish.against(change, group)
}

impl Wish {
    fn name(&mut self, members: &[MemberInput]) {
        self.named
            .extend(members.iter().map(|member| (member.value.clone(), true)));
    }

    fn against(self, change: &Change<'_>, group: i64) -> Result<Delta, ScimError> {
        let ids: Vec<String> = self.named.keys().cloned().collect();
        let mut found = known(change, group, &ids)?;
        let mut delta = Delta::default();
        for (id, wanted) in &self.named {
            match (found.remove(id), wanted) {
                (Some((row, false)), true) => delta.added.push(row),
                (Some((row, true)), false) => delta.removed.push(row),
                // Dropping a member in silence would look like success: the user has no access and nobody knows.
                (None, true) => {
                    return Err(ScimError::invalid_value(format!(
                        "members: there is no user with id {id:?} in this app; assign the user before the group is pushed"
                    )));
                }
                _ => {}
            }
        }
        if self.emptied && group != 0 {
            let unnamed = all(change, group)?
                .into_iter()
                .filter(|row| !self.named.contains_key(&row.view.id));
            delta.removed.extend(unnamed);
        }
        Ok(delta)
    }
}

type Known = HashMap<String, (MemberRow, bool)>;

fn known(change: &Change<'_>, group: i64, ids: &[String]) -> Result<Known, ScimError> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    change
        .scene
        .store
        .members_by_id(change.app.seq, group, &ids)
        .map_err(stored)
}

/// Every member, page by page.
pub(super) fn all(change: &Change<'_>, group: i64) -> Result<Vec<MemberRow>, ScimError> {
    let mut members = Vec::new();
    let mut after = 0;
    loop {
        let page = change.scene.store.members(group, after, PAGE).map_err(stored)?;
        let Some(last) = page.last() else {
            return Ok(members);
        };
        after = last.seq;
        members.extend(page);
    }
}
