//! PATCH of a group (RFC 7644 section 3.5.2), in all the spellings of Okta and Entra.

use std::collections::HashSet;

use scim_v2::filter::{PatchPath, ValFilter};
use serde_json::{Map, Value};

use super::member::{self, MemberCondition, MemberInput, MemberOp};
use crate::ResourceKind;
use crate::document::{Document, check_size};
use crate::edit::{Edit, Verb};
use crate::error::ScimError;
use crate::patch::{Op, Operation, PatchRequest, apply_operation};
use crate::path::{self, Target};
use crate::schema::{ResourceType, Schemas};

/// What a PATCH makes of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupPatch {
    /// The group's new document; the current one if only members change.
    pub document: Document,
    /// The changes of members, to be done in this order. Neighbours of one kind are joined, so that
    /// Okta's 256 filtered removes are one `Remove`.
    pub members: Vec<MemberOp>,
}

/// The outcome of a PATCH; the store applies it in one transaction.
///
/// # Errors
/// Those of the RFC; then nothing of the request takes effect.
pub fn patch(schemas: &Schemas, current: &Document, request: &PatchRequest) -> Result<GroupPatch, ScimError> {
    let mut patch = Patch {
        groups: schemas.group(),
        document: current.clone(),
        members: Vec::new(),
        count: 0,
    };
    for operation in request.operations() {
        patch.apply(operation)?;
    }
    super::check(schemas, Some(current), &patch.document)?;
    check_size(&patch.document)?;
    Ok(GroupPatch {
        document: patch.document,
        members: patch.members.into_iter().map(deduplicated).collect(),
    })
}

struct Patch<'s> {
    groups: &'s ResourceType,
    document: Document,
    members: Vec<MemberOp>,
    /// Members named so far, over all operations.
    count: usize,
}

impl Patch<'_> {
    fn apply(&mut self, operation: &Operation) -> Result<(), ScimError> {
        let Some(path) = &operation.path else {
            return match operation.value.as_ref().and_then(Value::as_object) {
                Some(object) => self.apply_object(operation.op, object),
                None => apply_operation(self.groups, &mut self.document, operation),
            };
        };
        match path::resolve_patch(self.groups, path, &self.document) {
            Some(Target::Attribute(place)) if place.extension.is_none() && place.name == "members" => {
                self.apply_path(operation, path)
            }
            Some(Target::Core) if operation.op != Op::Remove => {
                let mut operation = operation.clone();
                if let Some(Value::Object(object)) = &mut operation.value {
                    *object = self.take_members(operation.op, object)?;
                }
                apply_operation(self.groups, &mut self.document, &operation)
            }
            _ => apply_operation(self.groups, &mut self.document, operation),
        }
    }

    /// Without a path: Okta's `{"id":…,"displayName":…}` and `{"members":[],"id":…,"displayName":…}`.
    fn apply_object(&mut self, op: Op, object: &Map<String, Value>) -> Result<(), ScimError> {
        let mut rest = self.take_members(op, object)?;
        for (key, value) in &mut rest {
            if let (true, Value::Object(inner)) = (is_core(key), value) {
                *inner = self.take_members(op, inner)?;
            }
        }
        let verb = if op == Op::Add { Verb::Add } else { Verb::Replace };
        Edit::body(self.groups, verb).merge(&mut self.document, &rest)
    }

    /// Changes members as an object says, and gives back what else it says.
    fn take_members(&mut self, op: Op, object: &Map<String, Value>) -> Result<Map<String, Value>, ScimError> {
        let mut rest = Map::new();
        for (key, value) in object {
            if is_members(key) {
                self.assign(op, value)?;
            } else {
                rest.insert(key.clone(), value.clone());
            }
        }
        Ok(rest)
    }

    fn apply_path(&mut self, operation: &Operation, path: &PatchPath) -> Result<(), ScimError> {
        let value = operation.value.as_ref().unwrap_or(&Value::Null);
        match (path, operation.op) {
            (PatchPath::Attr(path), _) if path.sub_attr.is_some() => Err(whole_members_only()),
            (PatchPath::Attr(_), Op::Add | Op::Replace) => self.assign(operation.op, value),
            // Entra names those to remove in the value: only those may go. RFC 7644 has no such
            // form; without a value it means all.
            (PatchPath::Attr(_), Op::Remove) if value.is_null() => {
                self.members.push(MemberOp::Clear);
                Ok(())
            }
            (PatchPath::Attr(_), Op::Remove) => {
                let ids = self.list(value)?.into_iter().map(|member| member.value).collect();
                self.remove(ids);
                Ok(())
            }
            (PatchPath::Value(path), Op::Remove) if path.sub_attr.is_none() => {
                self.remove_matching(&path.filter)
            }
            (PatchPath::Value(_), _) => Err(whole_members_only()),
        }
    }

    fn assign(&mut self, op: Op, value: &Value) -> Result<(), ScimError> {
        let members = self.list(value)?;
        if op == Op::Replace {
            self.members.push(MemberOp::Replace(members));
        } else if let Some(MemberOp::Add(before)) = self.members.last_mut() {
            before.extend(members);
        } else if !members.is_empty() {
            self.members.push(MemberOp::Add(members));
        }
        Ok(())
    }

    fn remove_matching(&mut self, filter: &ValFilter) -> Result<(), ScimError> {
        if let Some(ids) = member::ids(filter) {
            self.bound(ids.len())?;
            self.remove(ids);
            return Ok(());
        }
        let condition = MemberCondition::new(self.groups, filter)?;
        self.members.push(MemberOp::RemoveMatching(condition));
        Ok(())
    }

    fn remove(&mut self, ids: Vec<String>) {
        if let Some(MemberOp::Remove(before)) = self.members.last_mut() {
            before.extend(ids);
        } else if !ids.is_empty() {
            self.members.push(MemberOp::Remove(ids));
        }
    }

    fn list(&mut self, value: &Value) -> Result<Vec<MemberInput>, ScimError> {
        let members = member::list(value)?;
        self.bound(members.len())?;
        Ok(members)
    }

    fn bound(&mut self, more: usize) -> Result<(), ScimError> {
        self.count = self.count.saturating_add(more);
        member::check_count(self.count)
    }
}

/// `members`, in any case, with or without the schema's URN.
fn is_members(key: &str) -> bool {
    let name = match key.rsplit_once(':') {
        Some((urn, name)) if is_core(urn) => name,
        Some(_) => return false,
        None => key,
    };
    name.eq_ignore_ascii_case("members")
}

/// The URN of the core schema: what is in an object under it stands for itself.
fn is_core(key: &str) -> bool {
    key.eq_ignore_ascii_case(ResourceKind::Group.schema())
}

/// The parts of a member are immutable (RFC 7643 section 8.7.1).
fn whole_members_only() -> ScimError {
    ScimError::mutability("The parts of a member cannot be changed: add or remove the member.")
}

fn deduplicated(op: MemberOp) -> MemberOp {
    let mut seen = HashSet::new();
    match op {
        MemberOp::Add(mut members) => {
            members.retain(|member| seen.insert(member.value.clone()));
            MemberOp::Add(members)
        }
        MemberOp::Remove(mut ids) => {
            ids.retain(|id| seen.insert(id.clone()));
            MemberOp::Remove(ids)
        }
        other => other,
    }
}
