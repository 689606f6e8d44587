//! Lists: filters, orders, pages and cursors, over more resources than fit on a page.

mod cursors;
mod filters;
mod large;
mod pages;
mod root;

use serde_json::Value;

/// Percent-encodes a part of a query string.
fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The ids on a page, in its order.
fn ids(list: &Value) -> Vec<String> {
    list["Resources"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|resource| resource["id"].as_str().expect("an id").to_owned())
        .collect()
}
