//! What the service says of itself (RFC 7643 sections 5 to 7, RFC 7644 section 4).
//!
//! Okta's "Import user schema" offers exactly what stands here, so it must be true.

use scim_v2::models::scim_schema::Schema;
use scim_v2::schema_urns;
use serde_json::{Value, json};

use crate::ResourceKind;
use crate::limits::MAX_RESULTS;
use crate::present;
use crate::schema::definitions;

/// `/ServiceProviderConfig` (RFC 7643 section 5).
#[must_use]
pub fn service_provider_config(base_url: &str) -> Value {
    json!({
        "schemas": [schema_urns::SERVICE_PROVIDER_CONFIG],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MAX_RESULTS },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "The token of the app, in the Authorization header.",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": url(base_url, "ServiceProviderConfig"),
        },
    })
}

/// `/Schemas`: all, as a list (RFC 7643 section 7).
#[must_use]
pub fn schemas(base_url: &str) -> Value {
    whole(
        definitions::all()
            .into_iter()
            .map(|definition| published(definition, base_url))
            .collect(),
    )
}

/// `/Schemas/{urn}`.
#[must_use]
pub fn schema(base_url: &str, urn: &str) -> Option<Value> {
    let found = definitions::all()
        .into_iter()
        .find(|definition| definition.id.eq_ignore_ascii_case(urn))?;
    Some(published(found, base_url))
}

/// `/ResourceTypes`: all, as a list (RFC 7643 section 6).
#[must_use]
pub fn resource_types(base_url: &str) -> Value {
    whole(
        ResourceKind::ALL
            .into_iter()
            .map(|kind| described(kind, base_url))
            .collect(),
    )
}

/// `/ResourceTypes/{name}`.
#[must_use]
pub fn resource_type(base_url: &str, name: &str) -> Option<Value> {
    let kind = ResourceKind::ALL
        .into_iter()
        .find(|kind| kind.name().eq_ignore_ascii_case(name))?;
    Some(described(kind, base_url))
}

fn whole(resources: Vec<Value>) -> Value {
    let total = u64::try_from(resources.len()).unwrap_or(u64::MAX);
    present::list(resources, total, 1)
}

fn published(mut definition: Schema, base_url: &str) -> Value {
    let location = url(base_url, &format!("Schemas/{}", definition.id));
    definition.meta = definitions::meta("Schema", location);
    // It is made of strings and lists: there is nothing that JSON cannot hold.
    serde_json::to_value(definition).unwrap_or_default()
}

fn described(kind: ResourceKind, base_url: &str) -> Value {
    let extensions = match kind {
        ResourceKind::User => vec![json!({ "schema": schema_urns::ENTERPRISE_USER, "required": false })],
        ResourceKind::Group => Vec::new(),
    };
    json!({
        "schemas": [schema_urns::RESOURCE_TYPE],
        "id": kind.name(),
        "name": kind.name(),
        "endpoint": format!("/{}", kind.endpoint()),
        "description": match kind {
            ResourceKind::User => "User account",
            ResourceKind::Group => "Group of users",
        },
        "schema": kind.schema(),
        "schemaExtensions": extensions,
        "meta": {
            "resourceType": "ResourceType",
            "location": url(base_url, &format!("ResourceTypes/{}", kind.name())),
        },
    })
}

fn url(base_url: &str, path: &str) -> String {
    format!("{}/{path}", base_url.trim_end_matches('/'))
}
