//! Every bound on input, in one place. Each says what it protects and what a client sees beyond it.

/// Most resources in one list answer (RFC 7644 section 3.4.2.4). Okta asks for 100 and then adds
/// 100 to `startIndex` whatever it got, so a value below 100 would make it skip people in silence.
pub const MAX_RESULTS: u64 = 1000;

/// Resources in one list answer where the client does not say. Okta pages in hundreds.
pub const DEFAULT_COUNT: u64 = 100;

/// Seconds that a cursor goes on working (RFC 9865 section 4): a client that pages slowly, or waits
/// for a person, must not start again.
pub const CURSOR_SECONDS: i64 = 3600;

/// Most resources that a sorted list passes over: their keys are in memory while it is sorted.
/// Beyond: 400 `tooMany`.
pub const MAX_SORTED: u64 = 1_000_000;

/// Most operations in one bulk request. Beyond: 413 (RFC 7644 section 3.7.4).
pub const MAX_BULK_OPERATIONS: usize = 1000;

/// Largest bulk request in bytes. Beyond: 413.
pub const MAX_BULK_BYTES: usize = 4 << 20;

/// Most operations in one PATCH. Okta sends up to 256 member changes in one; beyond: 400 `tooMany`.
pub const MAX_OPERATIONS: usize = 1000;

/// Most members in one request, over all its operations. Beyond: 400 `tooMany`.
pub const MAX_MEMBERS: usize = 100_000;

/// Most entries of one multi-valued attribute other than members. Beyond: 400 `tooMany`.
pub const MAX_VALUES: usize = 1000;

/// Longest `userName` and group `displayName` in characters: what Atlassian's products can hold.
pub const MAX_NAME: usize = 255;

/// Longest id of a member or an `externalId`, in bytes.
pub const MAX_ID: usize = 255;

/// Longest string value in bytes.
pub const MAX_STRING: usize = 8192;

/// Longest binary value (a certificate) or `photos.value` in bytes: these may be `data:` URIs.
pub const MAX_BINARY: usize = 65_536;

/// Longest attribute name, extension URN, or attribute path in bytes.
pub const MAX_PATH: usize = 1024;

/// Deepest nesting within one attribute that is in no schema. SCIM itself needs two levels.
pub const MAX_DEPTH: usize = 8;

/// Most attributes and extensions at the top of one resource. The schemas have about forty.
pub const MAX_ATTRIBUTES: usize = 256;

/// Largest stored document in bytes of canonical JSON. Many changes must not grow one without end.
pub const MAX_DOCUMENT: usize = 262_144;

/// Longest filter in bytes; its depth and its number of terms are bounded by the grammar's crate.
pub const MAX_FILTER: usize = 8192;

/// Longest raw query string in bytes: a filter, percent-encoded, and two attribute lists.
pub const MAX_QUERY: usize = 32_768;

/// Most names in `attributes` or `excludedAttributes`.
pub const MAX_PROJECTION: usize = 100;

/// Largest schema document that an administrator registers, in bytes of JSON.
pub const MAX_SCHEMA: usize = 262_144;

/// Most attributes of a registered schema, most parts of one attribute, most canonical values.
pub const MAX_SCHEMA_ATTRIBUTES: usize = 256;
