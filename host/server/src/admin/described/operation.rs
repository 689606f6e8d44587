//! What is said of one operation besides what its handler says: what follows from address, method, body and table.

use http::StatusCode;
use tidegate_store::access::Role;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{Schema, SchemaType};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, ObjectBuilder, Ref, RefOr, Required, Type};

use crate::access::address;
use crate::access::matrix::{Least, TABLE};
use crate::admin::problem;

/// The methods that are there, by their names.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("PATCH", &mut item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// What follows from the address, the method and what is taken.
pub(super) fn finish(path: &str, item: &mut PathItem) {
    for (method, operation) in operations(item) {
        operation.summary = operation.summary.as_deref().and_then(summary);
        let words = path.split('/').map(|word| word.trim_matches(['{', '}']));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        operation.operation_id = Some(format!("{}-{}", method.to_lowercase(), words.join("-")));
        let below = if words.first() == Some(&"apps") {
            words.get(2)
        } else {
            None
        };
        operation.tags = Some(vec![(*below.or(words.first()).unwrap_or(&"")).to_owned()]);
        let names = address::parameters(path);
        let parameters = operation.parameters.get_or_insert_default();
        parameters.iter_mut().for_each(bounded);
        parameters.extend(names.map(|name| RefOr::T(segment(name))));
        let mut refusals = vec![StatusCode::INTERNAL_SERVER_ERROR, StatusCode::SERVICE_UNAVAILABLE];
        if !parameters.is_empty() {
            refusals.push(StatusCode::BAD_REQUEST);
        }
        if path.contains('{') {
            refusals.push(StatusCode::NOT_FOUND);
        }
        if operation.request_body.is_some() {
            refusals.extend([
                StatusCode::BAD_REQUEST,
                StatusCode::PAYLOAD_TOO_LARGE,
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                StatusCode::UNPROCESSABLE_ENTITY,
            ]);
        }
        refusals.push(StatusCode::FORBIDDEN);
        let least = TABLE.iter().find(|(m, p, _)| (*m, *p) == (method, path));
        let role = match least.map(|(_, _, least)| *least) {
            Some(Least::Role(role)) => Some(role),
            Some(Least::Anyone) | None => None,
        };
        if role.is_some() {
            refusals.push(StatusCode::UNAUTHORIZED);
        }
        operation.security = Some(security(role));
        let role = role.map_or_else(|| "none".to_owned(), |role| role.to_string());
        operation.extensions = Some([("x-least-role", role)].into_iter().collect());
        for status in refusals {
            let code = status.as_str().to_owned();
            operation
                .responses
                .responses
                .entry(code)
                .or_insert_with(|| RefOr::T(Response::default()));
        }
        for (code, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response {
                describe(code, response);
            }
        }
    }
}

fn security(role: Option<Role>) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    match role {
        Some(_) => ["token", "session"]
            .map(|name| SecurityRequirement::new(name, none))
            .to_vec(),
        None => Vec::new(),
    }
}

/// What a handler's first line says behind method and address.
fn summary(line: &str) -> Option<String> {
    let words = line.split_once("`: ").map(|(_, words)| words)?;
    let mut letters = words.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

/// A value of a query has an end, which is the same for all.
fn bounded(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    if let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema {
        let text = match &object.schema_type {
            SchemaType::Type(kind) => *kind == Type::String,
            SchemaType::Array(kinds) => kinds.contains(&Type::String),
            SchemaType::AnyValue => false,
        };
        object.max_length = text.then_some(address::LONGEST);
    }
}

/// A segment of an address.
fn segment(name: &str) -> Parameter {
    let (kind, text) = match name {
        "number" => (
            Type::Integer,
            "Number of a policy version, which counts from 1 within the app.".to_owned(),
        ),
        "user" => (
            Type::String,
            "SCIM id, `userName`, or the username of an account.".to_owned(),
        ),
        "urn" => (Type::String, "URN of an extension.".to_owned()),
        "name" => (Type::String, "The name.".to_owned()),
        other => (Type::String, format!("Name of the {other}.")),
    };
    let schema = ObjectBuilder::new().schema_type(kind);
    let schema = match name {
        "number" => schema.minimum(Some(1)).maximum(Some(i64::MAX)),
        _ => schema.min_length(Some(1)),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(text))
        .schema(Some(schema))
        .build()
}

/// What stands for itself by its status; every refusal is a problem.
fn describe(code: &str, response: &mut Response) {
    let status: Option<StatusCode> = code.parse().ok();
    if response.description.is_empty() {
        let reason = status.and_then(|status| status.canonical_reason());
        response.description = reason.unwrap_or_default().to_owned();
    }
    if status.is_some_and(|status| status.is_client_error() || status.is_server_error()) {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        response.content.insert(problem::MEDIA.to_owned(), content.into());
    }
}
