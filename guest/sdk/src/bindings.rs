//! What wit-bindgen makes of `wit/`, and the names under which authors see it.

#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    clippy::all,
    clippy::doc_markdown,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::allow_attributes_without_reason,
    reason = "generated from wit/; the canonical ABI needs unsafe"
)]
#[doc(hidden)]
pub mod generated {
    // One world serves both kinds of policy: the linker leaves out imports nobody calls.
    // The serde names are those of the shared decision vectors and of the host's own types.
    wit_bindgen::generate!({
        path: "../../wit",
        world: "tidegate:policy/policy",
        generate_all,
        pub_export_macro: true,
        export_macro_name: "__export_component",
        default_bindings_module: "tidegate_sdk::__generated",
        additional_derives: [PartialEq],
        additional_type_attributes: {
            "tidegate:scim/types@0.1.0/labelled-value": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:scim/types@0.1.0/name": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:scim/types@0.1.0/user": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:scim/types@0.1.0/group": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:scim/types@0.1.0/member": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:policy/types@0.2.0/user-change": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:policy/types@0.2.0/group-change": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:policy/types@0.2.0/membership-change": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:policy/types@0.2.0/plan": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:directory/types@0.2.0/outcome": [#[derive(Default, serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case", default)]],
            "tidegate:policy/types@0.2.0/occasion": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:policy/types@0.2.0/change": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:policy/types@0.2.0/request": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:policy/types@0.2.0/step": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:policy/types@0.2.0/rejection": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:policy/types@0.2.0/problem": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:policy/types@0.2.0/description": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/product": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/target": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/account-ref": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/group-ref": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/on-missing": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/on-existing": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/link-by": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/account-spec": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/group-spec": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/membership": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/suspension": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/custom-operation": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/operation": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
            "tidegate:directory/types@0.2.0/error": [#[derive(serde::Serialize, serde::Deserialize)] #[serde(rename_all = "kebab-case")]],
        },
    });
}

/// Every type of the contract, under one roof.
pub mod types {
    pub use super::generated::tidegate::directory::types::{
        AccountRef, AccountSpec, CustomOperation, Error as DirectoryError, GroupRef, GroupSpec, LinkBy,
        Membership, OnExisting, OnMissing, Operation, Outcome, Product, Suspension, Target,
    };
    pub use super::generated::tidegate::policy::types::{
        Change, Description, GroupChange, MembershipChange, Occasion, Plan, Problem, Rejection, Request,
        Step, UserChange,
    };
    pub use super::generated::tidegate::scim::types::{Group, LabelledValue, Member, Name, User};
}
