//! The generated bindings, and the conversions that keep them from leaving this module.
//!
//! Every version of the contract that was ever released is served: [`v0_2`] is the current one (`wit/`),
//! [`v0_1`] a frozen one (`wit/0.1/`). Their types differ and have the same names but for what changed, so
//! conversions and imports are one text, compiled once in each; what changed is in the version's own module.
//! Packages that did not change between versions (`tidegate:scim`, `tidegate:host`) are generated once.

mod contract;
mod v0_1;
mod v0_2;

use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::state::HostState;

pub(crate) use contract::{Policy, PolicyPre, supported};
pub(crate) use v0_2::{host, scim};

/// Everything that any world of ours may import, and WASI 0.2 with an empty context:
/// toolchains emit WASI imports that no rule needs.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<HostState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    v0_2::Policy::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
    // What is the same in both is there already.
    v0_1::directory::lookup::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
    v0_1::directory::actions::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
    Ok(linker)
}
