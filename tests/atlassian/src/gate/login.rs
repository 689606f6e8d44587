//! Basic and token authentication, and the CAPTCHA that follows failed log-ins.

use axum::extract::Request;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderValue, header};

use super::Caller;
use crate::answer;
use crate::config::SimProduct;
use crate::server::Sim;
use crate::state::lower;

/// Failed log-ins of one account before a CAPTCHA must be solved in a browser; the
/// products ship with 3.
const MOST_FAILURES: u32 = 3;

/// Who calls, or why the call ends here.
pub(super) fn prove(sim: &Sim, request: &Request) -> Result<Caller, Response> {
    let Some(authorization) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(Caller::Anonymous);
    };
    let authorization = authorization.to_str().unwrap_or("");
    if sim.config.product == SimProduct::Crowd {
        return prove_application(sim, authorization, request.uri().path());
    }
    if sim.config.product == SimProduct::CloudDirectory {
        // A key of the directory, not of an account.
        return match authorization.strip_prefix("Bearer ") == Some(sim.config.token.as_str()) {
            true => Ok(Caller::Account("the directory's key".to_owned())),
            false => Err(answer::refusal(SimProduct::CloudDirectory, 401, "Unauthorized")),
        };
    }
    if let Some(token) = authorization.strip_prefix("Bearer ") {
        let known = token == sim.config.token;
        // Jira and Confluence take the bearer of a token they do not know for a visitor.
        return match (known, sim.config.product) {
            (true, _) => Ok(Caller::Account(sim.config.admin.0.clone())),
            (false, SimProduct::Bitbucket) => Err(wrong(sim)),
            (false, _) => Ok(Caller::Anonymous),
        };
    }
    let Some((name, password)) = authorization.strip_prefix("Basic ").and_then(decode) else {
        return Err(wrong(sim));
    };
    sim.state.with(|data| {
        let failures = data.failed_logins.get(&lower(&name)).copied().unwrap_or(0);
        if failures >= MOST_FAILURES {
            return Err(captcha(sim));
        }
        let is_cloud = sim.config.product == SimProduct::JiraCloud;
        let active = data.account(&name).is_some_and(|account| account.active);
        if active && data.passwords.get(&lower(&name)) == Some(&password) {
            data.failed_logins.remove(&lower(&name));
            return Ok(Caller::Account(name));
        }
        if is_cloud && sim.config.anonymous_access {
            // Where visitors may read, Cloud goes on without a name: see `pass`.
            return Ok(Caller::Anonymous);
        }
        if !is_cloud {
            data.failed_logins.insert(lower(&name), failures + 1);
        }
        Err(wrong(sim))
    })
}

/// Applications log in with their name and password. There is no token and no CAPTCHA, and
/// to Jira's own resources (as user server) an application is nobody.
fn prove_application(sim: &Sim, authorization: &str, path: &str) -> Result<Caller, Response> {
    let (name, password) = &sim.config.admin;
    let given = authorization.strip_prefix("Basic ").and_then(decode);
    match given {
        Some((given, secret))
            if given == *name && secret == *password && path.starts_with("/rest/usermanagement/") =>
        {
            Ok(Caller::Account(given))
        }
        _ => Err(wrong(sim)),
    }
}

fn decode(basic: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(BASE64_STANDARD.decode(basic.trim()).ok()?).ok()?;
    let (name, password) = pair.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn wrong(sim: &Sim) -> Response {
    let mut refused = match sim.config.product {
        SimProduct::Bitbucket => answer::json(
            401,
            &answer::bitbucket_error(
                "com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException",
                "Invalid username or password.",
            ),
        ),
        product => answer::refusal(
            product,
            401,
            "Basic Authentication Failure - Reason : AUTHENTICATED_FAILED",
        ),
    };
    let headers = refused.headers_mut();
    headers.insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Basic realm=\"product\""),
    );
    headers.insert(
        "x-seraph-loginreason",
        HeaderValue::from_static("AUTHENTICATED_FAILED"),
    );
    refused
}

fn captcha(sim: &Sim) -> Response {
    let mut refused = answer::refusal(
        sim.config.product,
        403,
        "Too many failed logins: CAPTCHA required",
    );
    let reason = format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", sim.base_url);
    if let Ok(reason) = HeaderValue::from_str(&reason) {
        refused
            .headers_mut()
            .insert("x-authentication-denied-reason", reason);
    }
    refused
}
