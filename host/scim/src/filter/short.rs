//! The filter that is asked most, `userName eq "x"`, read without the machinery of the whole grammar, which
//! takes longer than finding the user.

use scim_v2::filter::{AttrExp, AttrPath, CompValue, CompareOp, Filter};

/// One plain name, `eq`, one JSON string; anything else is left to the grammar.
pub(super) fn parse(text: &str) -> Option<Filter> {
    let mut words = text.trim().splitn(3, ' ');
    let (name, op, value) = (words.next()?, words.next()?, words.next()?);
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !name.eq_ignore_ascii_case("not");
    if !is_plain || !op.eq_ignore_ascii_case("eq") || !value.starts_with('"') {
        return None;
    }
    let value = serde_json::from_str(value).ok()?;
    Some(Filter::Attr(AttrExp::Comparison(
        AttrPath::with_name(name),
        CompareOp::Eq,
        CompValue::Str(value),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_the_grammar_reads() {
        for text in [
            r#"userName eq "ann@example.com""#,
            r#"USERNAME EQ "a \"b\" \u00e9 é""#,
            r#" externalId eq """#,
            r#"id eq "x"  "#,
        ] {
            let whole: Filter = text.parse().unwrap();
            assert_eq!(parse(text).unwrap(), whole, "{text}");
        }
        for text in [
            r#"userName eq "a" or userName eq "b""#,
            r#"userName  eq "a""#,
            r#"userName eq a"#,
            r#"userName eq 7"#,
            r#"userName ne "a""#,
            r#"name.givenName eq "a""#,
            r#"emails[value eq "a"]"#,
            r#"not eq "a""#,
            r#"9 eq "a""#,
            "userName eq",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
