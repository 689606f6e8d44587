//! Every problem of a configuration file, with its place. A start stops at the first.

use std::fmt;

use figment::Figment;
use figment::providers::Serialized;
use figment::providers::{Format, Toml};
use toml::de::{DeTable, DeValue};
use tracing_subscriber::EnvFilter;

use super::Config;
use super::settings::{SETTINGS, named};
use crate::access::oidc::Oidc;
use crate::files;
use crate::telemetry::Collector;
use crate::trust::Trust;

/// Something that a start would refuse, or that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Line and column, from 1; none for what is not in the file.
    place: Option<(usize, usize)>,
    message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{line}:{column}: {}", self.message),
            None => write!(f, " {}", self.message),
        }
    }
}

/// All problems of a file's text, in their order.
pub(crate) fn problems(text: &str) -> Vec<Problem> {
    let at = |offset: usize, message: String| Problem {
        place: Some(place(text, offset)),
        message,
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut found: Vec<(usize, String)> = errors
        .iter()
        .map(|error| {
            let start = error.span().map_or(0, |span| span.start);
            (start, error.message().to_owned())
        })
        .collect();
    if found.is_empty() {
        let mut config = Config::default();
        let mut places = Vec::new();
        for (key, value) in table.get_ref() {
            let (name, start) = (key.get_ref().as_ref(), key.span().start);
            if named(name).is_none() {
                found.push((start, unknown(name)));
                continue;
            }
            let start = value.span().start;
            let read = match value.get_ref() {
                DeValue::Table(_) => Err(format!("{name} is a value, not a table")),
                _ => alone(&config, name, text.get(value.span()).unwrap_or_default()),
            };
            match read {
                Ok(read) => {
                    config = read;
                    places.push((name.to_owned(), start));
                }
                Err(message) => found.push((start, message)),
            }
        }
        for (name, message) in faults(&config) {
            let place = places.iter().find(|(known, _)| known == name);
            // What is not in the file is a default, and those are good; its partner is.
            let start = place.or(places.iter().find(|(known, _)| known.starts_with("tls-")));
            found.push((start.map_or(0, |(_, start)| *start), message));
        }
    }
    found.sort();
    found
        .into_iter()
        .map(|(offset, message)| at(offset, message))
        .collect()
}

/// What is wrong with the environment's part.
pub(crate) fn environment() -> Vec<Problem> {
    let mut found = Vec::new();
    if let Err(error) = files::key_from_environment() {
        found.push(format!("{error:#}"));
    }
    if let Err(error) = Config::load(None, serde_json::json!({})) {
        found.extend(error.into_iter().map(|error| error.to_string()));
    }
    found
        .into_iter()
        .map(|message| Problem { place: None, message })
        .collect()
}

/// The configuration with this one setting, read by what a start reads it with.
fn alone(config: &Config, name: &str, value: &str) -> Result<Config, String> {
    Figment::from(Serialized::defaults(config))
        .merge(Toml::string(&format!("{name} = {value}")))
        .extract()
        .map_err(|error: figment::Error| format!("{name}: {}", error.kind))
}

/// Values of the right type that cannot be used.
fn faults(config: &Config) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (name, value) in [
        ("max-connections", config.max_connections as u64),
        ("max-body-bytes", config.max_body_bytes as u64),
        ("request-timeout-seconds", config.request_timeout_seconds),
    ] {
        if value == 0 {
            found.push((name, format!("{name}: 0 would let nothing in")));
        }
    }
    if let Err(message) = config.public_url.as_deref().map_or(Ok(()), public_url) {
        found.push(("public-url", format!("public-url: {message}")));
    }
    for key in &config.trusted_keys {
        if let Err(error) = Trust::new(std::slice::from_ref(key), true) {
            found.push(("trusted-keys", error.to_string()));
        }
    }
    if let Err(error) = EnvFilter::try_new(&config.log) {
        found.push(("log", format!("log: {error}")));
    }
    if let Err(error) = Oidc::of(config) {
        found.push(("oidc-issuer", format!("{error:#}")));
    }
    if let Err((setting, message)) = Collector::of(config) {
        found.push((setting, format!("{setting}: {message}")));
    }
    match config.tls() {
        Err(error) => found.push(("tls-certificate", error.to_string())),
        Ok(Some(files)) => {
            if let Err(error) = files.read() {
                found.push((error.setting(), error.to_string()));
            }
        }
        Ok(None) => {}
    }
    found
}

fn public_url(url: &str) -> Result<(), &'static str> {
    let uri: http::Uri = url.parse().map_err(|_| "is no address")?;
    match (uri.scheme_str(), uri.host(), uri.query()) {
        (Some("http" | "https"), Some(_), None) => Ok(()),
        _ => Err("is https:// and a host, without a query"),
    }
}

fn unknown(name: &str) -> String {
    let nearest = SETTINGS
        .iter()
        .map(|setting| (distance(name, setting.name), setting.name))
        .min();
    match nearest {
        Some((0..=3, meant)) => format!("unknown setting {name:?}: is {meant:?} meant?"),
        _ => format!("unknown setting {name:?}: `tidegate config example` shows all"),
    }
}

/// Letters to add, take away or change (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, mine) in one.chars().enumerate() {
        let mut next = vec![above + 1];
        for (theirs, pair) in other.iter().zip(row.windows(2)) {
            let (&[diagonal, up], Some(&left)) = (pair, next.last()) else {
                break;
            };
            next.push(
                (diagonal + usize::from(mine != *theirs))
                    .min(up + 1)
                    .min(left + 1),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Line and column, both from 1, columns in characters.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        problems(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_problem_has_its_place() {
        let text = "lisen = \"127.0.0.1:1\"\nmax-connections = \"many\"\n\n  log = \"info,=\"\ncolour = 1\n\
                    max-body-bytes = 0\npublic-url = \"scim.example.com\"\ntrusted-keys = [\"RW\"]\n[data-dir]\na = 1\n";
        let found = said(text);
        let starts = [
            "1:1: unknown setting \"lisen\": is \"listen\" meant?",
            "2:19: max-connections: invalid type: found string \"many\"",
            "4:9: log: ",
            "5:1: unknown setting \"colour\"",
            "6:18: max-body-bytes: 0",
            "7:14: public-url: ",
            "8:16: \"RW\" in trusted-keys is no minisign public key",
            "9:",
        ];
        assert_eq!(found.len(), starts.len(), "{found:#?}");
        for (line, start) in found.iter().zip(starts) {
            assert!(line.starts_with(start), "{line}, not {start}");
        }
    }

    #[test]
    fn what_is_no_toml_is_said_with_its_place() {
        let found = said("listen = \"127.0.0.1:1\"\nlog = info\n");
        assert!(found.iter().any(|line| line.starts_with("2:7: ")), "{found:#?}");
        assert_eq!(said(""), Vec::<String>::new());
    }

    #[test]
    fn an_issuer_that_lets_nobody_in_is_said_where_it_stands() {
        let found = said("\noidc-issuer = \"https://example.okta.com\"\n");
        let start = "2:15: oidc-issuer: nobody could sign in: ";
        assert!(
            found.len() == 1 && found.iter().all(|line| line.starts_with(start)),
            "{found:#?}"
        );
    }

    #[test]
    fn a_certificate_without_a_key_is_said_where_it_stands() {
        let found = said("\ntls-key = \"k\"\n");
        assert_eq!(found, ["2:11: tls-key needs tls-certificate beside it"]);
    }
}
