//! Every setting, in the order in which an administrator needs them: the one place that
//! `tidegate config example`, `config check` and the environment read.

use std::fmt::Write;

use super::Config;

/// One setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its name in the file. In the environment `data-dir` is `TIDEGATE_DATA_DIR`.
    pub(crate) name: &'static str,
    /// What it does, in lines of at most 95 characters.
    about: &'static [&'static str],
    /// For one that is not set by default, or differs by machine: how it may look.
    example: Option<&'static str>,
}

const fn setting(name: &'static str, about: &'static [&'static str]) -> Setting {
    Setting {
        name,
        about,
        example: None,
    }
}

const fn unset(name: &'static str, example: &'static str, about: &'static [&'static str]) -> Setting {
    Setting {
        name,
        about,
        example: Some(example),
    }
}

/// All of them.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "listen",
        &[
            "Address and port of the SCIM endpoint. Without tls-certificate keep it on the loopback or an",
            "inner network: TLS then ends in a proxy in front.",
        ],
    ),
    unset(
        "tls-certificate",
        "\"/etc/tidegate/chain.pem\"",
        &[
            "PEM file of the certificates that clients are shown, the server's own first, then those that",
            "signed it. With tls-key the endpoint speaks TLS 1.2 and 1.3. Both files are read again when they",
            "change; a pair that cannot be used is an error in the log, and the one before is served on.",
            "Unset: plain HTTP.",
        ],
    ),
    unset(
        "tls-key",
        "\"/etc/tidegate/key.pem\"",
        &["PEM file of that certificate's private key, without a passphrase."],
    ),
    unset(
        "data-dir",
        "\"/var/lib/tidegate\"",
        &[
            "Where the database, the key of stored secrets and compiled policies are; private to its user.",
            "Unset: the user's data folder (~/.local/share/tidegate).",
        ],
    ),
    unset(
        "public-url",
        "\"https://scim.example.com\"",
        &[
            "The address under which Okta reaches this server. Unset: what trusted proxies say, else where it",
            "listens, by https where there is a tls-certificate.",
        ],
    ),
    setting(
        "trusted-proxies",
        &[
            "Networks of proxies, such as \"10.0.0.0/8\", whose Forwarded and X-Forwarded-* headers are",
            "believed where there is no public-url.",
        ],
    ),
    setting(
        "max-connections",
        &["Connections at once; more wait in the operating system's queue."],
    ),
    setting(
        "max-body-bytes",
        &["Bytes of one request. A group of 100,000 members has about 10 million."],
    ),
    setting(
        "request-timeout-seconds",
        &["Seconds that a request may take. Okta gives up after 60."],
    ),
    setting(
        "shutdown-seconds",
        &["Seconds that requests get to end when the server stops."],
    ),
    setting(
        "trusted-keys",
        &["Minisign public keys whose signatures on policies are trusted: the line without its comment."],
    ),
    setting(
        "unsigned-policies",
        &["Whether policies without a signature are taken."],
    ),
    setting(
        "admin",
        &["Whether administrators are served on listen too, under /admin."],
    ),
    unset(
        "oidc-issuer",
        "\"https://example.okta.com\"",
        &[
            "Where administrators may sign in beside passwords: an OpenID Connect issuer, such as your Okta",
            "address. It needs the two below and at least one group. Unset: passwords only.",
        ],
    ),
    unset(
        "oidc-client-id",
        "\"0oa1b2c3d4e5f6g7h8i9\"",
        &[
            "The client ID that it gave to Tidegate, a web application with the redirect URI",
            "https://scim.example.com/admin/sign-in/oidc/callback.",
        ],
    ),
    unset(
        "oidc-client-secret-file",
        "\"/etc/tidegate/oidc.secret\"",
        &["File with the client secret that belongs to it; read again at each sign-in."],
    ),
    setting(
        "oidc-name",
        &["What the button on the sign-in page says after \"Sign in with\"."],
    ),
    setting(
        "oidc-scopes",
        &["Scopes that are asked for beside openid, so that a name and groups come along."],
    ),
    setting(
        "oidc-groups-claim",
        &["The claim that holds the names of somebody's groups."],
    ),
    setting(
        "oidc-viewers",
        &[
            "Groups there whose members are viewers here, such as [\"Tidegate viewers\"]. Who is in several has",
            "the most that one gives, who is in none stays out. Names count to the letter.",
        ],
    ),
    setting(
        "oidc-operators",
        &["Groups there whose members are operators here."],
    ),
    setting(
        "oidc-administrators",
        &["Groups there whose members are administrators here."],
    ),
    unset(
        "otlp-endpoint",
        "\"http://127.0.0.1:4318\"",
        &[
            "Where traces of requests, decisions and calls are sent: an OpenTelemetry collector that takes OTLP",
            "over HTTP. /v1/traces is added. Unset: none are made.",
        ],
    ),
    unset(
        "otlp-headers-file",
        "\"/etc/tidegate/otlp.headers\"",
        &["File with headers that let them in, Name: value in each line; read again for each batch."],
    ),
    setting(
        "otlp-sample-ratio",
        &["The part of traces that is sent: 1.0 all, 0.01 one in a hundred."],
    ),
    setting(
        "log-format",
        &["How log lines are written: \"text\", or \"json\" for machines."],
    ),
    setting(
        "log",
        &["What is logged, for example \"info,tidegate=debug\". `tidegate log` changes it for a while."],
    ),
];

