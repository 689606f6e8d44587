//! What an author implements.

use crate::types::{Description, Plan, Problem, Rejection, Request};

/// A policy: rules with their settings.
///
/// The host calls `configure` once per version and settings, takes a snapshot, and runs
/// every `decide` in a fresh copy of it. So `&self` says it all: nothing that a decision
/// changes in memory reaches the next one.
pub trait Policy: Sized + 'static {
    /// Who this policy is and what its settings look like (JSON Schema 2020-12).
    /// Must not call imports.
    fn describe() -> Description;

    /// Reads the settings (a JSON document) and prepares everything that costs time.
    /// Must not call imports.
    ///
    /// Compile regular expressions here *and use each once*: what they build lazily is
    /// then part of the snapshot.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the settings, each with its JSON pointer.
    fn configure(settings: &str) -> Result<Self, Vec<Problem>>;

    /// Decides what one change means for the targets. Same request, same plan.
    ///
    /// # Errors
    ///
    /// A rejection is a decision, not a fault: it becomes a SCIM error response, and
    /// nothing is stored. A panic is a fault: the write is refused and operators are told.
    fn decide(&self, request: &Request) -> Result<Plan, Rejection>;
}
