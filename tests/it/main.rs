//! Tidegate from end to end: an Okta client on one side, Jira, Confluence and Bitbucket on the
//! other, and everything real in between. One binary, since linking the sandbox takes longer than
//! most of these tests.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else than it looks for ends there"
)]

mod access;
mod addresses;
mod anonymise;
mod backup;
mod bad_input;
mod brake;
#[cfg(feature = "judges")]
mod browser;
mod bulk;
mod cli;
mod doctor;
mod drift;
mod extensions;
mod faults;
mod grants;
mod hot_swap;
mod kill;
mod leavers;
mod limits;
mod listed;
mod lists;
mod moved;
mod oauth;
mod offered;
mod operation;
mod pages;
mod preview;
mod racing;
mod reads;
mod session;
mod tls;
mod traces;
mod tried;
mod why;
mod world;
