//! Regular expressions with their replacements, checked and warmed up while configuring.

use regex::Regex;

/// What a pattern is tried on once, so that what the engine builds lazily is in the snapshot.
const WARM_UP: &str = "Someone.Example+tag@Example.COM";

/// Compiles a pattern (linear time, no look-around, no back-references) and uses it once.
#[expect(clippy::disallowed_methods, reason = "this is the load step")]
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    let regex = Regex::new(pattern).map_err(|error| format!("is not a regular expression: {error}"))?;
    let _ = regex.captures(WARM_UP);
    let _ = regex.captures("");
    Ok(regex)
}

/// Checks that a replacement names only groups that the pattern has.
///
/// `regex` itself would silently put nothing there: a username of the wrong shape.
pub(crate) fn check_replacement(regex: &Regex, replacement: &str) -> Result<(), String> {
    let mut rest = replacement;
    while let Some((_, after)) = rest.split_once('$') {
        if let Some(literal) = after.strip_prefix('$') {
            rest = literal;
            continue;
        }
        let (name, remainder) = match after.strip_prefix('{') {
            Some(braced) => braced.split_once('}').unwrap_or(("", braced)),
            None => {
                let end = after
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .unwrap_or(after.len());
                after.split_at(end)
            }
        };
        check_group(regex, name)?;
        rest = remainder;
    }
    Ok(())
}

fn check_group(regex: &Regex, name: &str) -> Result<(), String> {
    let known = match name.parse::<usize>() {
        Ok(number) => number < regex.captures_len(),
        Err(_) => regex.capture_names().flatten().any(|known| known == name),
    };
    if known {
        return Ok(());
    }
    if name.is_empty() {
        return Err("has a lone \"$\"; write \"$$\" for a dollar sign".into());
    }
    let groups = regex.captures_len().saturating_sub(1);
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    if !digits.is_empty() && digits.len() < name.len() {
        let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
        return Err(format!(
            "names the group \"{name}\"; for group {digits} write \"${{{digits}}}{rest}\""
        ));
    }
    Err(format!(
        "names the group \"${name}\", but the pattern has {groups} numbered group(s) and none of that name"
    ))
}
