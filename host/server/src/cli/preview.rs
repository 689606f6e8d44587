//! `tidegate policy preview`.

use clap::Args;
use http::Method;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use tidegate_store::difference::{AffectedGroup, Difference};

use super::policies::Parts;
use super::{segment, table};
use crate::admin::answers::{DeployPolicy, PolicyVersion, PreviewLine};
use crate::admin::socket::Administration;
use crate::preview::{self, TargetPreview};
use crate::setup::FIRST_APP;

/// What to try.
#[derive(Debug, Args)]
pub(crate) struct Preview {
    #[command(flatten)]
    parts: Parts,
    /// A version that is deployed already, instead of a component.
    #[arg(long, conflicts_with_all = ["component", "settings", "grants"])]
    number: Option<i64>,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Preview {
    pub(super) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        let policies = format!("/apps/{}/policies", segment(&self.app));
        let number = match self.number {
            Some(number) => number,
            None => {
                let wanted = DeployPolicy {
                    reuse: true,
                    ..self.parts.body().await?
                };
                let version: PolicyVersion = administration.call(Method::POST, &policies, &wanted).await?;
                version.number
            }
        };
        let bar = ProgressBar::no_length();
        bar.set_style(ProgressStyle::with_template(
            "{wide_bar} {pos} of {len} decided, {eta} left",
        )?);
        let mut made = None;
        let path = format!("{policies}/{number}/preview");
        administration
            .lines(Method::POST, &path, &Value::Null, |line| {
                match line {
                    PreviewLine::Progress(at) => {
                        bar.set_length(at.of);
                        bar.set_position(at.done);
                    }
                    PreviewLine::Preview(preview) => made = Some(preview),
                    PreviewLine::Error(message) => anyhow::bail!("{message}"),
                }
                Ok(())
            })
            .await?;
        bar.finish_and_clear();
        let made = made.ok_or_else(|| anyhow::anyhow!("the server ended before the preview was made"))?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&made)?);
        } else {
            print!("{}", text(&made));
        }
        Ok(())
    }
}

/// For people.
fn text(preview: &preview::Preview) -> String {
    let candidate = &preview.version;
    let base = preview
        .base
        .map_or_else(|| "nothing".into(), |number| format!("version {number}"));
    let mut text = format!(
        "version {} ({} {}) instead of {base}, decided for {} users and {} groups\n\n",
        candidate.number, candidate.name, candidate.release, preview.users, preview.groups
    );
    text += &counts(&preview.targets);
    for target in &preview.targets {
        text += &most_affected(&target.target, &target.changes);
        text += &examples(&target.target, &target.changes);
    }
    for refused in &preview.refused {
        text += &format!("\n{}: {} would stay as they are\n", refused.kind, refused.count);
        for example in &refused.examples {
            text += &format!("  {example}\n");
        }
    }
    if preview.is_empty() {
        text += "\nnothing would change\n";
    }
    text + &format!(
        "\nto make this live: tidegate policy activate {} --app {:?} --preview {}\n",
        candidate.number, preview.app, preview.digest
    )
}

type Count = fn(&Difference) -> u64;

/// Every kind of change.
const KINDS: [(&str, Count); 13] = [
    ("accounts created", |changes| changes.accounts.created),
    ("accounts renamed", |changes| changes.accounts.renamed),
    ("accounts with other attributes", |changes| {
        changes.accounts.changed
    }),
    ("accounts suspended", |changes| changes.accounts.suspended),
    ("accounts restored", |changes| changes.accounts.restored),
    ("accounts removed", |changes| changes.accounts.removed),
    ("accounts no longer looked after", |changes| {
        changes.accounts.released
    }),
    ("groups created", |changes| changes.groups.created),
    ("groups removed", |changes| changes.groups.removed),
    ("groups no longer looked after", |changes| changes.groups.released),
    ("memberships added", |changes| changes.memberships.added),
    ("memberships removed", |changes| changes.memberships.removed),
    ("users who lose access", |changes| changes.losing_access),
];

/// Every kind of change with how often it would be made.
pub(crate) fn counted(changes: &Difference) -> Vec<(&'static str, u64)> {
    KINDS
        .iter()
        .map(|(kind, count)| (*kind, count(changes)))
        .collect()
}

/// A column per target: more kinds of change than targets.
fn counts(targets: &[TargetPreview]) -> String {
    let mut heading = vec!["would be"];
    heading.extend(targets.iter().map(|target| target.target.as_str()));
    let rows: Vec<Vec<String>> = KINDS
        .iter()
        .map(|(kind, count)| {
            let counts = targets.iter().map(|target| count(&target.changes).to_string());
            std::iter::once((*kind).to_owned()).chain(counts).collect()
        })
        .collect();
    table::render(&heading, &rows)
}

fn most_affected(target: &str, changes: &Difference) -> String {
    if changes.most_affected.is_empty() {
        return String::new();
    }
    let heading = format!("most affected groups in {target}");
    let row = |group: &AffectedGroup| {
        vec![
            group.group.clone(),
            format!("+{}", group.added),
            format!("-{}", group.removed),
        ]
    };
    let rows: Vec<_> = changes.most_affected.iter().map(row).collect();
    format!("\n{}", table::render(&[&heading, "come", "leave"], &rows))
}

fn examples(target: &str, changes: &Difference) -> String {
    if changes.examples.is_empty() {
        return String::new();
    }
    let heading = format!("for example in {target}");
    let rows: Vec<_> = changes
        .examples
        .iter()
        .map(|example| vec![example.change.clone(), example.name.clone()])
        .collect();
    format!("\n{}", table::render(&[&heading, "which"], &rows))
}
