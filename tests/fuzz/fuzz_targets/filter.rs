//! Filters and query strings: the input is a filter, and is also read as a raw query string.
//!
//! - What is written for a filter reads back as the same filter, and it means the same in the query
//!   string and in a search request.
//! - Every resource that matches is found by the indexes that [`Condition::access`] names, and where
//!   it says that they alone answer, everything that they find matches.
//! - What does not equal differs.
//! - Sorting is a total order, and what is always returned is.
#![no_main]

use std::ops::{Bound, RangeBounds};

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Value, json};
use tidegate_fuzz::{Resource, WORLDS, World};
use tidegate_scim::ResourceKind::{self, Group, User};
use tidegate_scim::filter::{self, Access, Condition, Filter, Lookup, Range};
use tidegate_scim::limits::MAX_RESULTS;
use tidegate_scim::query::{self, ListParams};
use tidegate_scim::schema::Schemas;
use tidegate_scim::sort::Sorting;
use tidegate_scim::{fold, group, present, user};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else {
        return Corpus::Reject;
    };
    if let Ok(filter) = filter::parse(text) {
        reads_back(text, &filter);
        each_kind(|world, kind| finds_what_matches(world, kind, &filter));
    }
    if let Ok(params) = query::parse(Some(text)) {
        each_kind(|world, kind| lists(world, kind, &params));
    }
    Corpus::Keep
});

fn each_kind(check: impl Fn(&World, ResourceKind)) {
    for world in WORLDS.iter() {
        for kind in ResourceKind::ALL {
            check(world, kind);
        }
    }
}

fn reads_back(text: &str, filter: &Filter) {
    let written = filter.to_string();
    // Escapes may make it longer than a filter may be.
    if written.len() <= text.len() && reads_back_exactly(&written) {
        assert_eq!(filter::parse(&written).as_ref(), Ok(filter), "{written}");
    }
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let asked = query::parse(Some(&format!("filter={encoded}"))).map(|params| params.filter);
    assert_eq!(
        asked.as_ref().map(Option::as_ref),
        Ok(Some(filter)),
        "in a query string"
    );
    let asked = query::search(&json!({"filter": text})).map(|params| params.filter);
    assert_eq!(
        asked.as_ref().map(Option::as_ref),
        Ok(Some(filter)),
        "in a search request"
    );
}

/// Not so numbers that a `f64` holds and `serde_json` does not read exactly: it would with its feature
/// `float_roundtrip`.
fn reads_back_exactly(written: &str) -> bool {
    let digits = written.replace('.', "");
    let mut runs = digits.split(|c: char| !c.is_ascii_digit());
    !(written.contains("e+") || written.contains("e-") || runs.any(|run| run.len() > 15))
}

fn finds_what_matches(world: &World, kind: ResourceKind, filter: &Filter) {
    let schemas = world.schemas;
    let Ok(condition) = Condition::new(schemas.of(kind), filter) else {
        return;
    };
    let access = condition.access(kind);
    let mut tried = world.resources(kind).to_vec();
    if let Access::Lookups { any, .. } = &access {
        assert!(!any.is_empty(), "no index at all");
        tried.extend(
            any.iter()
                .take(4)
                .filter_map(|lookup| sought(schemas, kind, lookup)),
        );
    }
    let opposite = opposite(filter);
    let opposite = opposite
        .as_ref()
        .and_then(|filter| Condition::new(schemas.of(kind), filter).ok());
    for resource in &tried {
        let Ok(matches) = condition.matches(&resource.candidate(schemas));
        if let Some(Ok(differs)) = opposite
            .as_ref()
            .map(|ne| ne.matches(&resource.candidate(schemas)))
        {
            assert_ne!(
                matches, differs,
                "both eq and ne or neither: {filter} and {resource:?}"
            );
        }
        let Access::Lookups { any, exact } = &access else {
            continue;
        };
        let found = any.iter().any(|lookup| finds(schemas, lookup, resource));
        assert!(
            found || !matches,
            "not found by {access:?}: {filter} matches {resource:?}"
        );
        assert!(
            !(*exact && found) || matches,
            "found by {access:?}: {filter} does not match {resource:?}"
        );
    }
}

/// Of one `eq`, the `ne`.
fn opposite(filter: &Filter) -> Option<Filter> {
    let written = filter.to_string();
    let is_equality = matches!(filter, Filter::Attr(_)) && written.split(' ').nth(1) == Some("eq");
    is_equality.then(|| filter::parse(&written.replacen(" eq ", " ne ", 1)).ok())?
}

