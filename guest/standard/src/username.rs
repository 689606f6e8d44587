//! From the `userName` of the identity provider to the username in the directory.

use regex::Regex;
use tidegate_sdk::Rejection;

/// Jira, Confluence and Crowd keep at most this many characters.
const LONGEST_USERNAME: usize = 255;

/// One rewriting rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) pattern: Regex,
    pub(crate) replacement: String,
}

/// Upper and lower case of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Case {
    #[default]
    Keep,
    Lower,
}

/// Applies the rules in order, each to the result of the one before; a rule replaces its
/// first match and leaves the rest of the name alone.
pub(crate) fn mapped(rules: &[Rule], case: Case, user_name: &str) -> Result<String, Rejection> {
    let mut name = user_name.to_owned();
    for rule in rules {
        name = rule
            .pattern
            .replace(&name, rule.replacement.as_str())
            .into_owned();
    }
    let name = name.trim();
    let name = if case == Case::Lower {
        name.to_lowercase()
    } else {
        name.to_owned()
    };
    if name.is_empty() {
        return Err(Rejection::InvalidValue(format!(
            "userName \"{user_name}\" becomes empty under the username rules; change the rules or the user name"
        )));
    }
    let length = name.chars().count();
    if length > LONGEST_USERNAME {
        return Err(Rejection::InvalidValue(format!(
            "userName \"{user_name}\" becomes a username of {length} characters; directories keep at most \
             {LONGEST_USERNAME}"
        )));
    }
    Ok(name)
}
