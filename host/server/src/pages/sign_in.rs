//! Signing in and out, and the first administrator.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{Api, PageError};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    heading: &'static str,
    action: &'static str,
    setup: bool,
    token: String,
    name: String,
    failed: Option<String>,
    /// What the button says that leads elsewhere to sign in.
    elsewhere: Option<String>,
}

/// Where one may sign in beside here; none: nowhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Elsewhere(pub(super) Option<String>);

/// Whoever signed in elsewhere, on the way to the overview.
#[derive(Template)]
#[template(path = "signed_in_elsewhere.html")]
struct Entered;

/// What the forms send.
#[derive(Deserialize)]
pub(super) struct Fields {
    name: String,
    password: String,
    #[serde(default)]
    token: String,
}

/// Without the secrets.
impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fields")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What a form of somebody who is signed in carries at least.
#[derive(Debug, Deserialize)]
pub(super) struct Csrf {
    pub(super) csrf: String,
}

fn signing_in(name: String, failed: Option<String>, elsewhere: Elsewhere) -> Page {
    Page {
        elsewhere: elsewhere.0,
        heading: "Sign in",
        action: "/admin/sign-in",
        setup: false,
        token: String::new(),
        name,
        failed,
    }
}

fn setting_up(token: String, name: String, failed: Option<String>) -> Page {
    Page {
        heading: "Make the first administrator",
        action: "/admin/setup",
        setup: true,
        token,
        name,
        failed,
        elsewhere: None,
    }
}

pub(super) async fn form(Extension(elsewhere): Extension<Elsewhere>) -> Result<Html<String>, PageError> {
    Ok(Html(signing_in(String::new(), None, elsewhere).render()?))
}

/// The form for whoever was not signed in elsewhere, with the reason.
pub(crate) fn not_signed_in(elsewhere: &str, words: String) -> Result<Html<String>, askama::Error> {
    let elsewhere = Elsewhere(Some(elsewhere.to_owned()));
    Ok(Html(signing_in(String::new(), Some(words), elsewhere).render()?))
}

/// The answer to whoever comes back from elsewhere and is signed in. It is a page and no redirect: browsers bring a strict
/// cookie on a way that began on our own page, not on one that began elsewhere.
pub(crate) fn signed_in_elsewhere() -> Result<Response, askama::Error> {
    Ok(Html(Entered.render()?).into_response())
}

pub(super) async fn setup_form() -> Result<Html<String>, PageError> {
    Ok(Html(setting_up(String::new(), String::new(), None).render()?))
}

/// Whoever is refused reads why beside the field, and has typed the name only once.
pub(super) async fn sign_in(
    State(api): State<Api>,
    Extension(elsewhere): Extension<Elsewhere>,
    browser: Parts,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let body = json!({"name": fields.name, "password": fields.password});
    let said = api.send(&browser, Method::POST, "/session", &body, None).await?;
    if said.status.is_success() {
        return Ok(enter(&said.headers, "/admin"));
    }
    let page = signing_in(fields.name, Some(said.words()), elsewhere);
    Ok((refused(said.status), Html(page.render()?)).into_response())
}

pub(super) async fn set_up(
    State(api): State<Api>,
    browser: Parts,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let body = json!({"token": fields.token, "name": fields.name, "password": fields.password});
    let said = api.send(&browser, Method::POST, "/setup", &body, None).await?;
    if said.status.is_success() {
        // Whoever begins has an app to make, or to go on with.
        return Ok(enter(&said.headers, "/admin/apps/new"));
    }
    let page = setting_up(fields.token, fields.name, Some(said.words()));
    Ok((refused(said.status), Html(page.render()?)).into_response())
}

pub(super) async fn sign_out(
    State(api): State<Api>,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Response, PageError> {
    let said = api
        .send(&browser, Method::DELETE, "/session", &(), Some(&form.csrf))
        .await?;
    let mut answer = Redirect::to("/admin/sign-in").into_response();
    pass_cookies(&said.headers, &mut answer);
    Ok(answer)
}

/// A redirect would lose the words: the form comes again with them.
fn refused(status: StatusCode) -> StatusCode {
    match status.is_client_error() {
        true => status,
        false => StatusCode::BAD_GATEWAY,
    }
}

fn enter(headers: &http::HeaderMap, to: &str) -> Response {
    let mut answer = Redirect::to(to).into_response();
    pass_cookies(headers, &mut answer);
    answer
}

pub(super) fn pass_cookies(from: &http::HeaderMap, to: &mut Response) {
    for cookie in from.get_all(SET_COOKIE) {
        to.headers_mut().append(SET_COOKIE, cookie.clone());
    }
}
