//! Which users are provisioned at all, and what is read off a user.

use tidegate_sdk::types::User;

/// The address that directories get: the primary one, else the first.
pub(crate) fn email(user: &User) -> Option<&str> {
    let primary = user
        .emails
        .iter()
        .find(|email| email.primary && !email.value.is_empty());
    primary
        .or_else(|| user.emails.iter().find(|email| !email.value.is_empty()))
        .map(|email| email.value.as_str())
}

/// Whether the user's address, or a user name that looks like one, is in an allowed domain.
/// An empty list allows everyone; subdomains have to be listed.
pub(crate) fn allowed(domains: &[String], user: &User) -> bool {
    if domains.is_empty() {
        return true;
    }
    let domain = email(user)
        .unwrap_or(&user.user_name)
        .rsplit_once('@')
        .map(|(_, domain)| domain);
    domain.is_some_and(|domain| {
        domains
            .iter()
            .any(|allowed| allowed.trim_start_matches('@').eq_ignore_ascii_case(domain))
    })
}

/// The full name, from whatever the identity provider sent.
pub(crate) fn display_name(user: &User) -> String {
    let given = [&user.display_name, &user.name.formatted]
        .into_iter()
        .flatten()
        .find(|name| !name.trim().is_empty())
        .cloned();
    given.unwrap_or_else(|| {
        let parts: Vec<&str> = [&user.name.given, &user.name.family]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .filter(|part| !part.trim().is_empty())
            .collect();
        if parts.is_empty() {
            user.user_name.clone()
        } else {
            parts.join(" ")
        }
    })
}
