//! The same about who administers.

use std::fmt;

use serde::{Deserialize, Serialize};
use tidegate_store::access::Role;

/// The first administrator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SetUp {
    /// What stands behind the `#` of the set-up link.
    #[schema(max_length = 128)]
    pub token: String,
    /// The name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// The password: 12 to 256 characters.
    #[schema(min_length = 12, max_length = 256)]
    pub password: String,
}

/// Signing in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SignIn {
    /// The name.
    #[schema(max_length = 256)]
    pub name: String,
    /// The password.
    #[schema(max_length = 1_024)]
    pub password: String,
}

/// Another password for whoever calls.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChangePassword {
    /// The one so far.
    #[schema(max_length = 1_024)]
    pub password: String,
    /// The new one: 12 to 256 characters.
    #[schema(min_length = 12, max_length = 256)]
    pub new_password: String,
}

/// Who calls.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SessionAnswer {
    /// The administrator's or the token's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The only app that the token may be used for.
    pub app: Option<String>,
    /// What every request that changes something sends along as `X-CSRF-Token`; absent: tokens need none.
    pub csrf_token: Option<String>,
    /// When the session ends at the latest, milliseconds since 1970.
    pub expires_ms: Option<i64>,
}

/// Another administrator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreateAdministrator {
    /// The name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// The password: 12 to 256 characters.
    #[schema(min_length = 12, max_length = 256)]
    pub password: String,
    /// What they may do.
    pub role: Role,
}

/// What is to be changed of an administrator; what is left out stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct PatchAdministrator {
    /// Another password; they are signed out everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 12, max_length = 256)]
    pub password: Option<String>,
    /// Another role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether they may sign in no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// An administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AdministratorSummary {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in no longer.
    pub disabled: bool,
    /// Since when, milliseconds since 1970.
    pub created_ms: i64,
    /// Where they sign in, if not here with a password: the issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// A new API token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreateToken {
    /// Its name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The only app that it may be used for; absent: all of them.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub app: Option<String>,
    /// Days that it works; absent: 90.
    #[serde(default = "days")]
    #[schema(minimum = 1, maximum = 366)]
    pub days: u32,
}

/// Long enough to forget it, short enough to be renewed by somebody who still knows how.
fn days() -> u32 {
    90
}

/// An API token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TokenSummary {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The only app that it may be used for; absent: all of them.
    pub app: Option<String>,
    /// Since when, milliseconds since 1970.
    pub created_ms: i64,
    /// Until when, milliseconds since 1970.
    pub expires_ms: i64,
}

/// A token that was made. The secret is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct MadeToken {
    /// The secret: `Authorization: Bearer tga_…`.
    pub token: String,
    /// The rest.
    #[serde(flatten)]
    pub summary: TokenSummary,
}

/// What is told of those with secrets: whom they are about.
macro_rules! without_secrets {
    ($($answer:ident: $name:expr;)*) => {$(
        impl fmt::Debug for $answer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let name: fn(&Self) -> Option<&str> = $name;
                f.debug_struct(stringify!($answer)).field("name", &name(self)).finish_non_exhaustive()
            }
        }
    )*};
}

without_secrets! {
    SetUp: |it| Some(&it.name);
    // What is typed as a name may be the password.
    SignIn: |_| None;
    ChangePassword: |_| None;
    SessionAnswer: |it| Some(&it.name);
    CreateAdministrator: |it| Some(&it.name);
    PatchAdministrator: |_| None;
    MadeToken: |it| Some(&it.summary.name);
}
