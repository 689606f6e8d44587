//! One app.

use std::sync::Arc;

use tidegate_directory::protected::Protected;
use tidegate_runtime::TargetView;
use tidegate_scim::discovery::Authentication;
use tidegate_scim::schema::Schemas;
use tidegate_store::apps::{AppOptions, TokenHash, hash_token};
use tidegate_store::oauth::Client;

use super::{Heard, Limits, Target};

/// One app.
#[derive(Debug)]
pub struct App {
    /// Row number.
    pub seq: i64,
    /// Its part of the base URL.
    pub id: String,
    /// The administrator's name for it.
    pub name: String,
    /// What an administrator set.
    pub options: AppOptions,
    /// Its schemas: SCIM's own, and registered extensions.
    pub schemas: Arc<Schemas>,
    /// Which state of its extensions those are.
    pub schemas_rev: i64,
    /// Where its changes go.
    pub targets: Vec<Arc<Target>>,
    /// Who may obtain access tokens for it.
    pub clients: Vec<Client>,
    /// How much it takes at once.
    pub limits: Arc<Limits>,
    /// Whether its identity provider has come.
    pub heard: Arc<Heard>,
    pub(super) tokens: Vec<(TokenHash, Option<i64>)>,
}

impl App {
    /// Whether the token opens this app now. Compares hashes of 256 random bits: what a
    /// comparison's timing tells about a hash helps nobody to find a token.
    #[must_use]
    pub fn accepts(&self, token: &str, now_ms: i64) -> bool {
        is_valid(&self.tokens, token, now_ms)
    }

    /// Names that no policy may touch.
    #[must_use]
    pub fn protected(&self) -> &Protected {
        &self.options.protected
    }

    /// How clients may show who they are.
    #[must_use]
    pub fn authentication(&self) -> Authentication {
        Authentication {
            basic: self.options.basic_authentication,
            client_credentials: !self.clients.is_empty(),
        }
    }

    /// The targets as a policy sees them.
    #[must_use]
    pub fn target_views(&self) -> Vec<TargetView> {
        let view = |target: &Arc<Target>| TargetView {
            name: target.config.name.clone(),
            product: target.config.product,
            directory: target.config.directory.clone(),
        };
        self.targets.iter().map(view).collect()
    }

    /// The target of that name, without case.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Arc<Target>> {
        self.targets
            .iter()
            .find(|target| target.config.name.eq_ignore_ascii_case(name))
    }

    /// The client of that `client_id`.
    #[must_use]
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }
}

/// Whether a secret is one of these and has not ended.
pub(crate) fn is_valid(known: &[(TokenHash, Option<i64>)], secret: &str, now_ms: i64) -> bool {
    let hash = hash_token(secret);
    known
        .iter()
        .any(|(known, until)| *known == hash && until.is_none_or(|until| now_ms < until))
}
