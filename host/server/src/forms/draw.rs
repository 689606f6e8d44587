//! Fields for settings as they are.

use askama::Template;
use serde_json::{Map, Value};

use super::schema::{DEEPEST, Kind};
use super::{Filled, Schema, below};

/// One field, or a group of them, as HTML.
#[derive(Debug, Template)]
#[template(path = "form/node.html")]
pub(crate) struct Node {
    /// JSON pointer, and name of the field.
    name: String,
    id: String,
    title: String,
    hint: String,
    example: String,
    problems: Vec<String>,
    required: bool,
    /// A row, an entry or a chosen property: it can be taken away.
    removable: bool,
    drawn: Drawn,
}

#[derive(Debug)]
enum Drawn {
    Flag(bool),
    Choice(Vec<(usize, String, bool)>),
    Text {
        value: String,
        longest: String,
        long: bool,
    },
    Number {
        value: String,
        step: &'static str,
        least: String,
        most: String,
    },
    Lines {
        text: String,
        height: usize,
    },
    Rows(Vec<Node>),
    Map(Vec<Node>),
    Group {
        fields: Vec<Node>,
        others: Option<String>,
        addable: Vec<(String, String)>,
    },
    Json {
        text: String,
        height: usize,
    },
}

/// Draws a whole form: the fields of its outermost object.
pub(crate) fn draw(schema: Schema<'_>, filled: &Filled) -> Vec<Node> {
    let root = Place {
        schema,
        name: "",
        title: None,
        required: false,
        removable: false,
        chosen: false,
        depth: 0,
    };
    let node = root.draw(Some(&filled.value), filled);
    match node.drawn {
        Drawn::Group {
            fields, others: None, ..
        } => fields,
        _ => vec![node],
    }
}

#[derive(Clone, Copy)]
struct Place<'s> {
    schema: Schema<'s>,
    name: &'s str,
    title: Option<&'s str>,
    required: bool,
    removable: bool,
    /// As in [`super::read`]: properties stand here because somebody chose them.
    chosen: bool,
    depth: usize,
}

