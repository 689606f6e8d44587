//! In which order the operations of a bulk request are carried out.
//!
//! In the order in which they stand, but what refers to a resource waits until that is created.
//! Resources that refer to each other in a circle cannot all wait: one of them, a user where there
//! is one, is created before what it refers to, under ids that are given out beforehand.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{BulkAction, BulkOperation};
use crate::ResourceKind;

/// An operation whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its place in the request.
    pub index: usize,
    /// Names that it refers to and that are not created yet: a circle.
    pub ahead_of: Vec<String>,
}

/// Gives the operations their turns.
#[derive(Debug)]
pub struct Plan {
    waiting: VecDeque<usize>,
    references: Vec<Vec<String>>,
    users: HashSet<usize>,
    /// Names of operations that are not carried out yet.
    open: HashMap<String, usize>,
}

impl Plan {
    /// For the operations of a request.
    #[must_use]
    pub fn new(operations: &[BulkOperation]) -> Self {
        let (mut references, mut users, mut open) = (Vec::new(), HashSet::new(), HashMap::new());
        for (index, operation) in operations.iter().enumerate() {
            let action = operation.action.as_ref().ok();
            references.push(action.map(BulkAction::references).unwrap_or_default());
            if action.is_some_and(|action| action.kind() == ResourceKind::User) {
                users.insert(index);
            }
            if let (Some(BulkAction::Create { .. }), Some(id)) = (action, &operation.bulk_id) {
                open.insert(id.clone(), index);
            }
        }
        // A name that nothing creates is not worth waiting for.
        for names in &mut references {
            names.retain(|name| open.contains_key(name));
        }
        Self {
            waiting: (0..operations.len()).collect(),
            references,
            users,
            open,
        }
    }

    /// The next operation; none: all had their turn. The one before is carried out by now.
    pub fn next_turn(&mut self) -> Option<Turn> {
        let ready = |index: &usize| self.missing(*index).next().is_none();
        let position = self.waiting.iter().position(ready).or_else(|| {
            // A circle. Groups look at who their members are; users take any manager.
            let user = |index: &usize| self.users.contains(index);
            self.waiting.iter().position(user)
        });
        let index = self.waiting.remove(position.unwrap_or(0))?;
        let ahead_of = self.missing(index).map(str::to_owned).collect();
        self.open.retain(|_, open| *open != index);
        Some(Turn { index, ahead_of })
    }

    fn missing(&self, index: usize) -> impl Iterator<Item = &str> {
        self.references
            .get(index)
            .into_iter()
            .flatten()
            .map(String::as_str)
            // Itself: its id is known.
            .filter(move |name| self.open.get(*name).is_some_and(|open| *open != index))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::bulk::BulkRequest;

    fn order(operations: Value) -> Vec<(usize, Vec<String>)> {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations,
        });
        let mut plan = Plan::new(&BulkRequest::read(&body).unwrap().operations);
        std::iter::from_fn(|| plan.next_turn())
            .map(|turn| (turn.index, turn.ahead_of))
            .collect()
    }

    fn post(endpoint: &str, id: &str, refers: &[&str]) -> Value {
        let values: Vec<Value> = refers
            .iter()
            .map(|name| json!({"value": format!("bulkId:{name}")}))
            .collect();
        json!({"method": "POST", "path": endpoint, "bulkId": id, "data": {"x": values}})
    }

    #[test]
    fn what_is_referred_to_comes_first_and_the_rest_keeps_its_order() {
        let none = Vec::new();
        assert_eq!(
            order(json!([
                post("/Groups", "g", &["b", "a"]),
                post("/Users", "a", &[]),
                {"method": "DELETE", "path": "/Users/x"},
                post("/Users", "b", &["a"]),
                {"method": "PATCH", "path": "/Groups/bulkId:g", "data": {"op": "add", "path": "members", "value": []}},
                {"method": "NONSENSE"},
            ])),
            [
                (1, none.clone()),
                (2, none.clone()),
                (3, none.clone()),
                (0, none.clone()),
                (4, none.clone()),
                (5, none)
            ]
        );
    }

    #[test]
    fn a_circle_is_opened_at_a_user() {
        let turns = order(json!([
            post("/Groups", "g", &["a"]),
            post("/Users", "a", &["b"]),
            post("/Users", "b", &["a"]),
            post("/Users", "self", &["self"]),
            post("/Users", "lost", &["nobody"]),
        ]));
        assert_eq!(
            turns,
            [
                (3, Vec::new()),
                (4, Vec::new()),
                (1, vec!["b".to_owned()]),
                (0, Vec::new()),
                (2, Vec::new()),
            ]
        );
    }
}