/// The store's indexes.
fn finds(schemas: &Schemas, lookup: &Lookup, resource: &Resource) -> bool {
    let document = &resource.document;
    let is_user = resource.kind == User;
    let user = user::keys(document);
    let (display_name, external_id) = match resource.kind {
        User => (user.display_name, user.external_id),
        Group => {
            let keys = group::keys(document);
            (Some(keys.display_name), keys.external_id)
        }
    };
    let display_name = display_name.map(|name| fold(&name));
    match lookup {
        Lookup::Id(id) => resource.id == *id,
        Lookup::UserName(name) => is_user && fold(&user.user_name) == *name,
        Lookup::Unique { attribute, value } => {
            let unique = schemas.of(resource.kind).unique_values(document);
            unique
                .iter()
                .any(|held| held.attribute == *attribute && held.value == *value)
        }
        Lookup::ExternalId(id) => external_id.as_ref() == Some(id),
        Lookup::DisplayName(name) => display_name.as_ref() == Some(name),
        Lookup::Email(email) => is_user && user.emails.iter().any(|held| fold(held) == *email),
        Lookup::UserNames(range) => is_user && between(range, &fold(&user.user_name)),
        Lookup::DisplayNames(range) => display_name.is_some_and(|name| between(range, &name)),
        Lookup::Related(id) => resource.related.contains(id),
        Lookup::Modified(range) => between(range, &resource.modified_ms),
        Lookup::Inactive => is_user && !user.active,
    }
}

fn between<T: PartialOrd>(range: &Range<T>, value: &T) -> bool {
    (range.from.as_ref(), range.to.as_ref()).contains(value)
}

/// A resource that a lookup is to find, if there can be one.
fn sought(schemas: &Schemas, kind: ResourceKind, lookup: &Lookup) -> Option<Resource> {
    let mut resource = Resource::new(kind, Default::default(), "sought", &[]);
    let mut body = json!({"userName": "x", "displayName": "x"});
    let name = match kind {
        User => "userName",
        Group => "displayName",
    };
    match lookup {
        Lookup::Id(id) => resource.id.clone_from(id),
        Lookup::UserName(text) => body[name] = text.as_str().into(),
        Lookup::Unique { .. } => return None,
        Lookup::ExternalId(id) => body["externalId"] = id.as_str().into(),
        Lookup::DisplayName(text) => body["displayName"] = text.to_uppercase().into(),
        Lookup::Email(email) => body["emails"] = json!([{"value": "y"}, {"value": email.to_uppercase()}]),
        Lookup::UserNames(range) | Lookup::DisplayNames(range) => match (&range.from, &range.to) {
            (Bound::Included(text) | Bound::Excluded(text), _)
            | (_, Bound::Included(text) | Bound::Excluded(text)) => {
                body[name] = text.to_uppercase().into();
                body["displayName"] = format!("{text}~").into();
            }
            _ => {}
        },
        Lookup::Related(id) => resource.related.push(id.clone()),
        Lookup::Modified(range) => match (&range.from, &range.to) {
            (Bound::Included(ms) | Bound::Excluded(ms), _)
            | (_, Bound::Included(ms) | Bound::Excluded(ms)) => resource.modified_ms = *ms,
            _ => {}
        },
        Lookup::Inactive => body["active"] = false.into(),
    }
    resource.document = match kind {
        User => user::create(schemas, &body).ok()?,
        Group => group::create(schemas, &body).ok()?.document,
    };
    Some(resource)
}

fn lists(world: &World, kind: ResourceKind, params: &ListParams) {
    let (schemas, resources) = (world.schemas, world.resources(kind));
    assert!(params.start_index >= 1 && params.limit() <= MAX_RESULTS);
    let _ = params.identity();
    for resource in resources {
        let (document, meta) = (&resource.document, resource.meta());
        let shown = match kind {
            User => present::user(schemas, document, &meta, &[], &params.projection),
            Group => present::group(schemas, document, &meta, Some(&[]), &params.projection),
        };
        assert_eq!(shown.get("id"), Some(&Value::from(meta.id)), "{shown}");
        assert!(shown.get("schemas").is_some_and(Value::is_array), "{shown}");
    }
    let resource_type = schemas.of(kind);
    let sort_by = params.sort_by.as_deref();
    let Some(Ok(sorting)) = sort_by.map(|by| Sorting::resolve(resource_type, by, params.descending)) else {
        return;
    };
    let _ = sorting.indexed(kind);
    let mut keys: Vec<_> = resources
        .iter()
        .map(|resource| {
            let Ok(key) = sorting.key(&resource.candidate(schemas));
            key
        })
        .collect();
    // Panics where the order is none.
    keys.sort();
    for key in &keys {
        assert_eq!(serde_json::from_value(json!(key)).ok().as_ref(), Some(key));
    }
}
