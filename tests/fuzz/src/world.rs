//! Schemas and resources that are always there.

use std::convert::Infallible;
use std::sync::LazyLock;

use serde_json::{Value, json};
use tidegate_scim::ResourceKind::{self, Group, User};
use tidegate_scim::filter::{Candidate, Related};
use tidegate_scim::present::{self, GroupRef, MemberRef, Meta};
use tidegate_scim::schema::{Registered, Schemas};
use tidegate_scim::{Document, group as groups, user as users};

const BASE_URL: &str = "https://t.example/scim";

/// URNs of the two extensions.
pub struct Badges;

impl Badges {
    /// All that it has is shown again.
    pub const OPEN: &str = "urn:example:params:scim:schemas:2.0:Badge";
    /// Parts of it are not.
    pub const SECRET: &str = "urn:example:params:scim:schemas:2.0:Vault";
}

static EXTENDED: LazyLock<Schemas> = LazyLock::new(|| {
    let open = json!({
        "id": Badges::OPEN,
        "name": "Badge",
        "attributes": [
            {"name": "number", "type": "integer", "uniqueness": "server"},
            {"name": "code", "required": true, "caseExact": true, "uniqueness": "global"},
            {"name": "alias", "uniqueness": "server"},
            {"name": "weight", "type": "decimal"},
            {"name": "valid", "type": "boolean"},
            {"name": "photo", "type": "binary"},
            {"name": "issued", "type": "dateTime", "mutability": "immutable"},
            {"name": "colours", "multiValued": true},
            {"name": "owner", "type": "complex", "subAttributes": [
                {"name": "value", "mutability": "immutable"},
                {"name": "notes", "multiValued": true},
            ]},
            {"name": "doors", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value", "required": true},
                {"name": "floor", "type": "integer"},
                {"name": "opened", "type": "dateTime"},
            ]},
        ],
    });
    let secret = json!({
        "id": Badges::SECRET,
        "attributes": [
            {"name": "pin", "mutability": "writeOnly"},
            {"name": "printed", "type": "boolean", "mutability": "readOnly"},
            {"name": "note", "returned": "request"},
            {"name": "secret", "returned": "never"},
            {"name": "seal", "returned": "always"},
        ],
    });
    let registered: Vec<Registered> = [open, secret]
        .iter()
        .map(|document| Registered::read(document, vec![User, Group], false).expect("it is sound"))
        .collect();
    Schemas::with(&registered)
});

/// A resource with all that filters and answers can ask for.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Which kind.
    pub kind: ResourceKind,
    /// Its attributes.
    pub document: Document,
    /// Its id.
    pub id: String,
    /// When it was last changed.
    pub modified_ms: i64,
    /// Ids of its members or groups.
    pub related: Vec<String>,
}

impl Resource {
    /// One that is in, or has, those of these ids.
    pub fn new(kind: ResourceKind, document: Document, id: &str, related: &[&str]) -> Self {
        Self {
            kind,
            document,
            id: id.to_owned(),
            modified_ms: 1_764_000_000_123,
            related: related.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    /// What the server knows besides.
    pub fn meta(&self) -> Meta<'_> {
        Meta {
            id: &self.id,
            created_ms: 0,
            modified_ms: self.modified_ms,
            version: 1,
            base_url: BASE_URL,
        }
    }

    /// As a condition sees it.
    pub fn candidate<'a>(&'a self, schemas: &'a Schemas) -> Candidate<'a, Entries> {
        let entry = |id: &String| match self.kind {
            User => {
                let (id, display) = (id.clone(), format!("Group {id}"));
                present::group_entry(BASE_URL, &GroupRef { id, display })
            }
            Group => {
                let (id, display) = (id.clone(), Some(format!("user-{id}")));
                present::member_entry(BASE_URL, &MemberRef { id, display })
            }
        };
        Candidate {
            resource_type: schemas.of(self.kind),
            document: &self.document,
            meta: self.meta(),
            related: Entries(self.related.iter().map(entry).collect()),
        }
    }
}

/// Entries of `members` or `groups`.
#[derive(Debug)]
pub struct Entries(Vec<Value>);

impl Related for Entries {
    type Error = Infallible;

