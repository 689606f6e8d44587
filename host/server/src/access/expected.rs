//! What serde expected instead of what came, in words for people. It repeats what was sent, which may be a secret; after
//! the last `expected` stand our own words only.

/// What was not met.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unmet {
    /// The field, where serde's path ends above it.
    pub(super) field: Option<String>,
    /// Whether it is one that there is not. serde's path ends with it.
    pub(super) unknown: bool,
    /// What is wrong, in words.
    pub(super) words: String,
}

/// Bytes of a name that is repeated: longer ones are no misspelt fields.
const LONGEST: usize = 40;

impl Unmet {
    /// Out of the words of an error.
    pub(super) fn of(said: &str) -> Self {
        let said = said.rsplit_once(" at line ").map_or(said, |(words, _)| words);
        let quoted = |what: &str| {
            let rest = said.strip_prefix(what)?.strip_prefix(" `")?;
            // What was sent may hold whatever it likes; the words behind it are serde's.
            let (name, _) = rest
                .rsplit_once("`, expected ")
                .unwrap_or((rest.trim_end_matches('`'), ""));
            Some(name.to_owned())
        };
        let expected = said
            .rsplit_once(", expected ")
            .map(|(_, expected)| expected.replace('`', ""));
        if let Some(name) = quoted("missing field") {
            return Self::new(Some(name), "this must be given");
        }
        if let Some(name) = quoted("duplicate field") {
            return Self::new(Some(name), "this is given twice");
        }
        if said.starts_with("unknown field") {
            let name = quoted("unknown field").and_then(|name| name.split('`').next().map(str::to_owned));
            let plain = |name: &String| {
                !name.is_empty()
                    && name.len() <= LONGEST
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            };
            let known = expected
                .unwrap_or_default()
                .replace("one of ", "")
                .replace(" or ", ", ");
            let words = match known.is_empty() {
                true => "there is no such field here".to_owned(),
                false => format!("there is no such field here; there are: {known}"),
            };
            return Self {
                unknown: true,
                ..Self::new(name.filter(plain), words)
            };
        }
        match expected {
            Some(expected) => Self::new(None, format!("expected {}", plainly(&expected))),
            None => Self::new(None, "this cannot be read"),
        }
    }

    fn new(field: Option<String>, words: impl Into<String>) -> Self {
        Self {
            field,
            unknown: false,
            words: words.into(),
        }
    }
}

/// Rust's names of types, as people call them.
fn plainly(expected: &str) -> String {
    let whole = |to: &dyn std::fmt::Display| format!("a whole number from 0 to {to}");
    match expected.strip_prefix("a nonzero ").unwrap_or(expected) {
        "u8" => whole(&u8::MAX),
        "u16" => whole(&u16::MAX),
        "u32" if expected.starts_with("a nonzero") => format!("a whole number from 1 to {}", u32::MAX),
        "u32" => whole(&u32::MAX),
        "u64" | "usize" => "a whole number that is not negative".to_owned(),
        "i64" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "an array".to_owned(),
        other if other.starts_with("struct ") || other == "a map" => "an object".to_owned(),
        // `one of a, b` and `a string` are plain already; enums without a list are not.
        other if other.starts_with("enum ") || other.contains("variant") => {
            "one of the values that are described".to_owned()
        }
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_not_repeated() {
        for (said, field, words) in [
            (
                "invalid type: string \"secret, expected secret\", expected u32 at line 1 column 2",
                None,
                "expected a whole number from 0 to 4294967295",
            ),
            (
                "invalid value: integer `0`, expected a nonzero u32 at line 1 column 2",
                None,
                "expected a whole number from 1 to 4294967295",
            ),
            (
                "missing field `base-url` at line 1 column 2",
                Some("base-url"),
                "this must be given",
            ),
            (
                "unknown field `x`, expected `a` or `b` at line 1 column 2",
                Some("x"),
                "there is no such field here; there are: a, b",
            ),
            (
                "unknown field `x`, there are no fields at line 1 column 2",
                Some("x"),
                "there is no such field here",
            ),
            (
                "unknown field `a secret`, expected `a` at line 1 column 2",
                None,
                "there is no such field here; there are: a",
            ),
            (
                "unknown variant `secret`, expected one of `a`, `b`, `c`",
                None,
                "expected one of a, b, c",
            ),
            ("a secret", None, "this cannot be read"),
        ] {
            let unmet = Unmet {
                unknown: said.starts_with("unknown field"),
                field: field.map(str::to_owned),
                words: words.to_owned(),
            };
            assert_eq!(Unmet::of(said), unmet, "{said}");
        }
    }
}
