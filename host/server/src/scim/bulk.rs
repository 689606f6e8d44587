//! `POST /Bulk` (RFC 7644 section 3.7). Each operation goes the way of a request of its own; one
//! that fails leaves the others alone.

mod operation;

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tidegate_scim::bulk::{self, BulkAction, BulkOperation, BulkRequest, Plan, Turn};
use tidegate_scim::error::ScimError;
use tidegate_scim::present;
use tokio::time::Instant;

use super::body::BulkJson;
use super::call::Call;
use super::reply::{Answer, Reply};
use operation::{Entry, Outcome};

/// Names of the request's own resources.
#[derive(Debug, Default)]
struct Names {
    /// The ids of all that the request creates, given out beforehand.
    ids: HashMap<String, String>,
    /// Those that were not created after all.
    failed: HashSet<String>,
}

/// `POST /Bulk`.
pub(super) async fn bulk(call: Call, BulkJson(body): BulkJson) -> Answer {
    // A tenth of the time is kept for the answer. What is not begun by then is left to a later
    // request, and the client is told so, operation by operation.
    let until = Instant::now() + call.endpoint().request_timeout.mul_f32(0.9);
    let request = BulkRequest::read(&body)?;
    drop(body);
    let entries = run(&call, &request, until).await;
    let answers: Vec<Value> = entries.into_iter().flatten().map(Entry::into_json).collect();
    Ok(Reply::ok(bulk::response(answers)))
}

/// Carries the operations out; the answers are in the order of the request. Those after the last
/// error that the client allows have none.
async fn run(call: &Call, request: &BulkRequest, until: Instant) -> Vec<Option<Entry>> {
    let mut names = Names::of(&request.operations);
    let mut plan = Plan::new(&request.operations);
    let mut entries: Vec<Option<Entry>> = request.operations.iter().map(|_| None).collect();
    let mut ahead: Vec<Turn> = Vec::new();
    let mut errors = 0;
    while let Some(turn) = plan.next_turn() {
        let Some(operation) = request.operations.get(turn.index) else {
            continue;
        };
        let outcome = if Instant::now() < until {
            one(call, operation, turn.index, &names).await
        } else {
            Outcome::Refused(ScimError::too_many_requests(1), located(call, operation, &names))
        };
        if let Outcome::Refused(..) = outcome {
            errors += 1;
            names.fail(operation);
        } else if !turn.ahead_of.is_empty() {
            ahead.push(turn.clone());
        }
        if let Some(slot) = entries.get_mut(turn.index) {
            *slot = Some(Entry::new(operation, outcome));
        }
        if request.fail_on_errors.is_some_and(|most| errors >= most) {
            // What was not begun will not be there either.
            let begun = |index: usize| entries.get(index).is_some_and(Option::is_some);
            names.fail_all(&request.operations, begun);
            break;
        }
    }
    for turn in ahead {
        take_back(call, request, &turn, &names, &mut entries).await;
    }
    entries
}

impl Names {
    fn of(operations: &[BulkOperation]) -> Self {
        let created = operations.iter().filter_map(|operation| match operation.action {
            Ok(BulkAction::Create { .. }) => operation.bulk_id.clone(),
            _ => None,
        });
        Self {
            ids: created
                .map(|name| (name, uuid::Uuid::now_v7().to_string()))
                .collect(),
            failed: HashSet::new(),
        }
    }

    fn fail(&mut self, operation: &BulkOperation) {
        if let (Ok(BulkAction::Create { .. }), Some(name)) = (&operation.action, &operation.bulk_id) {
            self.failed.insert(name.clone());
        }
    }

    fn fail_all(&mut self, operations: &[BulkOperation], begun: impl Fn(usize) -> bool) {
        for (index, operation) in operations.iter().enumerate() {
            if !begun(index) {
                self.fail(operation);
            }
        }
    }

    /// Every reference of an operation must lead somewhere.
    fn check(&self, action: &BulkAction) -> Result<(), ScimError> {
        for name in action.references() {
            if !self.ids.contains_key(&name) {
                return Err(ScimError::invalid_value(format!(
                    "bulkId:{name:?} is referred to, and no operation of this request creates it."
                )));
            }
            if self.failed.contains(&name) {
                return Err(ScimError::new(
                    409,
                    format!("bulkId:{name:?} is referred to, and could not be created."),
                ));
            }
        }
        Ok(())
    }
}

async fn one(call: &Call, operation: &BulkOperation, number: usize, names: &Names) -> Outcome {
    let prepared = operation.action.clone().and_then(|action| {
        names.check(&action)?;
        Ok(action)
    });
    match prepared {
        Ok(action) => operation::carry_out(call, Some(operation), action, number, &names.ids).await,
        Err(error) => Outcome::Refused(error, located(call, operation, names)),
    }
}

/// Where the resource of an operation is that was not tried (RFC 7644 section 3.7.3). A reference that
/// nothing creates leads where its operation said.
fn located(call: &Call, operation: &BulkOperation, names: &Names) -> Option<String> {
    let (kind, id) = operation.target.as_ref()?;
    let referred = id.strip_prefix(bulk::REFERENCE);
    let id = referred.and_then(|name| names.ids.get(name)).unwrap_or(id);
    Some(present::location(&call.base_url(), *kind, id))
}

/// A resource was created before what it refers to, and that failed: it must not go on referring to
/// nothing. The client hears of it as a conflict (RFC 7644 section 3.7.1), with the location.
async fn take_back(
    call: &Call,
    request: &BulkRequest,
    turn: &Turn,
    names: &Names,
    entries: &mut [Option<Entry>],
) {
    let lost: Vec<&String> = turn
        .ahead_of
        .iter()
        .filter(|name| names.failed.contains(*name))
        .collect();
    let operation = request.operations.get(turn.index);
    let entry = entries.get_mut(turn.index).and_then(Option::as_mut);
    let (
        Some(BulkOperation {
            action: Ok(BulkAction::Create { kind, data }),
            bulk_id,
            ..
        }),
        Some(entry),
    ) = (operation, entry)
    else {
        return;
    };
    let Some(id) = bulk_id.as_ref().and_then(|name| names.ids.get(name)) else {
        return;
    };
    if lost.is_empty() {
        return;
    }
    let gone = |name: &str| names.failed.contains(name);
    let action = BulkAction::Replace {
        kind: *kind,
        id: id.clone(),
        data: bulk::without(data, &gone).unwrap_or_default(),
    };
    let replaced = operation::carry_out(call, None, action, turn.index, &names.ids).await;
    let detail = match replaced {
        Outcome::Done(_) => {
            format!("It was created without what it refers to: {lost:?} could not be created.")
        }
        Outcome::Refused(error, _) => format!(
            "It was created and refers to {lost:?}, which could not be created; taking the reference back failed: {}",
            error.detail
        ),
    };
    entry.conflict(ScimError::new(409, detail));
}
