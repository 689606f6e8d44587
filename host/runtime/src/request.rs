//! What a policy is asked.

use tidegate_scim::view::{GroupView, MemberView, UserView};

/// Why the policy is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The identity provider has just sent this change.
    Event,
    /// The host restates what it holds.
    Reconcile,
}

/// A target as a policy sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetView {
    /// The operator's name for it.
    pub name: String,
    /// The product.
    pub product: tidegate_directory::target::Product,
    /// The user directory chosen, where there is a choice.
    pub directory: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A user came, changed or went.
    User {
        /// Absent on create and on reconcile.
        before: Option<Box<UserView>>,
        /// Absent on delete.
        after: Option<Box<UserView>>,
        /// Names of the SCIM groups that contain the user.
        groups: Vec<String>,
    },
    /// A group came, changed or went.
    Group {
        /// Absent on create and on reconcile.
        before: Option<GroupView>,
        /// Absent on delete.
        after: Option<GroupView>,
    },
    /// Members came or went.
    Membership {
        /// The group.
        group: GroupView,
        /// Who came.
        added: Vec<MemberView>,
        /// Who went.
        removed: Vec<MemberView>,
    },
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Correlation id; also seeds the guest's randomness.
    pub id: String,
    /// The app's name.
    pub app: String,
    /// Why.
    pub occasion: Occasion,
    /// Milliseconds since the epoch: the only clock the guest has.
    pub now_ms: u64,
    /// The app's targets.
    pub targets: Vec<TargetView>,
    /// The change.
    pub change: Change,
}
