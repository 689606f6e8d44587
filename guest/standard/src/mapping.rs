//! From a SCIM group's name to the names of directory groups.

use regex::Regex;

/// Which SCIM groups a rule is for.
#[derive(Debug, Clone)]
pub(crate) enum From {
    /// The group of exactly this name.
    Name(String),
    /// Every group whose name matches.
    Pattern(Regex),
}

/// One mapping rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) from: From,
    pub(crate) to: Vec<String>,
}

/// What becomes of a group that no rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Unmapped {
    #[default]
    SameName,
    Ignore,
}

/// How groups are treated on one target.
#[derive(Debug, Clone)]
pub(crate) struct Groups {
    pub(crate) push: bool,
    pub(crate) create_missing: bool,
    pub(crate) mapping: Vec<Rule>,
    pub(crate) prefixes: Vec<String>,
    pub(crate) unmapped: Unmapped,
}

impl Default for Groups {
    fn default() -> Self {
        Self {
            push: true,
            create_missing: true,
            mapping: Vec::new(),
            prefixes: Vec::new(),
            unmapped: Unmapped::SameName,
        }
    }
}

impl Groups {
    /// The directory groups that a SCIM group stands for; none where it is out of scope.
    /// The first rule that fits decides. Names come out once each, in the rule's order.
    pub(crate) fn mapped(&self, name: &str) -> Vec<String> {
        let in_scope = self.prefixes.is_empty()
            || self
                .prefixes
                .iter()
                .any(|prefix| name.starts_with(prefix.as_str()));
        if !self.push || !in_scope {
            return Vec::new();
        }
        let found = self.mapping.iter().find_map(|rule| match &rule.from {
            From::Name(wanted) => (wanted == name).then(|| rule.to.clone()),
            From::Pattern(pattern) => pattern.captures(name).map(|captures| {
                rule.to
                    .iter()
                    .map(|template| {
                        let mut expanded = String::new();
                        captures.expand(template, &mut expanded);
                        expanded
                    })
                    .collect()
            }),
        });
        let names = found.unwrap_or_else(|| match self.unmapped {
            Unmapped::SameName => vec![name.to_owned()],
            Unmapped::Ignore => Vec::new(),
        });
        let mut distinct: Vec<String> = Vec::with_capacity(names.len());
        for name in names {
            let name = name.trim().to_owned();
            if !name.is_empty() && !distinct.contains(&name) {
                distinct.push(name);
            }
        }
        distinct
    }
}
