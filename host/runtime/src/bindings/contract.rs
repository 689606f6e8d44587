//! A component of whichever version of the contract, asked in the host's own types.

use tidegate_directory::plan::Plan;
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use super::{v0_1, v0_2};
use crate::failure::Rejection;
use crate::request::Request;
use crate::state::HostState;
use crate::version::Description;

/// What a policy may export, the current one first.
const PROVISIONERS: [&str; 2] = [v0_2::PROVISIONER, v0_1::PROVISIONER];

/// The versions of the contract that are served, the current one first.
pub(crate) fn supported() -> impl Iterator<Item = &'static str> {
    PROVISIONERS
        .iter()
        .filter_map(|name| name.rsplit_once('@').map(|(_, version)| version))
}

/// A linked component, ready to be instantiated.
#[derive(Clone)]
pub(crate) enum PolicyPre {
    V0_2(v0_2::PolicyPre<HostState>),
    V0_1(v0_1::PolicyPre<HostState>),
}

/// An instance.
pub(crate) enum Policy {
    V0_2(v0_2::Policy),
    V0_1(v0_1::Policy),
}

/// The same expression about either.
macro_rules! either {
    ($of:expr, $inner:ident => $then:expr) => {
        match $of {
            Self::V0_2($inner) => $then,
            Self::V0_1($inner) => $then,
        }
    };
    ($of:expr, $version:ident, $inner:ident => $then:expr) => {
        match $of {
            Self::V0_2($inner) => {
                use super::v0_2 as $version;
                $then
            }
            Self::V0_1($inner) => {
                use super::v0_1 as $version;
                $then
            }
        }
    };
}

impl PolicyPre {
    /// Finds the exports. The version is the one that is exported; a component with neither is measured
    /// against the current one.
    pub(crate) fn new(pre: InstancePre<HostState>) -> wasmtime::Result<Self> {
        let component = pre.component();
        if component.get_export(None, v0_1::PROVISIONER).is_some() {
            return Ok(Self::V0_1(v0_1::PolicyPre::new(pre)?));
        }
        Ok(Self::V0_2(v0_2::PolicyPre::new(pre)?))
    }

    pub(crate) async fn instantiate_async(&self, store: &mut Store<HostState>) -> wasmtime::Result<Policy> {
        Ok(match self {
            Self::V0_2(pre) => Policy::V0_2(pre.instantiate_async(store).await?),
            Self::V0_1(pre) => Policy::V0_1(pre.instantiate_async(store).await?),
        })
    }

    /// The exports of an instance that was made by hand.
    pub(crate) fn load(&self, store: &mut Store<HostState>, instance: &Instance) -> wasmtime::Result<Policy> {
        Ok(match self {
            Self::V0_2(_) => Policy::V0_2(v0_2::Policy::new(store, instance)?),
            Self::V0_1(_) => Policy::V0_1(v0_1::Policy::new(store, instance)?),
        })
    }
}

impl Policy {
    pub(crate) async fn describe(&self, store: &mut Store<HostState>) -> wasmtime::Result<Description> {
        either!(self, policy => {
            let described = policy.tidegate_policy_provisioner().call_describe(store).await?;
            Ok(Description {
                name: described.name,
                version: described.version,
                summary: described.summary,
                settings_schema: described.settings_schema,
            })
        })
    }

    /// Problems are a JSON pointer and a message each.
    pub(crate) async fn configure(
        &self,
        store: &mut Store<HostState>,
        settings: &str,
    ) -> wasmtime::Result<Result<(), Vec<(String, String)>>> {
        either!(self, policy => {
            let configured = policy.tidegate_policy_provisioner().call_configure(store, settings).await?;
            Ok(configured.map_err(|problems| {
                problems.into_iter().map(|problem| (problem.path, problem.message)).collect()
            }))
        })
    }

    pub(crate) async fn decide(
        &self,
        store: &mut Store<HostState>,
        request: &Request,
    ) -> wasmtime::Result<Result<Plan, Rejection>> {
        either!(self, version, policy => {
            let question = version::request(request);
            let decided = policy.tidegate_policy_provisioner().call_decide(store, &question).await?;
            Ok(decided.map(version::plan).map_err(version::rejection))
        })
    }
}
