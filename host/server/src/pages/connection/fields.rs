//! The fields of the form, and what they are to the API.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::admin::answers::TargetSummary;

/// What the form sends. Secrets are not shown again, nor in logs.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct Fields {
    pub(super) csrf: String,
    pub(super) r#do: String,
    pub(super) name: String,
    pub(super) product: String,
    pub(super) base_url: String,
    pub(super) directory: String,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) token: String,
    pub(super) concurrency: String,
    pub(super) timeout_ms: String,
    pub(super) calls_per_second: String,
    pub(super) moved: String,
    pub(super) removal: String,
    pub(super) new_owner: String,
    pub(super) proxy: String,
    pub(super) ca: String,
    pub(super) chain: String,
    pub(super) key: String,
}

/// The products, as people call them, and what each needs.
pub(super) const PRODUCTS: [(&str, &str, &str); 6] = [
    (
        "jira",
        "Jira Data Center",
        "the address with its context path; an account with “Jira System Administrator”, or its personal access token",
    ),
    (
        "confluence",
        "Confluence Data Center",
        "the address with its context path; an account of confluence-administrators, or its personal access token",
    ),
    (
        "bitbucket",
        "Bitbucket Data Center",
        "the address; an account with “System admin”, or its HTTP access token",
    ),
    (
        "crowd",
        "Crowd, or Jira as user server",
        "the address of Crowd; an application's name as user name, and its password",
    ),
    (
        "jira-cloud",
        "Jira Cloud",
        "the site, https://….atlassian.net; the e-mail of an organisation's administrator as user name, and an API token as password",
    ),
    (
        "cloud-directory",
        "Atlassian Cloud directory (Guard)",
        "https://api.atlassian.com; the directoryId as directory, and its SCIM API key as token",
    ),
];

impl Fields {
    /// As it is reached now, without its secrets.
    pub(super) fn of(target: TargetSummary) -> Self {
        Self {
            name: target.name,
            product: target.product.to_string(),
            base_url: target.base_url,
            directory: target.directory.unwrap_or_default(),
            username: target.username.unwrap_or_default(),
            concurrency: target.concurrency.to_string(),
            timeout_ms: target.timeout_ms.to_string(),
            calls_per_second: target
                .calls_per_second
                .map(|calls| calls.to_string())
                .unwrap_or_default(),
            removal: target.removal.as_str().to_owned(),
            new_owner: target.new_owner.unwrap_or_default(),
            proxy: target.proxy.unwrap_or_default(),
            ca: target.ca.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// As the API takes it. What is empty is left out; what is no number is sent as it is, and refused there.
    pub(super) fn body(&self, name: &str) -> Value {
        let mut body = Map::new();
        let mut put = |field: &str, text: &str| {
            if !text.trim().is_empty() {
                body.insert(field.to_owned(), json!(text.trim()));
            }
        };
        put("name", name);
        put("product", &self.product);
        put("base-url", &self.base_url);
        put("directory", &self.directory);
        put("removal", &self.removal);
        put("new-owner", &self.new_owner);
        put("proxy", &self.proxy);
        put("ca", &self.ca);
        for (field, text) in [
            ("concurrency", &self.concurrency),
            ("timeout-ms", &self.timeout_ms),
            ("calls-per-second", &self.calls_per_second),
        ] {
            let text = text.trim();
            let value = text
                .parse::<u64>()
                .map_or_else(|_| json!(text), |number| json!(number));
            if !text.is_empty() {
                body.insert(field.to_owned(), value);
            }
        }
        if self.moved == "on" {
            body.insert("moved".to_owned(), json!(true));
        }
        if !self.token.is_empty() {
            body.insert(
                "credentials".to_owned(),
                json!({"method": "token", "token": self.token.trim()}),
            );
        } else if !self.password.is_empty() {
            let basic =
                json!({"method": "basic", "username": self.username.trim(), "password": self.password});
            body.insert("credentials".to_owned(), basic);
        }
        if !self.key.trim().is_empty() {
            let shown = json!({"chain": self.chain, "key": self.key});
            body.insert("client-certificate".to_owned(), shown);
        }
        Value::Object(body)
    }
}
