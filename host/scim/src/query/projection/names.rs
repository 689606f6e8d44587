//! The names in `attributes` and `excludedAttributes`.

use crate::error::ScimError;
use crate::limits::{MAX_PATH, MAX_PROJECTION};
use crate::text::quote;

/// A list of names, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names(Vec<Name>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    /// As sent: may be the URN of a whole extension.
    full: String,
    /// The URN before the name.
    urn: Option<String>,
    name: String,
    sub: Option<String>,
}

/// How much of an attribute the list names.
#[derive(Debug)]
pub(super) enum Asked<'a> {
    Whole,
    Parts(Vec<&'a str>),
    No,
}

impl Asked<'_> {
    /// Whether a part is named as such.
    pub(super) fn names_part(&self, part: &str) -> bool {
        match self {
            Self::Parts(parts) => parts.iter().any(|named| named.eq_ignore_ascii_case(part)),
            Self::Whole | Self::No => false,
        }
    }
}

impl Names {
    pub(super) fn parse(list: Option<&str>) -> Result<Self, ScimError> {
        let names = list
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let mut parsed = Vec::new();
        for full in names {
            if full.len() > MAX_PATH || parsed.len() == MAX_PROJECTION {
                return Err(ScimError::invalid_value(format!(
                    "attributes: at most {MAX_PROJECTION} names of {MAX_PATH} bytes, not \"{}\".",
                    quote(full)
                )));
            }
            parsed.push(name(full.to_ascii_lowercase()));
        }
        Ok(Self(parsed))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much of an attribute is named; `urn` is its extension's.
    pub(super) fn asked(&self, urn: Option<&str>, attribute: &str) -> Asked<'_> {
        const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:";
        let core = |name: &str| {
            name.get(..CORE.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(CORE))
        };
        let whole_schema = |name: &Name| match urn {
            Some(urn) => name.full.eq_ignore_ascii_case(urn),
            None => core(&name.full) && !name.full.get(CORE.len()..).unwrap_or_default().contains(':'),
        };
        if self.0.iter().any(whole_schema) {
            return Asked::Whole;
        }
        let mut parts = Vec::new();
        let named = self
            .0
            .iter()
            .filter(|name| name.name.eq_ignore_ascii_case(attribute));
        for name in named {
            let same_schema = match (&name.urn, urn) {
                (None, None) => true,
                (Some(name), Some(urn)) => name.eq_ignore_ascii_case(urn),
                (Some(name), None) => core(name),
                (None, Some(_)) => false,
            };
            match &name.sub {
                _ if !same_schema => {}
                None => return Asked::Whole,
                Some(sub) => parts.push(sub.as_str()),
            }
        }
        match parts.is_empty() {
            true => Asked::No,
            false => Asked::Parts(parts),
        }
    }
}

fn name(full: String) -> Name {
    let (urn, rest) = match full.rsplit_once(':') {
        Some((urn, rest)) => (Some(urn.to_owned()), rest),
        None => (None, full.as_str()),
    };
    let (name, sub) = match rest.split_once('.') {
        Some((name, sub)) => (name.to_owned(), Some(sub.to_owned())),
        None => (rest.to_owned(), None),
    };
    Name { full, urn, name, sub }
}
