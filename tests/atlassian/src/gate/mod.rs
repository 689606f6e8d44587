//! What every call meets before a product's handler, read top to bottom:
//! it is counted, a fault may strike, its credentials are proved, its rate is
//! limited, it is checked for cross-site forgery, and its rights are looked at.

mod login;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, header};

use crate::answer;
use crate::config::SimProduct;
use crate::faults::FaultKind;
use crate::limiter::Verdict;
use crate::server::{CutConnection, Shared};

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    Anonymous,
    Account(String),
}

/// The whole way in.
pub(crate) async fn pass(State(sim): State<Shared>, request: Request, next: Next) -> Response {
    sim.state.count_request();
    let target = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let fault = sim.faults.take(&format!("{} {target}", request.method()));
    match fault {
        None => enter(&sim, request, next).await,
        Some(FaultKind::Status(status)) => answer::refusal(sim.config.product, status, "Simulated failure"),
        Some(FaultKind::RateLimited { retry_after_seconds }) => {
            let mut refused = answer::refusal(sim.config.product, 429, "Rate limit exceeded");
            ask_to_wait(&sim, refused.headers_mut(), retry_after_seconds);
            refused
        }
        Some(FaultKind::Overloaded { retry_after_seconds }) => {
            let mut refused = answer::refusal(sim.config.product, 503, "Service unavailable");
            ask_to_wait(&sim, refused.headers_mut(), retry_after_seconds);
            refused
        }
        Some(FaultKind::Reset) => cut(answer::empty(500)),
        Some(FaultKind::ResetAfter) => cut(enter(&sim, request, next).await),
        Some(FaultKind::Hang) => std::future::pending().await,
        Some(FaultKind::Slow(wait)) => {
            tokio::time::sleep(wait).await;
            enter(&sim, request, next).await
        }
    }
}

fn cut(mut answer: Response) -> Response {
    answer.extensions_mut().insert(CutConnection);
    answer
}

async fn enter(sim: &Shared, mut request: Request, next: Next) -> Response {
    let product = sim.config.product;
    let tells_caller = names_caller(sim, request.uri().path());
    let tried = request.headers().contains_key(header::AUTHORIZATION);
    let caller = match login::prove(sim, &request) {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    let user = match &caller {
        Caller::Anonymous => "",
        Caller::Account(name) => name,
    };
    let verdict = sim.limiter.as_ref().map(|limiter| limiter.take(user));
    let mut answer = if verdict.is_some_and(|verdict| !verdict.allowed) {
        answer::refusal(product, 429, "Rate limit exceeded")
    } else if is_forged(request.method(), request.headers()) {
        answer::text(403, "XSRF check failed")
    } else if let Some(refused) = lacks_right(sim, &request, &caller) {
        refused
    } else {
        request.extensions_mut().insert(caller.clone());
        next.run(request).await
    };
    if tells_caller {
        name_caller(answer.headers_mut(), &caller);
    }
    if product == SimProduct::JiraCloud && tried && caller == Caller::Anonymous {
        let failed = HeaderValue::from_static("AUTHENTICATED_FAILED");
        answer.headers_mut().insert("x-seraph-loginreason", failed);
    }
    if let Some(verdict) = verdict {
        tell_rate(sim, answer.headers_mut(), verdict);
    }
    answer
}

/// A write that a browser's form could have made: no JSON, no opt-out header.
fn is_forged(method: &Method, headers: &HeaderMap) -> bool {
    let is = |name: &str, wanted: &[&str]| {
        let value = headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or("");
        wanted.iter().any(|wanted| value.starts_with(wanted))
    };
    let writes = [Method::POST, Method::PUT, Method::DELETE].contains(method);
    writes
        && !is("content-type", &["application/json", "application/xml"])
        && !is("x-atlassian-token", &["no-check", "nocheck"])
}

/// Every resource simulated is the administrator's, but for these few.
fn lacks_right(sim: &Shared, request: &Request, caller: &Caller) -> Option<Response> {
    let product = sim.config.product;
    let path = request.uri().path();
    let open_to_all = [
        "/serverInfo",
        "/application-properties",
        "/rest/applinks/1.0/manifest",
    ];
    let open_to_visitors = [
        "/rest/api/2/user",
        "/rest/api/user",
        "/rest/api/user/current",
        "/rest/api/3/user",
        "/rest/api/3/user/search",
    ];
    let open_to_users = ["/myself", "/user/current", "/server-information"];
    let ends = |list: &[&str]| list.iter().any(|end| path.ends_with(end));
    let Caller::Account(name) = caller else {
        let visits = sim.config.anonymous_access && request.method() == Method::GET;
        let may = ends(&open_to_all) || (visits && open_to_visitors.contains(&path));
        return (!may).then(|| {
            let mut refused = answer::refusal(
                product,
                401,
                "Client must be authenticated to access this resource.",
            );
            refused.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"product\""),
            );
            refused
        });
    };
    // An application of Crowd is no user; the directories say what it may.
    if product == SimProduct::Crowd {
        return None;
    }
    let is_key = product == SimProduct::CloudDirectory;
    let may =
        is_key || ends(&open_to_all) || ends(&open_to_users) || sim.state.with(|data| data.is_admin(name));
    // Bitbucket says 401 both for "who are you" and for "you may not".
    let status = if product == SimProduct::Bitbucket {
        401
    } else {
        403
    };
    (!may).then(|| answer::refusal(product, status, "You are not permitted to access this resource"))
}

