//! What an administrator wants done about drift.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// When targets are read, and what is done about what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct DriftRule {
    /// Minutes from the end of one reading to the next. None: only when somebody asks.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4294967295_u32)]
    pub every_minutes: Option<NonZeroU32>,
    /// What is mended after a reading that came by itself; the rest is reported.
    pub mend: MendRule,
    /// Members of managed groups whose accounts are not managed are taken out.
    pub remove_unmanaged: bool,
    /// What any reading discovers, and nobody has, is shown to the identity provider's import. Otherwise it sees
    /// what is managed, and what an administrator offered.
    pub offer_discovered: bool,
}

/// What is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct MendRule {
    /// Accounts that are gone, differ, or are usable where they shall not be, or the other way round.
    pub accounts: bool,
    /// Groups that are gone.
    pub groups: bool,
    /// Members who were taken out.
    pub memberships: bool,
    /// Members whom nobody wants in a managed group, and whose accounts are managed.
    pub extra: bool,
}

impl MendRule {
    /// Everything.
    pub const ALL: Self = Self {
        accounts: true,
        groups: true,
        memberships: true,
        extra: true,
    };

    /// Whether anything is mended.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}
