//! What the targets share: schemas, resources, and the promises that hold for every document.
//!
//! A promise that is broken panics, with the documents in the message.

mod promises;
mod world;

pub use promises::{assert_echo, assert_group, assert_user};
pub use world::{Badges, Resource, WORLDS, World};

use serde_json::{Value, json};

/// A PATCH body with these operations.
pub fn patch_body(operations: Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}
