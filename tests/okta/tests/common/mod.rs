//! A small SCIM server in memory: Tidegate's own semantics, without its store.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by tests, each uses a part"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::Value;
use tidegate_scim::ResourceKind::{self, Group, User};
use tidegate_scim::filter::Condition;
use tidegate_scim::group::{MemberInput, MemberOp};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::present::{self, MemberRef, Meta};
use tidegate_scim::query::{self, Projection};
use tidegate_scim::schema::Schemas;
use tidegate_scim::{Document, ScimError, group, user};

#[derive(Default)]
pub struct Server {
    pub users: BTreeMap<String, Document>,
    pub groups: BTreeMap<String, (Document, Vec<MemberInput>)>,
    /// Every request: method, headers, body.
    pub seen: Vec<(String, HeaderMap, Value)>,
    /// Answers to give before anything else: status and `Retry-After`.
    pub refusals: Vec<(u16, Option<&'static str>)>,
    pub next: usize,
}

pub type Shared = Arc<Mutex<Server>>;

/// Serves on a free port; gives back the base URL.
pub async fn serve(server: Shared) -> String {
    let router = Router::new()
        .route("/scim/v2/{endpoint}", any(collection))
        .route("/scim/v2/{endpoint}/{id}", any(resource))
        .with_state(server);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/scim/v2")
}

async fn collection(
    State(server): State<Shared>,
    Path(endpoint): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(
        &server,
        &method,
        headers,
        &format!("/{endpoint}"),
        &body,
        |server, body| {
            let kind = if endpoint == "Users" { User } else { Group };
            if method == Method::POST {
                server.create(kind, body)
            } else {
                server.list(kind, query.as_deref())
            }
        },
    )
}

async fn resource(
    State(server): State<Shared>,
    Path((endpoint, id)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(
        &server,
        &method,
        headers,
        &format!("/{endpoint}/{id}"),
        &body,
        |server, body| match endpoint.as_str() {
            "Users" => server.user(&method, &id, body),
            _ => server.group(&method, &id, body),
        },
    )
}

type Result<T> = std::result::Result<T, ScimError>;

fn answer(
    server: &Shared,
    method: &Method,
    headers: HeaderMap,
    path: &str,
    body: &[u8],
    handle: impl FnOnce(&mut Server, &Value) -> Result<(u16, Value)>,
) -> Response {
    let mut server = server.lock().unwrap();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    server
        .seen
        .push((format!("{method} {path}"), headers, body.clone()));
    if let Some((status, retry_after)) = server.refusals.pop() {
        let status = StatusCode::from_u16(status).unwrap();
        let retry_after = retry_after.map(|value| [("retry-after", value)]);
        return (
            status,
            retry_after.map_or_else(HeaderMap::new, |pair| {
                pair.into_iter()
                    .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                    .collect()
            }),
        )
            .into_response();
    }
    let (status, body) = handle(&mut server, &body).unwrap_or_else(|error| (error.status, error.body()));
    let text = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    (StatusCode::from_u16(status).unwrap(), text).into_response()
}

impl Server {
    fn create(&mut self, kind: ResourceKind, body: &Value) -> Result<(u16, Value)> {
        self.next += 1;
        let id = format!("{}{:04}", kind.name().to_lowercase(), self.next);
        if kind == User {
            let document = user::create(Schemas::standard(), body)?;
            let name = |document: &Document| tidegate_scim::fold(&user::keys(document).user_name);
            if self.users.values().any(|other| name(other) == name(&document)) {
                return Err(ScimError::uniqueness("userName is taken."));
            }
            self.users.insert(id.clone(), document);
        } else {
            let input = group::create(Schemas::standard(), body)?;
            self.groups
                .insert(id.clone(), (input.document, input.members.unwrap_or_default()));
        }
        Ok((201, self.shown(kind, &id)?))
    }

    fn list(&self, kind: ResourceKind, query: Option<&str>) -> Result<(u16, Value)> {
        let params = query::parse(query)?;
        let condition = params.filter.as_ref();
        let condition = condition
            .map(|filter| Condition::new(Schemas::standard().of(kind), filter))
            .transpose()?;
        let ids: Vec<&String> = if kind == User {
            self.users.keys().collect()
        } else {
            self.groups.keys().collect()
        };
        let all = ids
            .into_iter()
            .map(|id| self.shown(kind, id))
            .collect::<Result<Vec<_>>>()?;
        let found: Vec<Value> = all
            .into_iter()
            .filter(|resource| {
                condition.as_ref().is_none_or(|condition| {
                    condition
                        .matches(resource.as_object().unwrap())
                        .unwrap_or_default()
                })
            })
            .collect();
        let total = found.len() as u64;
        let skip = usize::try_from(params.start_index - 1).unwrap();
        let page = found
            .into_iter()
            .skip(skip)
            .take(usize::try_from(params.limit()).unwrap())
            .collect();
        Ok((200, present::list(page, total, params.start_index)))
    }

    fn user(&mut self, method: &Method, id: &str, body: &Value) -> Result<(u16, Value)> {
        let document = self
            .users
            .get_mut(id)
            .ok_or_else(|| ScimError::not_found("No such user."))?;
        match method.as_str() {
            "PUT" => *document = user::replace(Schemas::standard(), document, body)?,
            "PATCH" => *document = user::patch(Schemas::standard(), document, &PatchRequest::parse(body)?)?,
            "GET" => {}
            _ => return Err(ScimError::method_not_allowed("Okta never does this.")),
        }
        Ok((200, self.shown(User, id)?))
    }

    fn group(&mut self, method: &Method, id: &str, body: &Value) -> Result<(u16, Value)> {
        let (document, members) = self
            .groups
            .get_mut(id)
            .ok_or_else(|| ScimError::not_found("No such group."))?;
        match method.as_str() {
            "PUT" => {
                let input = group::replace(Schemas::standard(), document, body)?;
                *document = input.document;
                *members = input.members.unwrap_or_else(|| std::mem::take(members));
            }
            "PATCH" => {
                let patch = group::patch(Schemas::standard(), document, &PatchRequest::parse(body)?)?;
                *document = patch.document;
                patch.members.into_iter().for_each(|op| change(members, op));
            }
            "DELETE" => {
                self.groups.remove(id);
                return Ok((204, Value::Null));
            }
            _ => {}
        }
        Ok((200, self.shown(Group, id)?))
    }

    fn shown(&self, kind: ResourceKind, id: &str) -> Result<Value> {
        let none = || ScimError::not_found("Not there.");
        let meta = Meta {
            id,
            created_ms: 0,
            modified_ms: 0,
            version: 1,
            base_url: "http://server/scim/v2",
        };
        let all = Projection::default();
        if kind == User {
            return Ok(present::user(
                Schemas::standard(),
                self.users.get(id).ok_or_else(none)?,
                &meta,
                &[],
                &all,
            ));
        }
        let (document, members) = self.groups.get(id).ok_or_else(none)?;
        let members: Vec<MemberRef> = members
            .iter()
            .map(|m| MemberRef {
                id: m.value.clone(),
                display: m.display.clone(),
            })
            .collect();
        Ok(present::group(
            Schemas::standard(),
            document,
            &meta,
            Some(&members),
            &all,
        ))
    }
}

fn change(members: &mut Vec<MemberInput>, op: MemberOp) {
    match op {
        MemberOp::Add(new) => {
            let new = new
                .into_iter()
                .filter(|n| !members.iter().any(|m| m.value == n.value))
                .collect::<Vec<_>>();
            members.extend(new);
        }
        MemberOp::Remove(ids) => members.retain(|member| !ids.contains(&member.value)),
        MemberOp::RemoveMatching(condition) => {
            members.retain(|member| !condition.matches(&member.value, member.display.as_deref()));
        }
        MemberOp::Replace(new) => *members = new,
        MemberOp::Clear => members.clear(),
    }
}
