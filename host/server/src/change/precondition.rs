//! `If-Match` and `If-None-Match` (RFC 7644 section 3.14, RFC 9110 section 13.1).

use http::{HeaderMap, HeaderName};
use tidegate_scim::error::ScimError;

/// Tags that are looked at; a client that holds more than these does not know what it wants.
const TAGS: usize = 64;

/// Which versions of a resource a request is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precondition(Tags);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Tags {
    /// No such header.
    #[default]
    None,
    /// `*`.
    Any,
    /// A list; what is not a tag of ours matches nothing.
    These(Vec<i64>),
}

impl Precondition {
    /// Reads one of the two headers.
    #[must_use]
    pub fn read(headers: &HeaderMap, name: &HeaderName) -> Self {
        let values: Vec<&str> = headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        if values.is_empty() {
            return Self(Tags::None);
        }
        Self::of_tags(values.iter().flat_map(|value| value.split(',')))
    }

    /// `version` of a bulk operation (RFC 7644 section 3.7): as `If-Match` with one tag.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        Self::of_tags(std::iter::once(tag))
    }

    fn of_tags<'a>(tags: impl Iterator<Item = &'a str>) -> Self {
        let mut versions = Vec::new();
        for tag in tags.map(str::trim).take(TAGS) {
            if tag == "*" {
                return Self(Tags::Any);
            }
            versions.extend(version(tag));
        }
        Self(Tags::These(versions))
    }

    /// Whether the header is there and names this version.
    #[must_use]
    pub fn names(&self, current: i64) -> bool {
        match &self.0 {
            Tags::None => false,
            Tags::Any => true,
            Tags::These(versions) => versions.contains(&current),
        }
    }

    /// As `If-Match`: the change is made only to what the client has seen.
    ///
    /// # Errors
    /// 412: the resource has another version.
    pub fn check(&self, current: i64) -> Result<(), ScimError> {
        if self.0 == Tags::None || self.names(current) {
            return Ok(());
        }
        Err(ScimError::new(
            412,
            "The resource was changed since you read it: read it again, then decide.",
        ))
    }
}

/// Weak comparison: `W/"3"` and `"3"` are the same.
fn version(tag: &str) -> Option<i64> {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    opaque.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use http::header::IF_MATCH;

    use super::*;

    fn of(value: &str) -> Precondition {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, value.parse().expect("a header"));
        Precondition::read(&headers, &IF_MATCH)
    }

    #[test]
    fn tags_are_compared_weakly_and_foreign_ones_match_nothing() {
        assert!(
            Precondition::default().check(3).is_ok(),
            "no header, no condition"
        );
        assert!(of("W/\"3\"").check(3).is_ok());
        assert!(of("\"1\", W/\"3\"").check(3).is_ok());
        assert!(of("*").check(3).is_ok());
        for other in ["W/\"2\"", "3", "", "W/\"x\"", "\"3"] {
            assert_eq!(
                of(other).check(3).expect_err("another version").status,
                412,
                "{other}"
            );
        }
    }

    #[test]
    fn an_absent_header_names_no_version() {
        assert!(!Precondition::default().names(1));
        assert!(of("W/\"1\"").names(1));
    }
}
