//! Jira, Confluence, Bitbucket and Crowd Data Center, a directory of Atlassian Cloud and a Jira Cloud site as far
//! as a provisioning service sees them: real TCP, real HTTP, state that remembers.
//!
//! Written from Atlassian's published REST descriptions (Jira 10.3, Confluence 10.0, Bitbucket 9.5, Cloud user
//! provisioning of 2022, Jira Cloud of spring 2026; Crowd's from its own client's calls) and judged against them by `judge/`. Where those are silent, the
//! choice is marked with a comment. Three things they add to a mock:
//!
//! - **memory**: accounts, groups, directories, licence seats, global permissions;
//! - **manners**: paging, rate limits, XSRF check, CAPTCHA, each product's error bodies;
//! - **faults to order**: lost answers, resets, hangs ([`Fault`]).
//!
//! ```no_run
//! # async fn demo() -> std::io::Result<()> {
//! use tidegate_simulators::{SimProduct, Simulator, SimulatorConfig};
//!
//! let jira = Simulator::start(SimulatorConfig::new(SimProduct::Jira)).await?;
//! println!("Jira listens at {}", jira.base_url());
//! # Ok(()) }
//! ```

#![allow(
    clippy::result_large_err,
    reason = "a handler's answer and its refusal are both a `Response`: `?` reads better than a box"
)]

mod answer;
mod bitbucket;
mod cloud_directory;
mod config;
mod confluence;
mod crowd;
mod faults;
mod gate;
mod jira;
mod jira_cloud;
mod limiter;
mod request;
mod server;
mod state;

pub use config::{CLOUD_DIRECTORY, RateLimit, SimDirectory, SimProduct, SimulatorConfig};
pub use faults::{Fault, FaultKind, Faults};
pub use server::Simulator;
pub use state::{SimAccount, SimState};
