//! Everything that Okta sends.

mod apps;
mod conflicts;
mod demo;
mod groups;
mod linking;
mod users;
