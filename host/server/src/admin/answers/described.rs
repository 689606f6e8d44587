//! Types that stand in the description only: elements of lists, which have bounds of their own.

#![expect(dead_code, reason = "the description is made of them, and nothing else is")]

use utoipa::ToSchema;

/// A name within a list: of a user, a group or an account.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 255)]
pub(crate) struct Label(String);

/// Scheme, host and port.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 2_048)]
pub(crate) struct Address(String);
