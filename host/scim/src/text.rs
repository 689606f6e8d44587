//! How text is compared where SCIM says `caseExact: false`.

/// The form under which two values that differ only in case are equal (RFC 7643 section 2.2).
///
/// The store indexes this form and filters compare it, so that both agree on what "the same
/// userName" is, also beyond ASCII.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_lowercase()
    }
}

/// Shortens what a client sent before it goes into an error detail, and takes control characters
/// out: the detail is shown to an administrator and written to logs.
pub(crate) fn quote(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
