//! A person as Okta knows them, and the mapping to SCIM.

use std::hash::{BuildHasher, Hasher, RandomState};

use serde_json::{Map, Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A person in Okta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Okta's id, `00u…`: the `externalId`.
    pub okta_id: String,
    /// The login: `userName`, and the address unless another is given.
    pub login: String,
    /// `name.givenName`.
    pub given_name: String,
    /// `name.familyName`.
    pub family_name: String,
    /// `emails[type eq "work"].value`.
    pub email: String,
    /// `title`, if mapped.
    pub title: Option<String>,
    /// The enterprise extension's `department`, if mapped.
    pub department: Option<String>,
}

impl Profile {
    /// A person with a login and a name. The Okta id follows from the login, so that a repeated
    /// session is about the same people.
    #[must_use]
    pub fn new(login: &str, given_name: &str, family_name: &str) -> Self {
        Self {
            okta_id: okta_id(login),
            login: login.to_owned(),
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
            email: login.to_owned(),
            title: None,
            department: None,
        }
    }

    /// Sets the title.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(title.to_owned());
        self
    }

    /// Sets the department.
    #[must_use]
    pub fn department(mut self, department: &str) -> Self {
        self.department = Some(department.to_owned());
        self
    }

    /// The name that is shown.
    #[must_use]
    pub fn display_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// The body of the POST: with `groups: []` and a random password, as Okta sends them even when
    /// password sync is off.
    pub(crate) fn create_body(&self) -> Value {
        let mut body = json!({
            "schemas": [USER],
            "userName": self.login,
            "name": { "givenName": self.given_name, "familyName": self.family_name },
            "emails": [{ "primary": true, "value": self.email, "type": "work" }],
            "displayName": self.display_name(),
            "locale": "en-US",
            "externalId": self.okta_id,
            "groups": [],
            "password": password(),
            "active": true,
        });
        if let Some(body) = body.as_object_mut() {
            self.map_optional(body);
        }
        body
    }

    /// Puts the mapped attributes into what the server returned, and leaves all else as it was.
    pub(crate) fn merge_into(&self, resource: &mut Map<String, Value>) {
        let text = |text: &str| Value::String(text.to_owned());
        resource.insert("userName".into(), text(&self.login));
        resource.insert("displayName".into(), text(&self.display_name()));
        resource.insert("externalId".into(), text(&self.okta_id));
        let name = resource.entry("name").or_insert_with(|| json!({}));
        if let Some(name) = name.as_object_mut() {
            name.insert("givenName".into(), text(&self.given_name));
            name.insert("familyName".into(), text(&self.family_name));
        }
        self.merge_email(resource);
        self.map_optional(resource);
    }

    fn merge_email(&self, resource: &mut Map<String, Value>) {
        let emails = resource.entry("emails").or_insert_with(|| json!([]));
        let Some(emails) = emails.as_array_mut() else {
            return;
        };
        let work = emails
            .iter_mut()
            .find(|email| email.get("type").and_then(Value::as_str) == Some("work"));
        match work.and_then(Value::as_object_mut) {
            Some(work) => {
                work.insert("value".into(), self.email.as_str().into());
            }
            None => emails.push(json!({ "primary": true, "value": self.email, "type": "work" })),
        }
    }

    fn map_optional(&self, resource: &mut Map<String, Value>) {
        if let Some(title) = &self.title {
            resource.insert("title".into(), title.as_str().into());
        }
        let Some(department) = &self.department else {
            return;
        };
        let enterprise = resource.entry(ENTERPRISE).or_insert_with(|| json!({}));
        if let Some(enterprise) = enterprise.as_object_mut() {
            enterprise.insert("department".into(), department.as_str().into());
        }
        if let Some(schemas) = resource.get_mut("schemas").and_then(Value::as_array_mut)
            && !schemas.iter().any(|schema| schema == ENTERPRISE)
        {
            schemas.push(ENTERPRISE.into());
        }
    }
}

/// `00u` and seventeen letters and digits.
fn okta_id(login: &str) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    // FNV-1a: the same in every run and on every machine.
    let mut hash = login.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let letters = (0..17).filter_map(|round: u64| {
        hash = (hash ^ round).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
        usize::try_from(hash % 62)
            .ok()
            .and_then(|position| LETTERS.get(position))
            .map(|letter| char::from(*letter))
    });
    format!("00u{}", letters.collect::<String>())
}

fn password() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
