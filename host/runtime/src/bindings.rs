//! The generated bindings, and the conversions that keep them from leaving this module.

mod answer;
mod question;

use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::state::HostState;

pub(crate) use answer::{directory_error, operation, plan, rejection};
pub(crate) use question::request;

mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "tidegate:policy/policy",
        imports: { default: async | trappable },
        exports: { default: async },
        require_store_data_send: true,
    });
}

pub(crate) use generated::tidegate::{directory, host, policy, scim};
pub(crate) use generated::{Policy, PolicyPre};

/// Everything that any world of ours may import, and WASI 0.2 with an empty context:
/// toolchains emit WASI imports that no rule needs.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<HostState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    Policy::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
    Ok(linker)
}
