//! `tidegate policy watch`: for development.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;
use http::Method;

use super::policies::Parts;
use super::segment;
use crate::admin::answers::{DeployPolicy, PolicyVersion};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

/// Between two looks. A file that changed is read at the look after the one that saw it change: its
/// writer is done by then.
const PAUSE: Duration = Duration::from_millis(300);

/// What to watch.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    parts: Parts,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
}

/// When each file was last written, and its size.
type Look = Vec<Option<(SystemTime, u64)>>;

impl Watch {
    /// Until it is stopped.
    pub(super) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        anyhow::ensure!(
            !matches!(administration, Administration::Here(_)),
            "rules are swapped in a running server, and none runs"
        );
        let files = self.parts.files();
        anyhow::ensure!(
            !files.is_empty(),
            "name a component, --settings or --grants to watch"
        );
        let (mut seen, mut live) = (Look::new(), Look::new());
        loop {
            let now = look(&files);
            if now == seen && now != live {
                live = now;
                match self.swap(administration).await {
                    Ok(version) => println!(
                        "version {} ({} {}) is live",
                        version.number, version.name, version.version
                    ),
                    // The author mends it, and what serves goes on.
                    Err(error) => println!("not live: {error:#}"),
                }
            } else {
                seen = now;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn swap(&self, administration: &Administration) -> anyhow::Result<PolicyVersion> {
        let path = format!("/apps/{}/policies", segment(&self.app));
        let wanted = DeployPolicy {
            reuse: true,
            activate: true,
            ..self.parts.body().await?
        };
        administration.call(Method::POST, &path, &wanted).await
    }
}

fn look(files: &[PathBuf]) -> Look {
    let one = |file: &PathBuf| {
        let metadata = Path::metadata(file).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    files.iter().map(one).collect()
}