    fn has_related(&self) -> Result<bool, Infallible> {
        Ok(!self.0.is_empty())
    }

    fn is_related(&self, id: &str) -> Result<bool, Infallible> {
        Ok(self.0.iter().any(|entry| entry["value"] == id))
    }

    fn any_related(&self, test: &mut dyn FnMut(&Value) -> bool) -> Result<bool, Infallible> {
        Ok(self.0.iter().any(test))
    }
}

/// An app's schemas with resources of it, made once.
#[derive(Debug)]
pub struct World {
    /// The schemas.
    pub schemas: &'static Schemas,
    /// A user that has something of everything.
    pub user: Document,
    /// A group that has.
    pub group: Document,
    users: Vec<Resource>,
    groups: Vec<Resource>,
}

impl World {
    /// Some resources, among them names whose case is not ASCII's.
    pub fn resources(&self, kind: ResourceKind) -> &[Resource] {
        match kind {
            User => &self.users,
            Group => &self.groups,
        }
    }

    fn new(schemas: &'static Schemas) -> Self {
        Self {
            schemas,
            user: user(schemas),
            group: group(schemas),
            users: resources(schemas, User),
            groups: resources(schemas, Group),
        }
    }
}

/// An app without extensions of its own, and one with two.
pub static WORLDS: LazyLock<[World; 2]> =
    LazyLock::new(|| [World::new(Schemas::standard()), World::new(&EXTENDED)]);

fn user(schemas: &Schemas) -> Document {
    let body = json!({
        "userName": "Ada.Lovelace@Example.com", "externalId": "00u1", "active": true,
        "displayName": "Ada", "title": "Countess", "locale": "en-GB",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "emails": [
            {"value": "ada@example.com", "type": "work", "primary": true},
            {"value": "a@home.example", "type": "home"},
            {"value": "b@example.com"},
        ],
        "phoneNumbers": [{"value": "tel:+44-1", "type": "work"}],
        "addresses": [{"type": "work", "locality": "London", "primary": true}],
        "roles": ["admin"],
        "x509Certificates": [{"value": "TUlJ"}],
        "custom": [1, "a", {"b": [true]}], "flag": {"x": {"y": 2.5}},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Mathematics", "employeeNumber": "7",
            "manager": {"value": "u2", "displayName": "Charles"},
        },
        "urn:x:y:User": {"a": {"b": 1}, "tags": ["x", "y"]},
        Badges::OPEN: badge(),
    });
    users::create(schemas, &body).expect("it is sound")
}

fn group(schemas: &Schemas) -> Document {
    let body = json!({
        "displayName": "Engineers", "externalId": "g-ext", "custom": {"a": [1]},
        "urn:x:y:Group": {"a": 1}, Badges::OPEN: badge(),
    });
    groups::create(schemas, &body).expect("it is sound").document
}

fn badge() -> Value {
    json!({
        "number": 7, "code": "A", "alias": "Count", "weight": 1.5, "valid": true,
        "issued": "2026-01-31T12:00:00Z", "colours": ["red", "blue"],
        "owner": {"value": "u1", "notes": ["n"]},
        "doors": [{"value": "north", "floor": 1}, {"value": "south", "primary": true}],
    })
}

fn resources(schemas: &Schemas, kind: ResourceKind) -> Vec<Resource> {
    let plain = |name: &str| match kind {
        User => {
            let body = json!({"userName": name, "active": false, "emails": [{"value": name}]});
            users::create(schemas, &body).expect("it is sound")
        }
        Group => {
            let body = json!({"displayName": name});
            groups::create(schemas, &body).expect("it is sound").document
        }
    };
    let full = match kind {
        User => user(schemas),
        Group => group(schemas),
    };
    let mut resources = vec![
        Resource::new(kind, full, "r1", &["a", "b"]),
        Resource::new(kind, plain("a"), "r2", &[]),
        Resource::new(kind, plain("ΑΣ ẞİK"), "A", &["A"]),
    ];
    resources[1].modified_ms = -1;
    resources
}
