//! What the API says instead of an answer: a problem (RFC 9457), in one sentence and, where one field is at fault, with
//! its place, so that a form can show the sentence beside it.

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// The media type.
pub(crate) const MEDIA: &str = "application/problem+json";

/// A problem. Its type is always `about:blank`: the status says what kind it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Problem {
    /// What the status means.
    pub(crate) title: String,
    /// The status of the answer.
    pub(crate) status: u16,
    /// What is wrong, in one sentence that says what to do.
    pub(crate) detail: String,
    /// Which fields are at fault; absent: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Fault>,
}

/// One field, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Fault {
    /// What is wrong with it.
    pub(crate) detail: String,
    /// Where it is.
    #[serde(flatten)]
    pub(crate) place: Place,
}

/// Where a field is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    /// In the body: a JSON pointer (RFC 6901) as the fragment of a URI, such as `#/brake/percent`.
    Pointer(String),
    /// In the address: the name of the segment or of the query's parameter.
    Parameter(String),
}

impl Place {
    /// A field of the body by its name, or by the names on the way to it.
    pub(crate) fn of_field<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut pointer = "#".to_owned();
        for name in names {
            let escaped = crate::pointer::escaped(name);
            pointer.push('/');
            pointer.extend(percent_encoding::utf8_percent_encode(&escaped, FRAGMENT));
        }
        Self::Pointer(pointer)
    }
}

/// The names on the way of a JSON pointer (RFC 6901), such as `/brake/percent`.
pub(crate) fn names(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(crate::pointer::unescaped)
}

/// What a fragment may not hold as it is (RFC 3986 section 3.5), as far as names of fields have it.
const FRAGMENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Problem {
    /// One of no field.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// Each field at fault below a pointer, by its pointer from there, with what is wrong.
    pub(crate) fn below(&self, pointer: &str) -> Vec<(String, String)> {
        let whole = format!("#{pointer}");
        let below = |fault: &Fault| match &fault.place {
            Place::Pointer(at) => {
                let rest = at
                    .strip_prefix(&whole)
                    .filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
                let rest = percent_encoding::percent_decode_str(rest).decode_utf8_lossy();
                Some((rest.into_owned(), fault.detail.clone()))
            }
            Place::Parameter(_) => None,
        };
        self.errors.iter().filter_map(below).collect()
    }

    /// What is wrong with the field at that pointer, such as `/brake/percent`; none: nothing.
    pub(crate) fn at(&self, pointer: &str) -> Option<&str> {
        let names: Vec<String> = names(pointer).collect();
        let place = Place::of_field(names.iter().map(String::as_str));
        let fault = self.errors.iter().find(|fault| fault.place == place)?;
        Some(&fault.detail)
    }

    /// Reads one out of an answer's body.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_is_a_pointer_or_a_parameter() {
        let problem = Problem {
            title: "Unprocessable Entity".into(),
            status: 422,
            detail: "percent: expected a whole number from 0 to 255".into(),
            errors: vec![Fault {
                detail: "expected a whole number from 0 to 255".into(),
                place: Place::of_field(["brake", "a/b ~"]),
            }],
        };
        let written = serde_json::to_value(&problem).expect("is JSON");
        assert_eq!(written["errors"][0]["pointer"], json!("#/brake/a~1b%20~0"));
        assert_eq!(
            (problem.at("/brake"), problem.at("/brake/a~1b ~0")),
            (None, Some("expected a whole number from 0 to 255"))
        );
        assert_eq!(Problem::read(written.to_string().as_bytes()), Some(problem));
        let parameter = json!({"title": "Bad Request", "status": 400, "detail": "x",
            "errors": [{"detail": "x", "parameter": "number"}]});
        let read = Problem::read(parameter.to_string().as_bytes()).expect("is one");
        assert_eq!(read.errors[0].place, Place::Parameter("number".into()));
    }
}
