//! One engine for all tests of a file, and requests to ask.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "every test file uses a part"
)]

use std::sync::{Arc, LazyLock};

use tidegate_directory::plan::Plan;
use tidegate_directory::target::Product;
use tidegate_runtime::capabilities::Nothing;
use tidegate_runtime::grants::Grants;
use tidegate_runtime::stage::{Staged, Staging};
use tidegate_runtime::{Change, Decided, Occasion, Request, Runtime, StageError, TargetView, Version};
use tidegate_scim::view::{LabelledValue, Name, UserView};

/// Runtimes hold a ticker and a pool: one is enough.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new(None).unwrap());

pub async fn stage(component: &[u8], settings: &str, grants: Grants) -> Result<Staged, StageError> {
    RUNTIME.stage(staging(component, settings, grants)).await
}

pub fn staging(component: &[u8], settings: &str, grants: Grants) -> Staging {
    Staging {
        component: component.to_vec(),
        settings: settings.to_owned(),
        grants,
        snapshot: None,
        plain: false,
    }
}

pub async fn misbehave(settings: &str, grants: Grants) -> Version {
    stage(tidegate_guests::MISBEHAVE, settings, grants)
        .await
        .unwrap()
        .version
}

pub async fn decide(version: &Version, request: &Request) -> Decided {
    version.decide(request, Arc::new(Nothing)).await
}

pub fn planned(decided: Decided) -> Plan {
    decided.outcome.unwrap().unwrap()
}

pub fn user(name: &str) -> UserView {
    UserView {
        id: format!("id-of-{name}"),
        user_name: name.to_owned(),
        active: true,
        display_name: Some(format!("Name of {name}")),
        raw: "{}".into(),
        ..UserView::default()
    }
}

/// As Okta sends one: about 400 bytes of JSON.
pub fn okta_user() -> UserView {
    let raw = serde_json::json!({
        "active": true,
        "displayName": "Jane Doe",
        "emails": [{"primary": true, "type": "work", "value": "jane.doe@example.com"}],
        "externalId": "00ujl29u0le5T6Aj10h7",
        "id": "01900000-0000-7000-8000-000000000001",
        "locale": "en-US",
        "meta": {"resourceType": "User"},
        "name": {"familyName": "Doe", "givenName": "Jane"},
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "title": "Engineer",
        "userName": "jane.doe@example.com",
    });
    UserView {
        id: "01900000-0000-7000-8000-000000000001".into(),
        external_id: Some("00ujl29u0le5T6Aj10h7".into()),
        user_name: "jane.doe@example.com".into(),
        active: true,
        name: Name {
            formatted: None,
            given: Some("Jane".into()),
            family: Some("Doe".into()),
        },
        display_name: Some("Jane Doe".into()),
        title: Some("Engineer".into()),
        emails: vec![LabelledValue {
            value: "jane.doe@example.com".into(),
            label: Some("work".into()),
            primary: true,
        }],
        raw: raw.to_string(),
        ..UserView::default()
    }
}

pub fn request(id: &str, name: &str) -> Request {
    request_about(id, user(name))
}

pub fn request_about(id: &str, user: UserView) -> Request {
    Request {
        id: id.to_owned(),
        app: "default".into(),
        occasion: Occasion::Event,
        now_ms: 1_700_000_000_000,
        targets: vec![TargetView {
            name: "jira".into(),
            product: Product::Jira,
            directory: None,
        }],
        change: Change::User {
            before: None,
            after: Some(Box::new(user)),
            groups: Vec::new(),
        },
    }
}

/// The component with one more inside, which holds an empty module and is never used:
/// one that cannot be snapshotted.
pub fn nested(component: &[u8]) -> Vec<u8> {
    let module = b"\0asm\x01\0\0\0";
    let (component_section, module_section) = (4, 1);
    let mut bytes = component.to_vec();
    bytes.extend([component_section, 18]);
    bytes.extend(b"\0asm\x0d\0\x01\0");
    bytes.extend([module_section, 8]);
    bytes.extend(module);
    bytes
}
