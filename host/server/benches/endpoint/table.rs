//! Lines of the report.

pub(crate) fn heading(text: &str) {
    println!("\n{text}");
}

pub(crate) fn figure(what: &str, value: f64, unit: &str) {
    println!("  {what:<58} {value:>12.1} {unit}");
}

/// A promise: at least, or at most.
pub(crate) enum Promise {
    AtLeast(f64),
    AtMost(f64),
}

pub(crate) fn promise(what: &str, value: f64, promise: &Promise) {
    let (kept, said) = match promise {
        Promise::AtLeast(bound) => (value >= *bound, format!("at least {bound}")),
        Promise::AtMost(bound) => (value <= *bound, format!("at most {bound}")),
    };
    println!(
        "  {what:<58} {value:>12.2}  {said}: {}",
        if kept { "kept" } else { "NOT KEPT" }
    );
}

/// The middle value.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
