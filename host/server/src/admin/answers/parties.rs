//! What is said of extensions, OAuth clients and the secrets of rules.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Address;

/// A resource type of SCIM's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum, utoipa::ToSchema)]
pub enum ResourceTypeName {
    /// Users.
    User,
    /// Groups.
    Group,
}

/// An extension to register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutSchema {
    /// A SCIM Schema document (RFC 7643 section 7).
    pub schema: Value,
    /// The resource types that it extends.
    #[schema(max_items = 2)]
    pub resource_types: Vec<ResourceTypeName>,
    /// Whether every resource of those types must have it.
    #[serde(default)]
    pub required: bool,
}

/// A registered extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SchemaSummary {
    /// Its URN.
    pub urn: String,
    /// Its name.
    pub name: String,
    /// The resource types that it extends.
    pub resource_types: Vec<ResourceTypeName>,
    /// Whether every resource of those types must have it.
    pub required: bool,
}

/// A new OAuth client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreateClient {
    /// Its name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// JSON Web Key Set of its public keys, where it signs assertions; absent: it gets a secret.
    #[serde(default)]
    pub keys: Option<Value>,
}

/// What the client is to be told. The secret is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NewClient {
    /// Its name.
    pub name: String,
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`, where it has one.
    pub client_secret: Option<String>,
    /// The issuer; its metadata is at `/.well-known/oauth-authorization-server` before the path.
    pub issuer: String,
    /// Where it obtains access tokens.
    pub token_endpoint: String,
}

impl std::fmt::Debug for NewClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewClient")
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// An OAuth client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ClientSummary {
    /// Its name.
    pub name: String,
    /// `client_id`.
    pub client_id: String,
    /// Whether it signs assertions instead of having a secret.
    pub signs: bool,
    /// Secrets that work.
    pub secrets: usize,
}

/// A secret that the host attaches to requests of policies.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutCredential {
    /// The origins that it may be sent to, such as `https://hr.example.com`.
    #[schema(value_type = Vec<Address>, min_items = 1, max_items = 100)]
    pub origins: Vec<String>,
    /// The header that carries it.
    #[schema(min_length = 1, max_length = 128)]
    pub header: String,
    /// What the header says, whole: `Bearer …`. Never shown again.
    #[schema(max_length = 8_192)]
    pub value: String,
}

impl std::fmt::Debug for PutCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PutCredential")
            .field("origins", &self.origins)
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// A credential, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CredentialSummary {
    /// Its name: what grants and policies call it.
    pub name: String,
    /// The origins that it may be sent to.
    pub origins: Vec<String>,
}
