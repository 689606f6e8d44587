//! Settings as a type: its JSON Schema is derived, and what does not fit it is named by its pointer.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::types::Problem;

/// Reads settings. An empty text counts as `{}`.
///
/// ```
/// use tidegate_sdk::{schemars, serde, settings};
///
/// /// The rules.
/// #[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
/// #[serde(crate = "serde", deny_unknown_fields)]
/// #[schemars(crate = "schemars")]
/// struct Rules {
///     /// Days after which a contractor's account is closed.
///     days: u32,
/// }
///
/// assert_eq!(settings::parse::<Rules>(r#"{"days": 30}"#).unwrap().days, 30);
/// assert_eq!(settings::parse::<Rules>(r#"{"days": "x"}"#).unwrap_err()[0].path, "/days");
/// assert!(settings::schema::<Rules>().contains("is closed"));
/// ```
///
/// # Errors
/// What does not fit, with its pointer.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Vec<Problem>> {
    let text = if text.trim().is_empty() { "{}" } else { text };
    let mut reader = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        vec![Problem {
            path: pointer(error.path()),
            message: error.inner().to_string(),
        }]
    })
}

/// The JSON Schema (2020-12) of settings: documentation comments become descriptions.
#[must_use]
pub fn schema<T: JsonSchema>() -> String {
    schemars::schema_for!(T).to_value().to_string()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let segments = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    });
    segments.fold(String::new(), |pointer, segment| pointer + "/" + &segment)
}
