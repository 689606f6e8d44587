//! Calls to the host; what came back becomes the step's reason.

use tidegate_sdk::Request;
use tidegate_sdk::imports::{actions, http, lookup, storage};
use tidegate_sdk::types::Operation;

/// One GET.
pub(crate) fn fetch(url: &str, credential: Option<&str>) -> String {
    let request = http::Request {
        method: "GET".into(),
        url: url.into(),
        headers: Vec::new(),
        body: None,
        credential: credential.map(Into::into),
    };
    match http::send(&request) {
        Ok(response) => format!("{} {}", response.status, String::from_utf8_lossy(&response.body)),
        Err(error) => format!("{error:?}"),
    }
}

/// Adds one to a stored counter.
pub(crate) fn count(namespace: &str) -> String {
    let (value, revision) = match storage::get(namespace, "counter") {
        Ok(Some(entry)) => {
            let value = String::from_utf8_lossy(&entry.value).parse::<u64>().unwrap_or(0);
            (value, entry.revision)
        }
        Ok(None) => (0, 0),
        Err(error) => return format!("{error:?}"),
    };
    let next = (value + 1).to_string();
    match storage::put(namespace, "counter", next.as_bytes(), Some(revision)) {
        Ok(_) => next,
        Err(error) => format!("{error:?}"),
    }
}

/// Reads an entry until it is told to stop, and says what it was told.
pub(crate) fn flood(namespace: &str) -> String {
    loop {
        if let Err(error) = storage::get(namespace, "nothing") {
            return format!("{error:?}");
        }
    }
}

/// Looks one account up in the first target.
pub(crate) fn look_up(request: &Request, username: &str) -> String {
    let target = first_target(request);
    match lookup::find_account(&target, username) {
        Ok(Some(account)) => format!("found {}", account.username),
        Ok(None) => "absent".into(),
        Err(error) => format!("{error:?}"),
    }
}

/// Writes to the first target, outside the queue.
pub(crate) fn act(request: &Request, operation: Operation) -> String {
    match actions::apply(&first_target(request), &operation) {
        Ok(outcome) => format!("changed: {}", outcome.changed),
        Err(error) => format!("{error:?}"),
    }
}

fn first_target(request: &Request) -> String {
    request
        .targets
        .first()
        .map(|target| target.name.clone())
        .unwrap_or_default()
}
