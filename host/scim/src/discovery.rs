//! What the service says of itself (RFC 7643 sections 5 to 7, RFC 7644 section 4).
//!
//! Okta's "Import user schema" offers exactly what stands here, so it must be true.

use scim_v2::schema_urns;
use serde_json::{Value, json};

use crate::limits::{CURSOR_SECONDS, DEFAULT_COUNT, MAX_BULK_BYTES, MAX_BULK_OPERATIONS, MAX_RESULTS};
use crate::present;
use crate::schema::{ResourceType, Schema, Schemas, definitions};
use crate::{ResourceKind, ScimError};

/// How clients of an app may show who they are, besides its bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Authentication {
    /// The token as the password of basic authentication.
    pub basic: bool,
    /// Access tokens by client credentials (RFC 6749 section 4.4).
    pub client_credentials: bool,
}

/// `/ServiceProviderConfig` (RFC 7643 section 5, RFC 9865 section 4).
#[must_use]
pub fn service_provider_config(base_url: &str, authentication: Authentication) -> Value {
    json!({
        "schemas": [schema_urns::SERVICE_PROVIDER_CONFIG],
        "patch": { "supported": true },
        "bulk": {
            "supported": true,
            "maxOperations": MAX_BULK_OPERATIONS,
            "maxPayloadSize": MAX_BULK_BYTES,
        },
        "filter": { "supported": true, "maxResults": MAX_RESULTS },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_COUNT,
            "maxPageSize": MAX_RESULTS,
            "cursorTimeout": CURSOR_SECONDS,
        },
        "authenticationSchemes": schemes(authentication),
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": url(base_url, "ServiceProviderConfig"),
        },
    })
}

fn schemes(authentication: Authentication) -> Vec<Value> {
    let mut schemes = vec![json!({
        "type": "oauthbearertoken",
        "name": "Bearer token",
        "description": "The token of the app, in the Authorization header.",
        "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
        "primary": true,
    })];
    if authentication.client_credentials {
        schemes.push(json!({
            "type": "oauth2",
            "name": "OAuth 2.0 client credentials",
            "description": "Access tokens that a client obtains with its secret or its private key.",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6749#section-4.4",
            "primary": false,
        }));
    }
    if authentication.basic {
        schemes.push(json!({
            "type": "httpbasic",
            "name": "HTTP Basic",
            "description": "The token of the app as the password; any user name.",
            "specUri": "https://www.rfc-editor.org/rfc/rfc7617",
            "primary": false,
        }));
    }
    schemes
}

/// `/Schemas`: all, as a list (RFC 7643 section 7).
#[must_use]
pub fn schemas(schemas: &Schemas, base_url: &str) -> Value {
    let all = schemas.all().into_iter();
    whole(all.map(|schema| published(schema, base_url)).collect())
}

/// `/Schemas/{urn}`.
#[must_use]
pub fn schema(schemas: &Schemas, base_url: &str, urn: &str) -> Option<Value> {
    let mut all = schemas.all().into_iter();
    let found = all.find(|schema| schema.id.eq_ignore_ascii_case(urn))?;
    Some(published(found, base_url))
}

/// `/ResourceTypes`: all, as a list (RFC 7643 section 6).
#[must_use]
pub fn resource_types(schemas: &Schemas, base_url: &str) -> Value {
    let all = ResourceKind::ALL.into_iter();
    whole(all.map(|kind| described(schemas.of(kind), base_url)).collect())
}

/// `/ResourceTypes/{name}`.
#[must_use]
pub fn resource_type(schemas: &Schemas, base_url: &str, name: &str) -> Option<Value> {
    let mut all = ResourceKind::ALL.into_iter();
    let kind = all.find(|kind| kind.name().eq_ignore_ascii_case(name))?;
    Some(described(schemas.of(kind), base_url))
}

/// A filter on a discovery document is refused, so that nobody takes the whole for the part that
/// was asked for (RFC 7644 section 4).
///
/// # Errors
/// 403 where the query string has a filter.
pub fn refuse_filter(query: Option<&str>) -> Result<(), ScimError> {
    let names = query
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    for name in names {
        if name.eq_ignore_ascii_case("filter") {
            return Err(ScimError::forbidden(
                "Discovery documents cannot be filtered: read the whole.",
            ));
        }
    }
    Ok(())
}

fn whole(resources: Vec<Value>) -> Value {
    let total = u64::try_from(resources.len()).unwrap_or(u64::MAX);
    present::list(resources, total, 1)
}

fn published(schema: &Schema, base_url: &str) -> Value {
    let mut definition = schema.definition().clone();
    let location = url(base_url, &format!("Schemas/{}", definition.id));
    definition.meta = definitions::meta("Schema", location);
    // It is made of strings and lists: there is nothing that JSON cannot hold.
    serde_json::to_value(definition).unwrap_or_default()
}

fn described(resource_type: &ResourceType, base_url: &str) -> Value {
    let kind = resource_type.kind();
    let extensions: Vec<Value> = resource_type
        .extensions()
        .iter()
        .map(|extension| json!({ "schema": extension.schema.id, "required": extension.required }))
        .collect();
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