impl Place<'_> {
    fn draw(self, value: Option<&Value>, filled: &Filled) -> Node {
        let name = self.name.to_owned();
        let last = self.title.map_or_else(
            || crate::pointer::unescaped(name.rsplit('/').next().unwrap_or_default()),
            str::to_owned,
        );
        let title = match self.title {
            // A row or an entry is called by its number or name.
            Some(title) => title.to_owned(),
            None => self.schema.text("title").map_or(last, str::to_owned),
        };
        let value = value.or_else(|| self.schema.default());
        let problems = filled
            .problems
            .iter()
            .filter(|(at, _)| *at == name)
            .map(|(_, words)| words.clone());
        Node {
            id: format!("f{}", percent_encoding::utf8_percent_encode(&name, IN_AN_ID)),
            hint: self.schema.text("description").unwrap_or_default().to_owned(),
            example: self.schema.example().unwrap_or_default(),
            problems: problems.collect(),
            required: self.required,
            removable: self.removable,
            drawn: self.drawn(value, filled),
            title,
            name,
        }
    }

    fn drawn(self, value: Option<&Value>, filled: &Filled) -> Drawn {
        let raw = filled.raw.get(self.name);
        let typed = |shown: Option<String>| raw.cloned().or(shown).unwrap_or_default();
        let limit = |limit: Option<&Value>| limit.map(Value::to_string).unwrap_or_default();
        let kind = if self.depth < DEEPEST {
            self.schema.kind()
        } else {
            Kind::Json
        };
        match (kind, value) {
            (Kind::Flag, None | Some(Value::Bool(_))) => Drawn::Flag(value == Some(&Value::Bool(true))),
            (Kind::Choice(choices), value) => {
                let mut options: Vec<_> = choices
                    .into_iter()
                    .enumerate()
                    .map(|(index, (one, label))| (index, label, Some(one) == value))
                    .collect();
                // Nothing is chosen for whoever did not choose.
                if !options.iter().any(|(.., selected)| *selected) {
                    options.insert(0, (usize::MAX, "–".into(), true));
                }
                Drawn::Choice(options)
            }
            (Kind::Text { longest, long }, None | Some(Value::String(_) | Value::Null)) => {
                let value = typed(value.and_then(Value::as_str).map(str::to_owned));
                let long = long || value.contains('\n');
                Drawn::Text {
                    longest: longest.map(|longest| longest.to_string()).unwrap_or_default(),
                    long,
                    value,
                }
            }
            (Kind::Number { whole, least, most }, None | Some(Value::Number(_) | Value::Null)) => {
                Drawn::Number {
                    value: typed(value.filter(|value| !value.is_null()).map(Value::to_string)),
                    step: if whole { "1" } else { "any" },
                    least: limit(least),
                    most: limit(most),
                }
            }
            (Kind::Lines(_), None) => Drawn::Lines {
                text: typed(None),
                height: 3,
            },
            (Kind::Lines(_), Some(Value::Array(lines))) => {
                let plain = |line: &Value| line.as_str().map_or_else(|| line.to_string(), str::to_owned);
                let text = typed(Some(lines.iter().map(plain).collect::<Vec<_>>().join("\n")));
                Drawn::Lines {
                    height: height(&text),
                    text,
                }
            }
            (Kind::Rows(items), None | Some(Value::Array(_))) => {
                let rows = value.and_then(Value::as_array).into_iter().flatten().enumerate();
                let row = |(index, row): (usize, &Value)| {
                    let name = below(self.name, &index.to_string());
                    let title = format!("{}", index + 1);
                    Place {
                        schema: items,
                        name: &name,
                        title: Some(&title),
                        ..self.deeper()
                    }
                    .draw(Some(row), filled)
                };
                Drawn::Rows(rows.map(row).collect())
            }
            (Kind::Map(entries), None | Some(Value::Object(_))) => {
                let found = value.and_then(Value::as_object).into_iter().flatten();
                let entry = |(key, entry): (&String, &Value)| {
                    let name = below(self.name, key);
                    let place = Place {
                        schema: entries,
                        name: &name,
                        title: Some(key),
                        ..self.deeper()
                    };
                    Place {
                        chosen: true,
                        ..place
                    }
                    .draw(Some(entry), filled)
                };
                Drawn::Map(found.map(entry).collect())
            }
            (Kind::Group(properties), None | Some(Value::Object(_))) => {
                self.group(&properties, value, filled)
            }
            (_, value) => {
                let text = typed(value.and_then(|value| serde_json::to_string_pretty(value).ok()));
                Drawn::Json {
                    height: height(&text),
                    text,
                }
            }
        }
    }

    fn deeper(self) -> Self {
        Self {
            title: None,
            required: false,
            removable: true,
            chosen: false,
            depth: self.depth + 1,
            ..self
        }
    }

    fn group(self, properties: &[(&str, Schema<'_>, bool)], value: Option<&Value>, filled: &Filled) -> Drawn {
        let nothing = Map::new();
        let object = value.and_then(Value::as_object).unwrap_or(&nothing);
        let mut fields = Vec::new();
        let mut addable = Vec::new();
        for (property, schema, required) in properties {
            let said = object.get(*property);
            if self.chosen && said.is_none() {
                let title = schema.text("title").unwrap_or(property);
                addable.push(((*property).to_owned(), title.to_owned()));
                continue;
            }
            let name = below(self.name, property);
            let place = Place {
                schema: *schema,
                name: &name,
                required: *required,
                ..self.deeper()
            };
            fields.push(
                Place {
                    removable: self.chosen,
                    ..place
                }
                .draw(said, filled),
            );
        }
        let known = |name: &&String| properties.iter().any(|(property, ..)| property == name);
        let others: Map<_, _> = object
            .iter()
            .filter(|(name, _)| !known(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let shown = filled.raw.get(&format!("?{}", self.name)).cloned();
        let others = shown.or_else(|| match others.is_empty() {
            true => None,
            false => serde_json::to_string_pretty(&others).ok(),
        });
        Drawn::Group {
            fields,
            others,
            addable,
        }
    }
}

fn height(text: &str) -> usize {
    (text.lines().count() + 1).clamp(3, 16)
}

/// What an id is written without: references to ids are separated by spaces.
const IN_AN_ID: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'/');
