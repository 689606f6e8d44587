//! `tidegate app`.

use std::num::NonZeroU32;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::Value;
use tidegate_store::apps::Provider;
use tidegate_store::brake::BrakeRule;
use tidegate_store::survey::{DriftRule, MendRule};

use super::surveys::{Mend, mend_rule};
use super::{segment, table};
use crate::admin::answers::{AppSummary, CreateApp, RotateToken, SetApp, SetBrake};
use crate::admin::socket::Administration;
use crate::setup::{FIRST_APP, NewApp};

#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
    /// Make an app with the standard policy; prints its base URL and token, once.
    Create {
        /// Its name.
        name: String,
        /// Who provisions: okta, entra or other. It changes what the pages explain.
        #[arg(long, default_value = "okta")]
        provider: Provider,
    },
    /// List apps.
    List,
    /// Change how an app is reached and how much it takes at once; what is left out stays.
    Set {
        /// The app.
        #[arg(default_value = FIRST_APP)]
        name: String,
        /// Who provisions: okta, entra or other. It changes what the pages explain.
        #[arg(long)]
        provider: Option<Provider>,
        /// Take the token as the password of basic authentication too, for clients that know nothing else.
        #[arg(long, value_name = "BOOL")]
        basic_authentication: Option<bool>,
        /// Requests that are served in a second; more are answered 429. 0: no limit.
        #[arg(long, value_name = "COUNT")]
        requests_per_second: Option<u32>,
        /// Changes that may wait for the targets; with more, writes are answered 429. 0: no limit.
        #[arg(long, value_name = "COUNT")]
        most_pending: Option<u32>,
        /// Activate a version only with the digest of a preview.
        #[arg(long, value_name = "BOOL")]
        require_preview: Option<bool>,
        /// Usernames that no rule may touch, instead of those before; one empty name: none.
        #[arg(long, value_delimiter = ',', value_name = "NAMES")]
        protected_accounts: Option<Vec<String>>,
        /// Groups that no rule may touch, instead of those before; one empty name: none.
        #[arg(long, value_delimiter = ',', value_name = "NAMES")]
        protected_groups: Option<Vec<String>>,
        /// Minutes between readings of the targets that look for drift. 0: only when somebody asks.
        #[arg(long, value_name = "MINUTES")]
        drift_every_minutes: Option<u32>,
        /// What is brought about again after such a reading.
        #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
        drift_mend: Option<Vec<Mend>>,
        /// Take members whose accounts are not managed out of managed groups then.
        #[arg(long, value_name = "BOOL")]
        remove_unmanaged: Option<bool>,
        /// Show the identity provider's import what readings discover, beside what is managed.
        #[arg(long, value_name = "BOOL")]
        offer_discovered: Option<bool>,
        /// Questions to policies that are kept, a week at most, for `tidegate policy replay`. 0: none.
        #[arg(long, value_name = "COUNT")]
        questions_kept: Option<u32>,
        #[command(flatten)]
        brake: Brake,
    },
    /// Make a new token; older ones go on working for a while.
    RotateToken {
        /// The app.
        #[arg(default_value = FIRST_APP)]
        name: String,
        /// Seconds that older tokens go on working.
        #[arg(long, default_value_t = 86_400)]
        overlap_seconds: u32,
    },
}

/// How many may lose access before what takes more away waits for an administrator.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Brake {
    /// Percent of the users who may lose access within the window; more is held. 0: no such limit.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    brake_percent: Option<u8>,
    /// Users who always may, whatever the percentage.
    #[arg(long, value_name = "COUNT")]
    brake_at_least: Option<u32>,
    /// Users who may at most, whatever the percentage. 0: no such limit.
    #[arg(long, value_name = "COUNT")]
    brake_users: Option<u32>,
    /// The window.
    #[arg(long, value_name = "MINUTES")]
    brake_window_minutes: Option<u32>,
}

fn list(names: &[String]) -> String {
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}

fn drift_in_words(rule: &DriftRule) -> String {
    let every = match rule.every_minutes {
        Some(every) => format!("read every {every} minutes"),
        None => "read when somebody asks".to_owned(),
    };
    let MendRule {
        accounts,
        groups,
        memberships,
        extra,
    } = rule.mend;
    let words = [
        (accounts, "accounts"),
        (groups, "groups"),
        (memberships, "memberships"),
        (extra, "extra members"),
        (rule.remove_unmanaged, "unmanaged members"),
    ];
    let mended: Vec<&str> = words
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, word)| *word)
        .collect();
    match mended.is_empty() {
        true => format!("{every}, reported"),
        false => format!("{every}, mended: {}", mended.join(", ")),
    }
}

