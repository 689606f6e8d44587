//! What a JSON Schema asks for, as far as a form goes.

use serde_json::{Map, Value};

/// Levels of a form. A schema may contain itself.
pub(super) const DEEPEST: usize = 8;
/// Fields of a form.
const MOST_FIELDS: usize = 1_000;
/// References that lead to references.
const LONGEST_CHAIN: usize = 8;

/// A schema within the document that its references point into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schema<'s> {
    root: &'s Value,
    /// Where it is said, with a title of its own perhaps.
    own: &'s Value,
    /// What it refers to; mostly itself.
    node: &'s Value,
}

/// How a value is asked for.
#[derive(Debug)]
pub(crate) enum Kind<'s> {
    /// On or off.
    Flag,
    /// One of these, with their labels.
    Choice(Vec<(&'s Value, String)>),
    /// A text.
    Text { longest: Option<u64>, long: bool },
    /// A number.
    Number {
        whole: bool,
        least: Option<&'s Value>,
        most: Option<&'s Value>,
    },
    /// Texts or numbers, one in a line.
    Lines(Schema<'s>),
    /// Objects, one below the other.
    Rows(Schema<'s>),
    /// An object with these properties, required ones first unless `x-order` says otherwise.
    Group(Vec<(&'s str, Schema<'s>, bool)>),
    /// An object whose properties the administrator names.
    Map(Schema<'s>),
    /// Anything else.
    Json,
}

impl<'s> Schema<'s> {
    /// A whole document.
    pub(crate) fn new(root: &'s Value) -> Self {
        Self::at(root, root)
    }

    fn at(root: &'s Value, own: &'s Value) -> Self {
        let mut node = own;
        for _ in 0..LONGEST_CHAIN {
            // Only what is in this document: nothing is fetched.
            let local = node.get("$ref").and_then(Value::as_str);
            let Some(found) = local.and_then(|local| root.pointer(local.strip_prefix('#')?)) else {
                break;
            };
            node = found;
        }
        Self { root, own, node }
    }

    /// Whether there is something to make fields of, and not too much: a schema that contains itself in many places
    /// grows with each level.
    pub(crate) fn is_form(self) -> bool {
        let mut left = MOST_FIELDS;
        matches!(self.kind(), Kind::Group(_) | Kind::Map(_)) && self.fits(0, &mut left)
    }

    /// Whether its fields, one row of each list, are so many at most.
    fn fits(self, depth: usize, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        if depth >= DEEPEST {
            return true;
        }
        match self.kind() {
            Kind::Rows(inner) | Kind::Map(inner) => inner.fits(depth + 1, left),
            Kind::Group(properties) => properties
                .into_iter()
                .all(|(_, schema, _)| schema.fits(depth + 1, left)),
            _ => true,
        }
    }

    /// `title`, `description`, …
    pub(crate) fn text(self, name: &str) -> Option<&'s str> {
        let said = self.own.get(name).or_else(|| self.node.get(name));
        said.and_then(Value::as_str)
    }

    pub(crate) fn default(self) -> Option<&'s Value> {
        self.own.get("default").or_else(|| self.node.get("default"))
    }

    /// The first example, where it is a text or a number.
    pub(crate) fn example(self) -> Option<String> {
        let examples = self.node.get("examples")?.as_array()?;
        match examples.first()? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(crate) fn kind(self) -> Kind<'s> {
        if let Some(choices) = self.choices() {
            return Kind::Choice(choices);
        }
        if let Some(other) = self.unless_null() {
            return other.kind();
        }
        let field = |name: &str| self.node.get(name);
        match self.type_name() {
            Some("boolean") => Kind::Flag,
            Some("string") => Kind::Text {
                longest: field("maxLength").and_then(Value::as_u64),
                long: field("contentMediaType").is_some(),
            },
            Some(number @ ("integer" | "number")) => Kind::Number {
                whole: number == "integer",
                least: field("minimum"),
                most: field("maximum"),
            },
            Some("array") => match field("items").map(|items| Self::at(self.root, items)) {
                Some(items) => match items.kind() {
                    Kind::Text { .. } | Kind::Number { .. } | Kind::Choice(_) => Kind::Lines(items),
                    Kind::Group(_) => Kind::Rows(items),
                    _ => Kind::Json,
                },
                None => Kind::Json,
            },
            Some("object") => self.object(),
            _ => Kind::Json,
        }
    }

    fn object(self) -> Kind<'s> {
        let open = self
            .node
            .get("additionalProperties")
            .filter(|open| open.is_object());
        match (self.node.get("properties").and_then(Value::as_object), open) {
            (Some(properties), _) if !properties.is_empty() => Kind::Group(self.properties(properties)),
            (_, Some(open)) => Kind::Map(Self::at(self.root, open)),
            _ => Kind::Json,
        }
    }

    fn properties(self, properties: &'s Map<String, Value>) -> Vec<(&'s str, Self, bool)> {
        let listed = |name: &str| {
            let list = self.node.get(name).and_then(Value::as_array);
            list.map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>())
                .unwrap_or_default()
        };
        let (required, order) = (listed("required"), listed("x-order"));
        let mut found: Vec<_> = properties
            .iter()
            .map(|(name, schema)| {
                let is_required = required.contains(&name.as_str());
                (name.as_str(), Self::at(self.root, schema), is_required)
            })
            .collect();
        let place = |name: &str| order.iter().position(|one| *one == name).unwrap_or(usize::MAX);
        found.sort_by_key(|(name, _, is_required)| (place(name), !is_required));
        found
    }

    fn choices(self) -> Option<Vec<(&'s Value, String)>> {
        let plain = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if let Some(values) = self.node.get("enum").and_then(Value::as_array) {
            let values = values.iter().filter(|value| !value.is_null());
            return Some(values.map(|value| (value, plain(value))).collect());
        }
        // As schemars writes an enumeration whose values have descriptions.
        let each = self.node.get("oneOf").and_then(Value::as_array)?;
        let one = |of: &'s Value| {
            let value = of.get("const")?;
            let said = of.get("title").or_else(|| of.get("description"));
            let label = said
                .and_then(Value::as_str)
                .map_or_else(|| plain(value), str::to_owned);
            Some((value, label))
        };
        each.iter().map(one).collect()
    }

    /// The other of two, where one is `null`.
    fn unless_null(self) -> Option<Self> {
        let any = self
            .node
            .get("anyOf")
            .or_else(|| self.node.get("oneOf"))?
            .as_array()?;
        let is_null = |one: &&Value| one.get("type").and_then(Value::as_str) == Some("null");
        match (any.len(), any.iter().any(|one| is_null(&one))) {
            (2, true) => any
                .iter()
                .find(|one| !is_null(one))
                .map(|one| Self::at(self.root, one)),
            _ => None,
        }
    }

    fn type_name(self) -> Option<&'s str> {
        match self.node.get("type")? {
            Value::String(name) => Some(name),
            Value::Array(names) => {
                let mut names = names
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|name| *name != "null");
                let only = names.next();
                only.filter(|_| names.next().is_none())
            }
            _ => None,
        }
    }
}
