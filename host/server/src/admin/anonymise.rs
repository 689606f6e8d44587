//! Anonymising an account of somebody who left: for good, and only if it is said twice.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use tidegate_directory::products;
use tidegate_directory::target::Product;
use tidegate_store::anonymise::{Leaver, Unfit};
use tidegate_store::audit::AuditLine;

use super::answers::{Anonymise, Anonymised};
use super::error::{self, Refusal, app};
use crate::access::actor;
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::apps::App;
use crate::service::Service;

/// `POST /apps/{app}/targets/{target}/anonymise`: says which account is meant and what becomes of it; with its
/// username in `confirm` it is begun, with `withdraw` the wish is taken back. The account must not be in use.
#[utoipa::path(post, path = "/apps/{app}/targets/{target}/anonymise", request_body = Anonymise, responses((status = 200, body = Anonymised)))]
pub(super) async fn anonymise(
    State(service): State<Arc<Service>>,
    Path((name, target)): Path<(String, String)>,
    Fields(wanted): Fields<Anonymise>,
) -> Result<Json<Anonymised>, Refusal> {
    let app = app(&service, &name)?;
    let target = error::target(&app, &target)?;
    let product = target.config.product;
    if !products::offers_anonymising(product) {
        let text = format!("{product} offers no anonymising by REST: `tidegate target test` says what to do");
        return Err(Refusal::new(StatusCode::CONFLICT, text));
    }
    let unfit = |unfit| refusal(unfit, &wanted.user, &target.config.name);
    let leaver = service
        .store
        .leaver(app.seq, target.seq, &wanted.user)?
        .map_err(unfit)?;
    if app.protected().account(&leaver.username) {
        let text = format!("the account {:?} is protected", leaver.username);
        return Err(Refusal::new(StatusCode::CONFLICT, text).of_field("user"));
    }
    let mut answer = Anonymised {
        id: leaver.id.clone(),
        username: leaver.username.clone(),
        becomes: becomes(product).to_owned(),
        begun: false,
    };
    if wanted.withdraw {
        let line = line(&app, "account.withdraw-anonymise", &target.config.name, &leaver);
        let store = &service.store;
        let withdrawn = store.withdraw_anonymising(target.seq, leaver, line).await?;
        withdrawn.map_err(unfit)?;
        target.wake.notify_one();
        return Ok(Json(answer));
    }
    let Some(confirmed) = &wanted.confirm else {
        return Ok(Json(answer));
    };
    if *confirmed != leaver.username {
        let text = format!(
            "the username of the account that is meant is {:?}",
            leaver.username
        );
        return Err(Refusal::unfit("confirm", text));
    }
    let line = line(&app, "account.anonymise", &target.config.name, &leaver);
    service
        .store
        .anonymise(target.seq, leaver, line)
        .await?
        .map_err(unfit)?;
    target.wake.notify_one();
    answer.begun = true;
    Ok(Json(answer))
}

/// The trail keeps the id, where there is one: it must not keep the name that is to go.
fn line(app: &App, action: &str, target: &str, leaver: &Leaver) -> AuditLine {
    let deleted = format!("user {}, deleted", leaver.user);
    let subject = leaver.id.as_deref().unwrap_or(&deleted);
    actor::line(app, action, subject, json!({"target": target}))
}

fn becomes(product: Product) -> &'static str {
    match product {
        Product::Jira => {
            "Jira takes away username, full name and e-mail address, and disables the account; issues and comments \
             stay, what the account owned goes to the new owner"
        }
        Product::Confluence => "Confluence deletes the account; an alias stands beside what it wrote",
        _ => "Bitbucket deletes the account and erases its name from what is left",
    }
}

fn refusal(unfit: Unfit, user: &str, target: &str) -> Refusal {
    let (status, text) = match unfit {
        Unfit::Nobody => (
            StatusCode::NOT_FOUND,
            format!("nobody has the id, the userName or the username {user:?}"),
        ),
        Unfit::Several => (
            StatusCode::CONFLICT,
            format!("more than one user is called {user:?}: give the SCIM id"),
        ),
        Unfit::NoAccount => (
            StatusCode::NOT_FOUND,
            format!("{user:?} has no account in {target} that Tidegate knows of"),
        ),
        Unfit::InUse => (
            StatusCode::CONFLICT,
            format!("the account of {user:?} in {target} is to be used: deactivate the person in Okta first"),
        ),
        Unfit::Done => (
            StatusCode::CONFLICT,
            format!("the account of {user:?} in {target} is anonymised already"),
        ),
        Unfit::NotAsked => (
            StatusCode::CONFLICT,
            format!("nobody wants the account of {user:?} in {target} anonymised"),
        ),
        Unfit::Released => (
            StatusCode::CONFLICT,
            format!("the account of {user:?} in {target} is not looked after any longer: anonymise it there"),
        ),
    };
    Refusal::new(status, text).of_field("user")
}
