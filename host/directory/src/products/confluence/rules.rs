//! Confluence's rules of usernames, told before it is asked: its own refusal does not
//! say which rule was broken.

use crate::connector::{ConnectorError, Result};

/// The longest name its tables hold, in characters.
const MOST: usize = 255;

/// The username in the form that Confluence takes: lower case.
pub(super) fn username(wanted: &str) -> Result<String> {
    let name = wanted.to_lowercase();
    let broken = if name.trim().is_empty() {
        Some("it is blank".to_owned())
    } else if name.chars().count() > MOST {
        Some(format!("it is longer than {MOST} characters"))
    } else if name.chars().any(char::is_whitespace) {
        Some("it has white space".to_owned())
    } else if name == "." || name == ".." {
        Some("it cannot stand in a call's path".to_owned())
    } else if name == "anonymous" {
        Some("that name is reserved".to_owned())
    } else {
        name.chars()
            .find(|c| "\\,+<>'\"".contains(*c))
            .map(|c| format!("it has the character {c}"))
    };
    match broken {
        None => Ok(name),
        Some(rule) => Err(ConnectorError::Refused(format!(
            "Confluence does not take the username {wanted:?}: {rule}. Map it to another in the policy"
        ))),
    }
}

/// Full names take no angle brackets.
pub(super) fn full_name(name: &str) -> Result<()> {
    if name.contains(['<', '>']) {
        let text = format!("Confluence does not take the full name {name:?}: it has < or >");
        return Err(ConnectorError::Refused(text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_broken_rule_is_named() {
        assert_eq!(
            username("Ann.Lee@example.com").ok().as_deref(),
            Some("ann.lee@example.com")
        );
        let cases = [
            ("a+b", "character +"),
            ("a b", "white space"),
            ("..", "path"),
            (" ", "blank"),
            ("Anonymous", "reserved"),
            ("a'b", "character '"),
            ("a\\b", "character \\"),
            ("a,b", "character ,"),
            ("a<b", "character <"),
        ];
        for (name, rule) in cases {
            let error = username(name).map_err(|error| error.to_string());
            assert!(
                error.as_ref().is_err_and(|text| text.contains(rule)),
                "{name:?}: {error:?}"
            );
        }
        assert!(username(&"x".repeat(256)).is_err());
        assert!(full_name("A <b>").is_err());
    }
}