/// Bitbucket, Crowd and Cloud do not; Jira does as the user server too, of its own resources.
fn names_caller(sim: &Shared, path: &str) -> bool {
    match sim.config.product {
        SimProduct::Jira | SimProduct::Confluence => true,
        SimProduct::Bitbucket | SimProduct::CloudDirectory | SimProduct::JiraCloud => false,
        SimProduct::Crowd => sim.config.jira_user_server && path.starts_with("/rest/api/"),
    }
}

/// `X-AUSERNAME`, which both products give with every answer.
fn name_caller(headers: &mut HeaderMap, caller: &Caller) {
    let name = match caller {
        Caller::Anonymous => "anonymous",
        Caller::Account(name) => name,
    };
    if let Ok(name) = HeaderValue::from_str(name) {
        headers.insert("x-ausername", name);
    }
}

/// Whether the product is served by Atlassian: other limits, other headers.
fn is_cloud(sim: &Shared) -> bool {
    matches!(
        sim.config.product,
        SimProduct::CloudDirectory | SimProduct::JiraCloud
    )
}

/// `retry-after`; Cloud adds the time of the reset and the reason.
fn ask_to_wait(sim: &Shared, headers: &mut HeaderMap, seconds: u64) {
    set(headers, "retry-after", seconds);
    if !is_cloud(sim) {
        return;
    }
    headers.insert("ratelimit-reason", HeaderValue::from_static("burst-based"));
    let wait = i64::try_from(seconds).unwrap_or(i64::MAX);
    let reset = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second().saturating_add(wait));
    if let Some(reset) = reset
        .ok()
        .and_then(|it| HeaderValue::from_str(&it.to_string()).ok())
    {
        headers.insert("x-ratelimit-reset", reset);
    }
}

fn tell_rate(sim: &Shared, headers: &mut HeaderMap, verdict: Verdict) {
    if is_cloud(sim) {
        set(headers, "x-ratelimit-limit", u64::from(verdict.limit.capacity));
        set(headers, "x-ratelimit-remaining", u64::from(verdict.remaining));
        if !verdict.allowed {
            ask_to_wait(sim, headers, verdict.retry_after_seconds);
        }
        return;
    }
    set(headers, "x-ratelimit-limit", u64::from(verdict.limit.capacity));
    set(headers, "x-ratelimit-remaining", u64::from(verdict.remaining));
    set(
        headers,
        "x-ratelimit-fillrate",
        u64::from(verdict.limit.fill_rate),
    );
    set(
        headers,
        "x-ratelimit-interval-seconds",
        verdict.limit.interval.as_secs(),
    );
    set(headers, "retry-after", verdict.retry_after_seconds);
}

fn set(headers: &mut HeaderMap, name: &'static str, value: u64) {
    headers.insert(name, HeaderValue::from(value));
}
