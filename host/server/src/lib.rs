//! Tidegate: Okta provisions into it by SCIM 2.0; it keeps Jira, Confluence and Bitbucket in
//! step, by rules that are a WASM component.
//!
//! `host/ARCHITECTURE.md` tells the way of one change. In this crate: [`mod@server`] starts
//! everything, `scim` is the endpoint, [`change`] the way of a write, [`reconciler`] what
//! makes targets match, [`policies`] the life of rules, [`admin`] and [`cli`] what
//! administrators use, [`access`] who they are.

pub mod access;
pub mod admin;
pub mod apps;
mod backup;
pub mod capabilities;
pub mod change;
pub mod cli;
pub mod clock;
pub mod config;
mod demo;
pub mod doctor;
pub mod files;
mod forms;
mod listener;
mod locks;
pub mod metrics;
mod oauth;
mod operations;
mod pages;
mod pointer;
pub mod policies;
pub mod preview;
pub mod probation;
mod protected;
pub mod reconciler;
pub mod replay;
mod scim;
pub mod server;
pub mod service;
pub mod setup;
pub mod shadow;
mod stop;
pub mod survey;
pub mod telemetry;
mod tls;
pub mod trust;

/// Requests make many small objects on several threads; glibc's allocator makes them wait for
/// each other (a seventh of a worker's time under load).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
