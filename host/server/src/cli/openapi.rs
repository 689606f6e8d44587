//! `tidegate openapi`: the description of the administrators' API, as the running server serves it.

use std::io::Write;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Openapi;

impl Openapi {
    pub(crate) fn run() -> anyhow::Result<()> {
        let mut text = serde_json::to_vec_pretty(&crate::admin::described::document())?;
        text.push(b'\n');
        std::io::stdout().write_all(&text)?;
        Ok(())
    }
}
