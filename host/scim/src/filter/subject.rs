//! What conditions look at.

use serde_json::{Map, Value};

use crate::document::{Document, get};
use crate::present::{self, Meta};
use crate::schema::ResourceType;

/// A resource as a condition sees it.
pub trait Subject: Related {
    /// The value of a top-level attribute of the document.
    fn stored(&self, name: &str) -> Option<&Value>;

    /// `id`, `meta` or `schemas`: what the server adds.
    fn added(&self, name: &str) -> Option<Value>;
}

/// `groups` of a user and `members` of a group, which may be a hundred thousand: looked up only
/// where a condition needs them.
pub trait Related {
    /// What a look-up fails with.
    type Error;

    /// Whether there is any.
    ///
    /// # Errors
    /// The look-up failed.
    fn has_related(&self) -> Result<bool, Self::Error>;

    /// Whether there is the one of this id.
    ///
    /// # Errors
    /// The look-up failed.
    fn is_related(&self, id: &str) -> Result<bool, Self::Error>;

    /// Whether `test` holds for the whole entry of any.
    ///
    /// # Errors
    /// The look-up failed.
    fn any_related(&self, test: &mut dyn FnMut(&Value) -> bool) -> Result<bool, Self::Error>;
}

/// A stored resource.
#[derive(Debug)]
pub struct Candidate<'a, R> {
    /// Its type.
    pub resource_type: &'a ResourceType,
    /// Its attributes.
    pub document: &'a Document,
    /// What the server knows besides.
    pub meta: Meta<'a>,
    /// Its members or groups.
    pub related: R,
}

impl<R: Related> Subject for Candidate<'_, R> {
    fn stored(&self, name: &str) -> Option<&Value> {
        self.document.get(name)
    }

    fn added(&self, name: &str) -> Option<Value> {
        match name {
            "id" => Some(self.meta.id.into()),
            "meta" => Some(present::meta(self.resource_type.kind(), &self.meta)),
            "schemas" => Some(present::schemas(self.resource_type, self.document)),
            _ => None,
        }
    }
}

impl<R: Related> Related for Candidate<'_, R> {
    type Error = R::Error;

    fn has_related(&self) -> Result<bool, R::Error> {
        self.related.has_related()
    }

    fn is_related(&self, id: &str) -> Result<bool, R::Error> {
        self.related.is_related(id)
    }

    fn any_related(&self, test: &mut dyn FnMut(&Value) -> bool) -> Result<bool, R::Error> {
        self.related.any_related(test)
    }
}

/// A whole resource as a client reads it.
impl Subject for Map<String, Value> {
    fn stored(&self, name: &str) -> Option<&Value> {
        get(self, name)
    }

    fn added(&self, name: &str) -> Option<Value> {
        get(self, name).cloned()
    }
}

impl Related for Map<String, Value> {
    type Error = std::convert::Infallible;

    fn has_related(&self) -> Result<bool, Self::Error> {
        Ok(!related(self).is_empty())
    }

    fn is_related(&self, id: &str) -> Result<bool, Self::Error> {
        let named = |entry: &Value| entry.get("value").and_then(Value::as_str) == Some(id);
        Ok(related(self).iter().any(named))
    }

    fn any_related(&self, test: &mut dyn FnMut(&Value) -> bool) -> Result<bool, Self::Error> {
        Ok(related(self).iter().any(test))
    }
}

fn related(resource: &Map<String, Value>) -> &[Value] {
    ["members", "groups"]
        .iter()
        .find_map(|name| get(resource, name).and_then(Value::as_array))
        .map(Vec::as_slice)
        .unwrap_or_default()
}