/// The setting of that name.
pub(crate) fn named(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// A whole configuration file: every setting, what it does, and its default.
///
/// # Errors
/// A default cannot be written as TOML.
pub(crate) fn example() -> anyhow::Result<String> {
    let defaults = toml::Table::try_from(Config::default())?;
    let mut text =
        "# Tidegate. Every setting with its default; `tidegate config check FILE` says what is wrong.\n\
        # Each one is also taken from the environment, data-dir as TIDEGATE_DATA_DIR, which wins.\n\
        # The key of stored secrets is no setting: TIDEGATE_SECRET_KEY_FILE names its file, where it is\n\
        # not to be secret.key in the data directory.\n"
            .to_owned();
    for setting in SETTINGS {
        text.push('\n');
        for line in setting.about {
            writeln!(text, "# {line}")?;
        }
        match (setting.example, defaults.get(setting.name)) {
            (Some(example), _) => writeln!(text, "# {} = {example}", setting.name)?,
            (None, Some(value)) => writeln!(text, "{} = {value}", setting.name)?,
            (None, None) => anyhow::bail!("{} has neither a default nor an example", setting.name),
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `Config` in which every field has a value: those without one are not written.
    fn full() -> toml::Table {
        let config = Config {
            tls_certificate: Some("chain.pem".into()),
            tls_key: Some("key.pem".into()),
            public_url: Some("https://scim.example.com".into()),
            otlp_endpoint: Some("http://127.0.0.1:4318".into()),
            otlp_headers_file: Some("otlp.headers".into()),
            oidc_issuer: Some("https://example.okta.com".into()),
            oidc_client_id: Some("client".into()),
            oidc_client_secret_file: Some("oidc.secret".into()),
            ..Config::default()
        };
        toml::Table::try_from(config).expect("is written")
    }

    #[test]
    fn every_field_has_its_line_and_every_line_its_field() {
        let mut fields: Vec<String> = serde_json::to_value(Config::default())
            .expect("is written")
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        let mut lines: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
        fields.sort();
        lines.sort_unstable();
        assert_eq!(fields, lines);
        let mut full: Vec<String> = full().keys().cloned().collect();
        full.sort();
        assert_eq!(full, lines, "a new field without a default belongs into `full`");
    }

    #[test]
    fn the_example_parses_and_is_the_defaults_and_so_is_what_is_commented_out() {
        let text = example().expect("is written");
        let read = Config::parse(&text).expect("parses");
        assert_eq!(read, Config::default());
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        let uncommented: String = text
            .lines()
            .map(
                |line| match line.strip_prefix("# ").and_then(|line| line.split_once(" = ")) {
                    Some((name, value)) if named(name).is_some() => format!("{name} = {value}\n"),
                    _ => format!("{line}\n"),
                },
            )
            .collect();
        let read = Config::parse(&uncommented).expect("parses");
        assert_eq!(read.tls_key, Some("/etc/tidegate/key.pem".into()));
        assert_eq!(read.data_dir, std::path::Path::new("/var/lib/tidegate"));
    }
}
