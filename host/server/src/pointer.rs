//! Names as tokens of JSON pointers, and back (RFC 6901 section 3).

/// A name as a token.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The name that a token stands for.
pub(crate) fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back() {
        for name in ["", "a", "a/b", "~", "~1", "~01/"] {
            assert_eq!(unescaped(&escaped(name)), name);
        }
        assert_eq!(escaped("~/"), "~0~1");
    }
}
