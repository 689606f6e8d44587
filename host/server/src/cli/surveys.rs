//! `tidegate discover` and `tidegate drift`.

use clap::{Args, ValueEnum};
use http::Method;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use tidegate_store::survey::{Discovered, FoundSoFar, MendRule};

use super::{segment, table};
use crate::admin::answers::{Status, SurveyLine};
use crate::admin::socket::Administration;
use crate::clock::rfc3339;
use crate::setup::FIRST_APP;
use crate::survey::{Report, Wanted};

#[derive(Debug, Args)]
pub(crate) struct DiscoverCommand {
    /// The target.
    target: String,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// Show what the last reading found, and read nothing.
    #[arg(long)]
    last: bool,
    /// Show accounts and groups that nobody has in the identity provider's import. No rule is asked about one, and
    /// nothing changes in the target, until the identity provider writes it.
    #[arg(long)]
    offer: bool,
    /// Take back what was offered in this app and never written.
    #[arg(long, conflicts_with = "offer")]
    withdraw: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DriftCommand {
    /// The target; left out: every target of the app.
    target: Option<String>,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// Show what the last reading found, and read nothing.
    #[arg(long)]
    last: bool,
    /// What is brought about again; left out: nothing, it is a report.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    mend: Vec<Mend>,
    /// Take members out of managed groups whose accounts are not managed.
    #[arg(long)]
    remove_unmanaged: bool,
    /// Take them out although they are more than the brake allows: so many were shown.
    #[arg(long, value_name = "COUNT", requires = "remove_unmanaged")]
    confirm: Option<u64>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mend {
    /// Accounts that are gone, differ, or are usable where they shall not be.
    Accounts,
    /// Groups that are gone.
    Groups,
    /// Members who were taken out.
    Memberships,
    /// Members whom nobody wants in a managed group, and whose accounts are managed.
    Extra,
    /// All of these.
    All,
    /// Nothing: a report.
    Nothing,
}

/// The rule that a list of words means.
pub(crate) fn mend_rule(words: &[Mend]) -> MendRule {
    let has = |word| words.contains(&word) || words.contains(&Mend::All);
    MendRule {
        accounts: has(Mend::Accounts),
        groups: has(Mend::Groups),
        memberships: has(Mend::Memberships),
        extra: has(Mend::Extra),
    }
}

impl DiscoverCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        let wanted = Wanted {
            whole: true,
            last: self.last,
            offer: self.offer,
            withdraw: self.withdraw,
            ..Wanted::default()
        };
        let report = read(administration, &self.app, &self.target, &wanted).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
            return Ok(());
        }
        match &report.discovered {
            Some(discovered) => show_discovered(&report, discovered),
            None => anyhow::bail!("another reading has begun: ask again when it is done"),
        }
        if let Some(offered) = &report.offered {
            println!(
                "\noffered to the identity provider's import: {} users and {} groups; {} taken back",
                offered.users, offered.groups, offered.withdrawn
            );
        }
        Ok(())
    }
}

impl DriftCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        let targets = match &self.target {
            Some(target) => vec![target.clone()],
            None => targets(administration, &self.app).await?,
        };
        let wanted = Wanted {
            last: self.last,
            mend: mend_rule(&self.mend),
            remove_unmanaged: self.remove_unmanaged,
            confirmed: self.confirm,
            ..Wanted::default()
        };
        let mut reports = Vec::new();
        for target in &targets {
            reports.push(read(administration, &self.app, target, &wanted).await?);
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&reports)?);
            return Ok(());
        }
        reports.iter().for_each(show_drift);
        Ok(())
    }
}

async fn targets(administration: &Administration, app: &str) -> anyhow::Result<Vec<String>> {
    let status: Status = administration.call(Method::GET, "/status", &Value::Null).await?;
    let known = status
        .apps
        .into_iter()
        .find(|one| one.app.name.eq_ignore_ascii_case(app));
    let known = known.ok_or_else(|| anyhow::anyhow!("there is no app {app:?}"))?;
    Ok(known.targets_status.into_iter().map(|line| line.name).collect())
}

