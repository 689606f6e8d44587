//! Reads from targets.

#[cfg(target_arch = "wasm32")]
use crate::bindings::generated::tidegate::directory::lookup as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::fakes::lookup as host;

pub use crate::bindings::generated::tidegate::directory::lookup::{Account, Error, Page};

/// The account of that username.
///
/// # Errors
/// Not granted, or the target does not answer.
pub fn find_account(target: &str, username: &str) -> Result<Option<Account>, Error> {
    host::find_account(target, username)
}

/// The account of that e-mail address.
///
/// # Errors
/// Not granted, or the target does not answer.
pub fn find_account_by_email(target: &str, email: &str) -> Result<Option<Account>, Error> {
    host::find_account_by_email(target, email)
}

/// The groups that an account is in.
///
/// # Errors
/// Not granted, no such account, or the target does not answer.
pub fn account_groups(target: &str, username: &str) -> Result<Vec<String>, Error> {
    host::account_groups(target, username)
}

/// Whether there is such a group.
///
/// # Errors
/// Not granted, or the target does not answer.
pub fn group_exists(target: &str, name: &str) -> Result<bool, Error> {
    host::group_exists(target, name)
}

/// Usernames in a group, a page at a time.
///
/// # Errors
/// Not granted, no such group, or the target does not answer.
pub fn group_members(target: &str, name: &str, cursor: Option<&str>) -> Result<Page, Error> {
    host::group_members(target, name, cursor)
}
