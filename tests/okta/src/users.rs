//! What Okta does with users: assign, update, deactivate. It never deletes one.

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::client::{Dialect, OktaClient};
use crate::error::OktaError;
use crate::profile::Profile;

pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What stays as it is in a query value; Okta encodes all else.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The outcome of an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The server's id, which Okta keeps for good.
    pub id: String,
    /// Whether the user was there already and Okta linked to it.
    pub linked: bool,
}

impl OktaClient {
    /// "Test API Credentials", also sent when the settings are saved.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn test_api_credentials(&self) -> Result<(), OktaError> {
        self.call(Method::GET, "/Users?startIndex=1&count=2", None)
            .await?;
        self.call(Method::GET, "/Groups?startIndex=1&count=100", None)
            .await?;
        Ok(())
    }

    /// Assigns a person to the app: links to the user with that login, or creates one.
    ///
    /// # Errors
    /// If the server refuses; a 409 is the end of the task.
    pub async fn assign(&self, profile: &Profile) -> Result<Assigned, OktaError> {
        if let Some(id) = self.find("Users", "userName", &profile.login).await? {
            self.change_user(&id, |user| {
                profile.merge_into(user);
                user.insert("active".into(), true.into());
            })
            .await?;
            return Ok(Assigned { id, linked: true });
        }
        let created = self
            .call(Method::POST, "/Users", Some(&profile.create_body()))
            .await?;
        match created.get("id").and_then(Value::as_str) {
            Some(id) if !id.is_empty() => Ok(Assigned {
                id: id.to_owned(),
                linked: false,
            }),
            _ => Err(OktaError::answer(
                &Method::POST,
                "/Users",
                "Create new user returned empty user",
            )),
        }
    }

    /// Pushes a profile: reads the user, changes the mapped attributes, sends everything back.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn update(&self, id: &str, profile: &Profile) -> Result<Value, OktaError> {
        self.change_user(id, |user| profile.merge_into(user)).await
    }

    /// Deactivates a user.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn deactivate(&self, id: &str) -> Result<(), OktaError> {
        self.set_active(id, false).await
    }

    /// Activates a user again.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn reactivate(&self, id: &str) -> Result<(), OktaError> {
        self.set_active(id, true).await
    }

    /// Takes the app away from a person. On the wire it is a deactivation: Okta deletes no users.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn unassign(&self, id: &str) -> Result<(), OktaError> {
        self.deactivate(id).await
    }

    async fn set_active(&self, id: &str, active: bool) -> Result<(), OktaError> {
        match self.dialect() {
            Dialect::Template => {
                let operation = json!({ "op": "replace", "value": { "active": active } });
                self.patch("Users", id, vec![operation]).await?;
            }
            Dialect::Custom => {
                self.change_user(id, |user| {
                    user.insert("active".into(), active.into());
                })
                .await?;
            }
        }
        Ok(())
    }

    async fn change_user(
        &self,
        id: &str,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<Value, OktaError> {
        self.read_modify_write("Users", id, change).await
    }

    /// GET, change, PUT: with our `id`, `meta`, `groups`, and whatever else was returned.
    pub(crate) async fn read_modify_write(
        &self,
        endpoint: &str,
        id: &str,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<Value, OktaError> {
        let path = format!("/{endpoint}/{}", encode(id));
        let mut resource = self.call(Method::GET, &path, None).await?;
        let Some(object) = resource.as_object_mut() else {
            return Err(OktaError::answer(
                &Method::GET,
                &path,
                "the answer is no resource",
            ));
        };
        change(object);
        self.call(Method::PUT, &path, Some(&resource)).await
    }

    pub(crate) async fn patch(
        &self,
        endpoint: &str,
        id: &str,
        operations: Vec<Value>,
    ) -> Result<Value, OktaError> {
        let body = json!({ "schemas": [PATCH_OP], "Operations": operations });
        self.call(Method::PATCH, &format!("/{endpoint}/{}", encode(id)), Some(&body))
            .await
    }

    /// The id of the resource that has a value; a 404 counts as none.
    pub(crate) async fn find(
        &self,
        endpoint: &str,
        attribute: &str,
        value: &str,
    ) -> Result<Option<String>, OktaError> {
        let filter = format!("{attribute} eq {}", Value::String(value.to_owned()));
        let path = format!("/{endpoint}?filter={}&startIndex=1&count=100", encode(&filter));
        let list = match self.call(Method::GET, &path, None).await {
            Err(error) if error.status() == Some(404) => return Ok(None),
            list => list?,
        };
        let first = list
            .get("Resources")
            .and_then(Value::as_array)
            .and_then(|resources| resources.first());
        let Some(first) = first else { return Ok(None) };
        match first.get("id").and_then(Value::as_str) {
            Some(id) => Ok(Some(id.to_owned())),
            None => Err(OktaError::answer(&Method::GET, &path, "a resource without id")),
        }
    }
}

pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}