impl AppCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Create { name, provider } => {
                let made = administration
                    .call(Method::POST, "/apps", &CreateApp { name, provider })
                    .await?;
                show(&made);
            }
            Self::List => {
                let apps: Vec<AppSummary> = administration.call(Method::GET, "/apps", &Value::Null).await?;
                let row = |app: &AppSummary| {
                    let policy = app.policy.clone().unwrap_or_else(|| "none".into());
                    vec![
                        app.name.clone(),
                        app.users.to_string(),
                        app.groups.to_string(),
                        app.targets.join(" "),
                        policy,
                        app.base_url.clone(),
                    ]
                };
                let rows: Vec<_> = apps.iter().map(row).collect();
                table::print(
                    &["app", "users", "groups", "targets", "policy", "base url"],
                    &rows,
                );
            }
            Self::Set {
                name,
                provider,
                basic_authentication,
                requests_per_second,
                most_pending,
                require_preview,
                protected_accounts,
                protected_groups,
                drift_every_minutes,
                drift_mend,
                remove_unmanaged,
                offer_discovered,
                questions_kept,
                brake,
            } => {
                let named = |names: Option<Vec<String>>| {
                    names.map(|names| names.into_iter().filter(|name| !name.is_empty()).collect())
                };
                let wanted = SetApp {
                    provider,
                    basic_authentication,
                    requests_per_second,
                    most_pending,
                    require_preview,
                    protected_accounts: named(protected_accounts),
                    protected_groups: named(protected_groups),
                    drift_every_minutes,
                    drift_mend: drift_mend.as_deref().map(mend_rule),
                    remove_unmanaged,
                    offer_discovered,
                    questions_kept,
                    brake: brake.into(),
                };
                let path = format!("/apps/{}", segment(&name));
                let app: AppSummary = administration.call(Method::PATCH, &path, &wanted).await?;
                let limit =
                    |most: Option<NonZeroU32>| most.map_or_else(|| "none".into(), |most| most.to_string());
                let switch = |on: bool| if on { "on" } else { "off" };
                println!("basic authentication: {}", switch(app.basic_authentication));
                println!("brake: {}", in_words(&app.brake));
                println!("preview before activation: {}", switch(app.require_preview));
                println!("drift: {}", drift_in_words(&app.drift));
                let shown = match app.drift.offer_discovered {
                    true => "managed, and what readings discover",
                    false => "managed, and what was offered by hand",
                };
                println!("import shows: {shown}");
                println!("protected accounts: {}", list(&app.protected.accounts));
                println!("protected groups: {}", list(&app.protected.groups));
                println!("questions kept for a replay: {}", app.questions_kept);
                println!("requests per second, at most: {}", limit(app.requests_per_second));
                println!("pending changes, at most: {}", limit(app.most_pending));
            }
            Self::RotateToken {
                name,
                overlap_seconds,
            } => {
                let path = format!("/apps/{}/token", segment(&name));
                let made = administration
                    .call(Method::POST, &path, &RotateToken { overlap_seconds })
                    .await?;
                show(&made);
            }
        }
        Ok(())
    }
}

impl From<Brake> for SetBrake {
    fn from(brake: Brake) -> Self {
        Self {
            percent: brake.brake_percent,
            at_least: brake.brake_at_least,
            users: brake.brake_users,
            window_minutes: brake.brake_window_minutes,
        }
    }
}

fn in_words(rule: &BrakeRule) -> String {
    let share = rule
        .percent
        .map(|percent| format!("{percent} % of the users, and {} always", rule.at_least));
    let most = rule.users.map(|users| format!("{users} users"));
    let limits: Vec<String> = share.into_iter().chain(most).collect();
    if limits.is_empty() {
        return "none".into();
    }
    format!(
        "{} may lose access within {} minutes",
        limits.join(", at most "),
        rule.window_minutes
    )
}

fn show(app: &NewApp) {
    println!("SCIM base URL: {}", app.base_url);
    println!("SCIM bearer token: {}", app.token);
}
