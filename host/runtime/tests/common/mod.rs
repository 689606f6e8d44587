//! One engine for all tests of a file, and requests to ask.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "every test file uses a part")]

use std::sync::{Arc, LazyLock};

use tidegate_directory::plan::Plan;
use tidegate_directory::target::Product;
use tidegate_runtime::capabilities::Nothing;
use tidegate_runtime::grants::Grants;
use tidegate_runtime::stage::{Staged, Staging};
use tidegate_runtime::{Change, Decided, Occasion, Request, Runtime, StageError, TargetView, Version};
use tidegate_scim::view::UserView;

/// Runtimes hold a ticker and a pool: one is enough.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new(None).unwrap());

pub async fn stage(component: &[u8], settings: &str, grants: Grants) -> Result<Staged, StageError> {
    let (component, settings) = (component.to_vec(), settings.to_owned());
    RUNTIME.stage(Staging { component, settings, grants, snapshot: None }).await
}

pub async fn misbehave(settings: &str, grants: Grants) -> Version {
    stage(tidegate_guests::MISBEHAVE, settings, grants).await.unwrap().version
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

pub fn request(id: &str, name: &str) -> Request {
    Request {
        id: id.to_owned(),
        app: "default".into(),
        occasion: Occasion::Event,
        now_ms: 1_700_000_000_000,
        targets: vec![TargetView { name: "jira".into(), product: Product::Jira, directory: None }],
        change: Change::User { before: None, after: Some(Box::new(user(name))), groups: Vec::new() },
    }
}
