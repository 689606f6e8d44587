//! `tidegate demo`.
use clap::Args;
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End when the story is told.
    #[arg(long)]
    once: bool,
}
impl Demo {
    pub(crate) async fn run(self, _log: Option<&str>) -> anyhow::Result<()> {
        anyhow::bail!("{}", self.once)
    }
}
