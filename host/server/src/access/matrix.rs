//! Who may do what: every route of the API over the network, with the least role that it takes. What does not stand
//! here is denied, whoever asks; a test walks the router and names what is missing.

use http::Method;
use tidegate_store::access::Role;

/// What a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Least {
    /// Nothing: it is how one signs in.
    Anyone,
    /// This role, or more.
    Role(Role),
}

/// What the table says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// It is there.
    Takes(Least),
    /// The address takes other methods: these.
    OtherMethod(String),
    /// It is not there.
    Unknown,
}

const ANYONE: Least = Least::Anyone;
const VIEWER: Least = Least::Role(Role::Viewer);
const OPERATOR: Least = Least::Role(Role::Operator);
const ADMINISTRATOR: Least = Least::Role(Role::Administrator);

/// Where the API begins.
pub(crate) const BASE: &str = "/admin/api/v1";

/// Method, route behind [`BASE`], least role.
pub(crate) const TABLE: &[(&str, &str, Least)] = &[
    ("POST", "/setup", ANYONE),
    ("POST", "/session", ANYONE),
    ("GET", "/session", VIEWER),
    ("DELETE", "/session", VIEWER),
    ("PUT", "/session/password", VIEWER),
    ("GET", "/administrators", ADMINISTRATOR),
    ("POST", "/administrators", ADMINISTRATOR),
    ("PATCH", "/administrators/{name}", ADMINISTRATOR),
    ("DELETE", "/administrators/{name}", ADMINISTRATOR),
    ("GET", "/tokens", ADMINISTRATOR),
    ("POST", "/tokens", ADMINISTRATOR),
    ("DELETE", "/tokens/{name}", ADMINISTRATOR),
    ("GET", "/audit", VIEWER),
    ("GET", "/audit/verify", VIEWER),
    ("GET", "/openapi.json", VIEWER),
    ("GET", "/status", VIEWER),
    ("GET", "/log", VIEWER),
    ("PUT", "/log", OPERATOR),
    ("GET", "/doctor", VIEWER),
    ("GET", "/apps", VIEWER),
    ("POST", "/apps", ADMINISTRATOR),
    ("PATCH", "/apps/{app}", ADMINISTRATOR),
    ("POST", "/apps/{app}/token", ADMINISTRATOR),
    ("GET", "/apps/{app}/schemas", VIEWER),
    ("POST", "/apps/{app}/schemas", ADMINISTRATOR),
    ("GET", "/apps/{app}/schemas/{urn}", VIEWER),
    ("DELETE", "/apps/{app}/schemas/{urn}", ADMINISTRATOR),
    ("GET", "/apps/{app}/clients", VIEWER),
    ("POST", "/apps/{app}/clients", ADMINISTRATOR),
    ("DELETE", "/apps/{app}/clients/{client}", ADMINISTRATOR),
    ("POST", "/apps/{app}/clients/{client}/secret", ADMINISTRATOR),
    ("GET", "/apps/{app}/credentials", VIEWER),
    ("PUT", "/apps/{app}/credentials/{credential}", ADMINISTRATOR),
    ("DELETE", "/apps/{app}/credentials/{credential}", ADMINISTRATOR),
    ("GET", "/apps/{app}/why/{user}", VIEWER),
    ("GET", "/apps/{app}/users", VIEWER),
    ("GET", "/apps/{app}/groups", VIEWER),
    ("GET", "/apps/{app}/failures", VIEWER),
    ("GET", "/apps/{app}/activity", VIEWER),
    ("GET", "/activity", VIEWER),
    ("GET", "/apps/{app}/targets", VIEWER),
    ("PUT", "/apps/{app}/targets/{target}", ADMINISTRATOR),
    ("DELETE", "/apps/{app}/targets/{target}", ADMINISTRATOR),
    ("POST", "/apps/{app}/targets/{target}/try", ADMINISTRATOR),
    ("POST", "/apps/{app}/targets/{target}/test", OPERATOR),
    ("POST", "/apps/{app}/targets/{target}/survey", OPERATOR),
    ("POST", "/apps/{app}/targets/{target}/anonymise", ADMINISTRATOR),
    ("GET", "/apps/{app}/policies", VIEWER),
    // New rules are an administrator's; which of those that are there decides is everyday operation.
    ("POST", "/apps/{app}/policies", ADMINISTRATOR),
    ("GET", "/apps/{app}/policies/{number}", VIEWER),
    ("POST", "/apps/{app}/policies/{number}/try", OPERATOR),
    ("POST", "/apps/{app}/policies/{number}/activate", OPERATOR),
    ("POST", "/apps/{app}/policies/{number}/preview", OPERATOR),
    ("POST", "/apps/{app}/policies/{number}/replay", OPERATOR),
    ("GET", "/apps/{app}/shadow", VIEWER),
    ("PUT", "/apps/{app}/shadow", OPERATOR),
    ("PUT", "/apps/{app}/canary", OPERATOR),
    ("POST", "/apps/{app}/rollback", OPERATOR),
    ("POST", "/apps/{app}/brake/release", OPERATOR),
];

/// Method, route and least role, none of which is needed to sign in: for tests that try them all.
pub fn table() -> impl Iterator<Item = (&'static str, String, Option<Role>)> {
    TABLE.iter().map(|(method, pattern, least)| {
        let role = match least {
            Least::Anyone => None,
            Least::Role(role) => Some(*role),
        };
        (*method, format!("{BASE}{pattern}"), role)
    })
}

/// What a request takes, by the pattern that its address matched.
pub(super) fn of(method: &Method, pattern: &str) -> Entry {
    // axum answers HEAD by the handler of GET.
    let method = if method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let Some(pattern) = pattern.strip_prefix(BASE) else {
        return Entry::Unknown;
    };
    let mut others = Vec::new();
    for (of_method, of_pattern, least) in TABLE {
        if *of_pattern == pattern {
            others.push(*of_method);
            if *of_method == method {
                return Entry::Takes(*least);
            }
        }
    }
    match others.is_empty() {
        true => Entry::Unknown,
        false => Entry::OtherMethod(others.join(", ")),
    }
}

/// Whether the address lies below one app, which tokens of an app are kept to.
pub(super) fn below_an_app(pattern: &str) -> bool {
    let rest = pattern
        .strip_prefix(BASE)
        .and_then(|rest| rest.strip_prefix("/apps/{app}"));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_table_is_denied() {
        assert_eq!(of(&Method::HEAD, "/admin/api/v1/status"), Entry::Takes(VIEWER));
        let others = of(&Method::PUT, "/admin/api/v1/apps");
        assert_eq!(others, Entry::OtherMethod("GET, POST".into()));
        assert_eq!(of(&Method::GET, "/admin/api/v1/{*rest}"), Entry::Unknown);
        assert_eq!(of(&Method::GET, "/status"), Entry::Unknown);
    }

    #[test]
    fn an_app_s_token_is_kept_below_it() {
        assert!(below_an_app("/admin/api/v1/apps/{app}") && below_an_app("/admin/api/v1/apps/{app}/canary"));
        assert!(!below_an_app("/admin/api/v1/apps") && !below_an_app("/admin/api/v1/status"));
    }

    #[test]
    fn the_table_says_each_thing_once() {
        for (index, (method, pattern, _)) in TABLE.iter().enumerate() {
            let again = TABLE
                .iter()
                .skip(index + 1)
                .any(|(m, p, _)| (m, p) == (method, pattern));
            assert!(!again, "{method} {pattern}");
        }
    }
}
