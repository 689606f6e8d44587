//! A client of Crowd that is not ours drives the simulator that our connector is tested with:
//! `crowd` of `PyPI`, which waits for exact statuses. See `tests/crowd-client/tour.py`.
#![cfg(feature = "judges")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::path::Path;

use tidegate_simulators::{SimProduct, Simulator, SimulatorConfig};
use tokio::process::Command;

const HELP: &str = "make a venv, install tests/crowd-client/requirements.txt into it, and set \
     TIDEGATE_PYTHON=…/bin/python (tests/run does)";

/// What it checked when this was written. Fewer means that it could not look.
const CHECKS: usize = 47;

#[tokio::test]
async fn a_client_of_others_finds_a_crowd() {
    let python =
        std::env::var_os("TIDEGATE_PYTHON").unwrap_or_else(|| panic!("TIDEGATE_PYTHON is not set: {HELP}"));
    let tour = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/crowd-client/tour.py");
    for config in [
        SimulatorConfig::new(SimProduct::Crowd),
        SimulatorConfig::new(SimProduct::Crowd).jira_user_server(),
    ] {
        let simulator = Simulator::start(config.admin("tidegate", "s3cret"))
            .await
            .unwrap();
        let toured = Command::new(&python)
            .arg(&tour)
            .args([simulator.base_url(), "tidegate", "s3cret"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .kill_on_drop(true)
            .output()
            .await
            .unwrap_or_else(|error| panic!("{} does not start ({error}): {HELP}", python.display()));
        let said = String::from_utf8_lossy(&toured.stdout);
        let complaint = String::from_utf8_lossy(&toured.stderr);
        assert!(
            !complaint.contains("ModuleNotFoundError"),
            "the client is missing: {HELP}\n{complaint}"
        );
        assert!(toured.status.success(), "{complaint}");
        let checks: usize = said.split(' ').next().unwrap().parse().unwrap();
        assert!(checks >= CHECKS, "{checks} checks only");
        // Every check that calls made at least one of these.
        let served = simulator.state().requests_served();
        assert!(served >= CHECKS as u64, "{served} calls only");
    }
}
