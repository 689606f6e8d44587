//! Entra's `emails[type eq "work"].value eq "x"`, which the RFC's grammar does not have.
//!
//! It means `emails[type eq "work" and value eq "x"]`, and is written so before it is parsed.

use std::borrow::Cow;

/// Moves each comparison behind a `]` into the brackets. What does not fit stays as it is, and the
/// grammar refuses it.
pub(super) fn value_paths(text: &str) -> Cow<'_, str> {
    if !text.contains("].") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut open = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '"' => length = string_length(rest),
            '[' => open = Some(out.len() + 1),
            ']' => {
                let comparison = rest
                    .get(1..)
                    .and_then(|rest| rest.strip_prefix('.'))
                    .map(comparison_length);
                if let (Some(at), Some(Some(comparison))) = (open.take(), comparison) {
                    let end = 2 + comparison;
                    out.insert(at, '(');
                    out.push_str(") and ");
                    out.push_str(rest.get(2..end).unwrap_or_default());
                    out.push(']');
                    rest = rest.get(end..).unwrap_or_default();
                    continue;
                }
            }
            _ => {}
        }
        out.push_str(rest.get(..length).unwrap_or_default());
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(out)
}

/// The length of the string literal at the start, with its quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (position, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return position + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of `value eq "x"` or `value pr` at the start.
fn comparison_length(text: &str) -> Option<usize> {
    let name = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        .count();
    let operator = name + spaces(text.get(name..)?)?;
    let operator_end = operator
        + text
            .get(operator..)?
            .bytes()
            .take_while(u8::is_ascii_alphabetic)
            .count();
    if text.get(operator..operator_end)?.eq_ignore_ascii_case("pr") {
        return Some(operator_end);
    }
    let value = operator_end + spaces(text.get(operator_end..)?)?;
    let tail = text.get(value..)?;
    let length = if tail.starts_with('"') {
        string_length(tail)
    } else {
        tail.bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'))
            .count()
    };
    (length > 0).then_some(value + length)
}

/// The number of spaces at the start; none if there are none.
fn spaces(text: &str) -> Option<usize> {
    let count = text.bytes().take_while(|b| *b == b' ').count();
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::value_paths;

    #[test]
    fn comparisons_move_into_the_brackets() {
        let cases = [
            (
                r#"emails[type eq "work"].value eq "a]b""#,
                r#"emails[(type eq "work") and value eq "a]b"]"#,
            ),
            (
                r#"emails[type eq "x].y" or value pr].value PR and a eq 1"#,
                r#"emails[(type eq "x].y" or value pr) and value PR] and a eq 1"#,
            ),
            (r#"userName eq "]." "#, r#"userName eq "]." "#),
            (r"emails[type pr].", r"emails[type pr]."),
        ];
        for (from, to) in cases {
            assert_eq!(value_paths(from), to);
        }
    }
}
