//! Rules tried on users that there need not be: what a regular expression makes of a name, while it is typed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use tidegate_directory::plan::{GroupRef, Operation, Plan};
use tidegate_directory::target::Product;
use tidegate_runtime::stage::Staging;
use tidegate_runtime::{Change, Occasion, Rejection, Request, TargetView, Version};
use tidegate_scim::{group, user};

use super::answers::{TriedUser, TryPolicy};
use super::error::{Refusal, app};
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::apps::App;
use crate::clock::now_ms;
use crate::policies::PolicyError;
use crate::service::Service;
use crate::shadow::Beside;

/// Users tried at once.
const MOST: usize = 20;

/// `POST /apps/{app}/policies/{number}/try`. Nothing comes of it; what the rules are granted they may read.
#[utoipa::path(post, path = "/apps/{app}/policies/{number}/try", request_body = TryPolicy, responses((status = 200, body = Vec<TriedUser>)))]
pub(super) async fn attempt(
    State(service): State<Arc<Service>>,
    Path((name, number)): Path<(String, i64)>,
    Fields(wanted): Fields<TryPolicy>,
) -> Result<Json<Vec<TriedUser>>, Refusal> {
    let app = app(&service, &name)?;
    for (field, names) in [("user-names", &wanted.user_names), ("groups", &wanted.groups)] {
        if names.len() > MOST {
            let text = format!("at most {MOST} users and {MOST} groups are tried at once");
            return Err(Refusal::unfit(field, text));
        }
    }
    let version = version(&service, &app, number, wanted.settings.as_ref()).await?;
    let mut tried = Vec::new();
    for name in &wanted.user_names {
        tried.push(one(&service, &app, &version, Asked::User(name, &wanted.groups)).await);
    }
    for name in &wanted.groups {
        tried.push(one(&service, &app, &version, Asked::Group(name)).await);
    }
    Ok(Json(tried))
}

/// With other settings it is not snapshotted: it decides a few times, then it is gone.
async fn version(
    service: &Arc<Service>,
    app: &App,
    number: i64,
    settings: Option<&Value>,
) -> Result<Arc<Version>, PolicyError> {
    let row = service.usable_version(app, number)?;
    let Some(settings) = settings else {
        return service.compiled(&row).await;
    };
    let staged = service
        .runtime
        .stage(Staging {
            component: service.store.component(&row.digest)?,
            settings: settings.to_string(),
            grants: serde_json::from_str(&row.grants)?,
            snapshot: None,
            plain: true,
        })
        .await?;
    Ok(Arc::new(staged.version))
}

#[derive(Clone, Copy)]
enum Asked<'a> {
    User(&'a str, &'a [String]),
    Group(&'a str),
}

async fn one(service: &Service, app: &App, version: &Version, asked: Asked<'_>) -> TriedUser {
    let name = match asked {
        Asked::User(name, _) | Asked::Group(name) => name.to_owned(),
    };
    let nothing = TriedUser {
        user_name: name,
        accounts: Vec::new(),
        groups: Vec::new(),
        refused: None,
    };
    let refuse = |words: String| TriedUser {
        refused: Some(words),
        ..nothing.clone()
    };
    let change = match change(app, asked) {
        Ok(change) => change,
        Err(words) => return refuse(words),
    };
    let request = Request {
        id: "tried".into(),
        app: app.name.clone(),
        occasion: Occasion::Event,
        now_ms: u64::try_from(now_ms()).unwrap_or(0),
        targets: targets(app),
        change,
    };
    let world = Arc::new(Beside::new(service.capabilities_over(service.store.clone())));
    match version.decide(&request, world).await.outcome {
        Ok(Ok(plan)) => planned(app, plan, nothing),
        Ok(Err(rejection)) => refuse(words(&rejection)),
        Err(failure) => refuse(failure.to_string()),
    }
}

/// As if the identity provider had sent it.
fn change(app: &App, asked: Asked<'_>) -> Result<Change, String> {
    match asked {
        Asked::User(name, groups) => {
            let email = if name.contains('@') {
                name.to_owned()
            } else {
                format!("{name}@example.com")
            };
            let body = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "displayName": name,
                "emails": [{"value": email, "type": "work", "primary": true}],
            });
            let document = user::create(&app.schemas, &body).map_err(|error| error.detail)?;
            Ok(Change::User {
                before: None,
                after: Some(Box::new(user::view(&app.schemas, &document, "tried"))),
                groups: groups.to_vec(),
            })
        }
        Asked::Group(name) => {
            let body =
                json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name});
            let input = group::create(&app.schemas, &body).map_err(|error| error.detail)?;
            Ok(Change::Group {
                before: None,
                after: Some(group::view(&app.schemas, &input.document, "tried")),
            })
        }
    }
}

fn planned(app: &App, plan: Plan, nothing: TriedUser) -> TriedUser {
    let mut tried = nothing;
    for step in plan.steps {
        let targets: Vec<String> = match step.target {
            Some(target) => vec![target],
            None => targets(app).into_iter().map(|view| view.name).collect(),
        };
        for target in targets {
            match &step.operation {
                Operation::EnsureAccount(spec) => tried.accounts.push((target, spec.username.clone())),
                Operation::EnsureGroup(spec) => tried.groups.push((target, spec.name.clone())),
                Operation::EnsureMembers(members) => {
                    let (GroupRef::Name(name) | GroupRef::ScimId(name)) = &members.group;
                    tried.groups.push((target, name.clone()));
                }
                _ => {}
            }
        }
    }
    // A group is ensured, and its members are, too.
    tried.groups.dedup();
    tried
}

/// Before there is a target the rules are shown one that might be.
fn targets(app: &App) -> Vec<TargetView> {
    let views = app.target_views();
    if views.is_empty() {
        return vec![TargetView {
            name: "a target".into(),
            product: Product::Jira,
            directory: None,
        }];
    }
    views
}

fn words(rejection: &Rejection) -> String {
    match rejection {
        Rejection::InvalidValue(words)
        | Rejection::Uniqueness(words)
        | Rejection::Mutability(words)
        | Rejection::Forbidden(words) => words.clone(),
        Rejection::RetryLater(seconds) => format!("not now, in {seconds} s"),
    }
}
