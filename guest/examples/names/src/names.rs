//! Who has which name.

use tidegate_sdk::Rejection;
use tidegate_sdk::imports::storage::{self, Error};
use tidegate_sdk::types::User;

/// The namespace that the policy is to be granted.
const NAMESPACE: &str = "names";

/// Numbers that are tried.
const MOST: u32 = 1_000;

/// The user's name, taken now if there is none yet.
pub(crate) fn of(user: &User, longest: usize) -> Result<String, Rejection> {
    let mine = format!("user/{}", user.id);
    if let Some(entry) = storage::get(NAMESPACE, &mine).map_err(unanswered)? {
        return Ok(String::from_utf8_lossy(&entry.value).into_owned());
    }
    let plain = plain(user, longest)?;
    for number in 1..=MOST {
        let name = match number {
            1 => plain.clone(),
            number => format!("{plain}{number}"),
        };
        let theirs = format!("name/{name}");
        match storage::put(NAMESPACE, &theirs, user.id.as_bytes(), Some(0)) {
            Ok(_) => {}
            // Somebody's; perhaps this user's own, from a try that ended half-way.
            Err(Error::Conflict) if holder(&theirs)? != user.id => continue,
            Err(Error::Conflict) => {}
            Err(error) => return Err(unanswered(error)),
        }
        storage::put(NAMESPACE, &mine, name.as_bytes(), None).map_err(unanswered)?;
        return Ok(name);
    }
    Err(Rejection::Uniqueness(format!(
        "{MOST} people are called {plain} already"
    )))
}

fn holder(key: &str) -> Result<String, Rejection> {
    let entry = storage::get(NAMESPACE, key).map_err(unanswered)?;
    let id = entry.map(|entry| String::from_utf8_lossy(&entry.value).into_owned());
    Ok(id.unwrap_or_default())
}

/// First letter of the given name, and the family name.
fn plain(user: &User, longest: usize) -> Result<String, Rejection> {
    let letters = |text: &Option<String>| -> String {
        let lower = text.as_deref().unwrap_or_default().to_lowercase();
        lower.chars().filter(char::is_ascii_alphanumeric).collect()
    };
    let (given, family) = (letters(&user.name.given), letters(&user.name.family));
    let name: String = given
        .chars()
        .take(1)
        .chain(family.chars())
        .take(longest)
        .collect();
    if name.is_empty() {
        return Err(Rejection::InvalidValue(
            "a username needs a given or a family name".into(),
        ));
    }
    Ok(name)
}

/// Okta tries again.
fn unanswered(error: Error) -> Rejection {
    tidegate_sdk::log::warn("storage did not answer", &[("error", &format!("{error:?}"))]);
    Rejection::RetryLater(60)
}
