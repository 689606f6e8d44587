//! A form for any policy's settings, drawn from the JSON Schema that it publishes.
//!
//! Fields are named by JSON pointer (RFC 6901), such as `/groups/mapping/0/from`, so that what a form sends can be read
//! by the schema alone ([`read`]), and what a policy says about its settings finds its field ([`draw`]). Rows are added
//! and taken away by buttons that send the form ([`change`]): nothing here needs a script. What a schema says in a way
//! that no field can be made of is asked for as JSON.

mod change;
mod draw;
mod read;
mod schema;
#[cfg(test)]
mod tests;

pub(crate) use change::changed;
pub(crate) use draw::{Node, draw};
pub(crate) use read::{Sent, read};
pub(crate) use schema::Schema;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pointer;

/// What a form sent, as settings.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filled {
    /// The settings. What is as it would be without being said is left out.
    pub(crate) value: Value,
    /// What could not be read, by pointer: the text as it was typed.
    pub(crate) raw: BTreeMap<String, String>,
    /// What is wrong, by pointer.
    pub(crate) problems: Vec<(String, String)>,
}

/// The pointer of something in an object or array.
fn below(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", pointer::escaped(token))
}
