//! Group push.

use std::collections::HashSet;

use http::Method;
use serde_json::{Value, json};

use crate::client::{Dialect, OktaClient};
use crate::error::OktaError;
use crate::users::encode;

/// Members per PATCH.
pub const BATCH: usize = 256;

const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// A member as Okta sends it: no `type`, no `$ref`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The server's id of the user.
    pub id: String,
    /// The person's login.
    pub login: String,
}

impl Member {
    /// A member.
    #[must_use]
    pub fn new(id: impl Into<String>, login: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            login: login.into(),
        }
    }

    fn body(&self) -> Value {
        json!({ "value": self.id, "display": self.login })
    }
}

impl OktaClient {
    /// Pushes a group for the first time: links to one of that name or creates it, then sends its
    /// members. Gives back its id.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn push_group(&self, name: &str, members: &[Member]) -> Result<String, OktaError> {
        if let Some(id) = self.link_group(name).await? {
            self.replace_members(&id, members).await?;
            return Ok(id);
        }
        let body = json!({ "schemas": [GROUP], "displayName": name, "members": [] });
        let created = self.call(Method::POST, "/Groups", Some(&body)).await?;
        let Some(id) = created.get("id").and_then(Value::as_str) else {
            return Err(OktaError::answer(
                &Method::POST,
                "/Groups",
                "the new group has no id",
            ));
        };
        if !members.is_empty() {
            self.rename_in_template(id, name).await?;
            self.add_members(id, members).await?;
        }
        Ok(id.to_owned())
    }

    /// Finds a group by its name, and looks whether it is still there.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn link_group(&self, name: &str) -> Result<Option<String>, OktaError> {
        let Some(id) = self.find("Groups", "displayName", name).await? else {
            return Ok(None);
        };
        self.call(Method::GET, &group_path(&id), None).await?;
        Ok(Some(id))
    }

    /// Renames a group: by PATCH without path and with the id in the value, or by PUT.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn rename_group(&self, id: &str, name: &str) -> Result<(), OktaError> {
        match self.dialect() {
            Dialect::Template => self.rename_in_template(id, name).await,
            Dialect::Custom => {
                let put = self.read_modify_write("Groups", id, |group| {
                    group.insert("displayName".into(), name.into());
                });
                put.await.map(drop)
            }
        }
    }

    /// Adds members.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn add_members(&self, id: &str, members: &[Member]) -> Result<(), OktaError> {
        self.change_members(id, members, &[]).await
    }

    /// Removes members, each by a filter.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn remove_members(&self, id: &str, ids: &[String]) -> Result<(), OktaError> {
        self.change_members(id, &[], ids).await
    }

    /// Removes and adds members: in batches with both kinds of operations, or by PUT of the whole.
    ///
    /// # Errors
    /// If the server refuses; earlier batches took effect.
    pub async fn change_members(&self, id: &str, add: &[Member], remove: &[String]) -> Result<(), OktaError> {
        if self.dialect() == Dialect::Custom {
            return self.put_members(id, add, remove).await;
        }
        let removes = remove.iter().map(|id| {
            let filter = format!("members[value eq {}]", Value::String(id.clone()));
            json!({ "op": "remove", "path": filter })
        });
        let adds = add.iter().map(Member::body);
        let changes: Vec<Change> = removes
            .map(Change::Operation)
            .chain(adds.map(Change::Member))
            .collect();
        for batch in changes.chunks(BATCH) {
            self.patch("Groups", id, operations(batch)).await?;
        }
        Ok(())
    }

    /// "Push now": from now on these members and no others, also if there are none.
    ///
    /// # Errors
    /// If the server refuses; earlier batches took effect.
    pub async fn replace_members(&self, id: &str, members: &[Member]) -> Result<(), OktaError> {
        if self.dialect() == Dialect::Custom {
            let put = self.read_modify_write("Groups", id, |group| {
                group.insert("members".into(), members.iter().map(Member::body).collect());
            });
            return put.await.map(drop);
        }
        let (first, rest) = members.split_at(members.len().min(BATCH));
        let value: Value = first.iter().map(Member::body).collect();
        self.patch(
            "Groups",
            id,
            vec![json!({ "op": "replace", "path": "members", "value": value })],
        )
        .await?;
        self.add_members(id, rest).await
    }

    /// Unlinks a group and deletes it.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn delete_group(&self, id: &str) -> Result<(), OktaError> {
        self.call(Method::DELETE, &group_path(id), None).await.map(drop)
    }

    /// The rename that comes with the first members; custom apps send no PATCH.
    async fn rename_in_template(&self, id: &str, name: &str) -> Result<(), OktaError> {
        if self.dialect() == Dialect::Custom {
            return Ok(());
        }
        let operation = json!({ "op": "replace", "value": { "id": id, "displayName": name } });
        self.patch("Groups", id, vec![operation]).await.map(drop)
    }

    async fn put_members(&self, id: &str, add: &[Member], remove: &[String]) -> Result<(), OktaError> {
        let gone: HashSet<&str> = remove
            .iter()
            .map(String::as_str)
            .chain(add.iter().map(|m| m.id.as_str()))
            .collect();
        let put = self.read_modify_write("Groups", id, |group| {
            let mut members = match group.get_mut("members").map(Value::take) {
                Some(Value::Array(members)) => members,
                _ => Vec::new(),
            };
            members.retain(|member| {
                member
                    .get("value")
                    .and_then(Value::as_str)
                    .is_none_or(|id| !gone.contains(id))
            });
            members.extend(add.iter().map(Member::body));
            group.insert("members".into(), members.into());
        });
        put.await.map(drop)
    }
}

enum Change {
    Operation(Value),
    Member(Value),
}

/// Removes stand alone, adds share one operation.
fn operations(batch: &[Change]) -> Vec<Value> {
    let mut operations = Vec::new();
    let mut added = Vec::new();
    for change in batch {
        match change {
            Change::Operation(operation) => operations.push(operation.clone()),
            Change::Member(member) => added.push(member.clone()),
        }
    }
    if !added.is_empty() {
        operations.push(json!({ "op": "add", "path": "members", "value": added }));
    }
    operations
}

fn group_path(id: &str) -> String {
    format!("/Groups/{}", encode(id))
}