async fn read(
    administration: &Administration,
    app: &str,
    target: &str,
    wanted: &Wanted,
) -> anyhow::Result<Report> {
    let bar = ProgressBar::no_length();
    bar.set_style(ProgressStyle::with_template("{spinner} {msg}")?);
    let path = format!("/apps/{}/targets/{}/survey", segment(app), segment(target));
    let mut made = None;
    administration
        .lines(Method::POST, &path, wanted, |line| {
            match line {
                SurveyLine::Progress(found) => bar.set_message(so_far(target, &found)),
                SurveyLine::Report(report) => made = Some(*report),
                SurveyLine::Error(message) => anyhow::bail!("{target}: {message}"),
            }
            Ok(())
        })
        .await?;
    bar.finish_and_clear();
    made.ok_or_else(|| {
        anyhow::anyhow!("the server ended before {target} was read; the next reading goes on there")
    })
}

fn so_far(target: &str, found: &FoundSoFar) -> String {
    format!(
        "{target}: {} accounts, {} groups, members of {} of them: {}",
        found.accounts, found.groups, found.groups_read, found.memberships
    )
}

fn show_drift(report: &Report) {
    let drift = &report.drift;
    println!("{}, read {}", report.target, rfc3339(drift.ended_ms));
    let found = drift.findings.iter().filter(|finding| finding.count > 0);
    let rows: Vec<_> = found
        .map(|finding| {
            let example = |(name, detail): &(String, String)| format!("{name} {detail}").trim().to_owned();
            let examples: Vec<_> = finding.examples.iter().take(3).map(example).collect();
            vec![
                finding.object.clone(),
                finding.kind.clone(),
                finding.count.to_string(),
                examples.join("; "),
            ]
        })
        .collect();
    if drift.differences() == 0 {
        println!("everything is as it was left");
    }
    if !rows.is_empty() {
        table::print(&["what", "is", "count", "for example"], &rows);
    }
    let mended = &report.mended;
    if mended.total() > 0 {
        println!(
            "brought about again: {} accounts, {} groups, {} memberships; {} members nobody wants are taken out",
            mended.accounts, mended.groups, mended.memberships, mended.extra
        );
    }
    if let Some(strays) = &report.unmanaged {
        println!(
            "unmanaged members: {} taken out, {} protected, {} refused by the product",
            strays.removed, strays.protected, strays.failed
        );
        if strays.held > 0 {
            println!(
                "{} were left in: they are more than the brake allows. If that is meant: --remove-unmanaged --confirm {}",
                strays.held, strays.held
            );
        }
    }
    println!();
}

fn show_discovered(report: &Report, discovered: &Discovered) {
    let found = &discovered.found;
    println!(
        "{}, read {}: {} accounts, {} groups, {} memberships",
        report.target,
        rfc3339(report.drift.ended_ms),
        found.accounts,
        found.groups,
        found.memberships
    );
    println!(
        "{} accounts are linked, {} are not; {} users have no account there",
        discovered.linked, discovered.unlinked, discovered.without_account
    );
    let rows: Vec<_> = discovered
        .unlinked_examples
        .iter()
        .map(|account| {
            let whose = account
                .link
                .as_ref()
                .map(|link| format!("{} (same {})", link.user_name, link.by));
            vec![
                account.username.clone(),
                account.email.clone().unwrap_or_default(),
                account.display_name.clone().unwrap_or_default(),
                if account.active { "yes" } else { "no" }.to_owned(),
                account.directory.clone().unwrap_or_default(),
                whose.unwrap_or_default(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        println!();
        table::print(
            &["account", "e-mail", "name", "usable", "directory", "looks like"],
            &rows,
        );
    }
    let rows: Vec<_> = discovered
        .groups
        .iter()
        .map(|group| {
            vec![
                group.name.clone(),
                if group.managed {
                    "managed"
                } else {
                    "will be taken over"
                }
                .to_owned(),
                group.there.to_string(),
                group.wanted.to_string(),
                group.to_add.to_string(),
                group.not_wanted.to_string(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        println!();
        table::print(
            &["group", "is", "members there", "wanted", "to add", "not wanted"],
            &rows,
        );
    }
    if !discovered.without_account_examples.is_empty() {
        println!("\nusers without an account there:");
        for name in &discovered.without_account_examples {
            println!("  {name}");
        }
    }
}
