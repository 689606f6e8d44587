//! A freeze window: nobody joins and nothing changes from then to then, and Okta is told to try again after it.
//! Leavers always pass: that nobody can change anything is no reason to keep a door open.

use schemars::JsonSchema;
use serde::Deserialize;
use tidegate_sdk::types::{AccountSpec, Change, LinkBy, Occasion, OnExisting, OnMissing, User};
use tidegate_sdk::{Description, Plan, Policy, Problem, Rejection, Request, settings, step};

/// The settings.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Freeze {
    /// The windows.
    windows: Vec<Window>,
}

/// From then to then.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Window {
    /// When it begins, in milliseconds since 1970.
    from: u64,
    /// When it is over.
    to: u64,
}

/// Okta doubles its waits by itself: an hour is asked for at most.
const LONGEST_WAIT: u64 = 3_600;

impl Policy for Freeze {
    fn describe() -> Description {
        Description {
            name: "freeze".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            summary: "No joiners and no changes during a freeze; leavers always.".into(),
            settings_schema: settings::schema::<Self>(),
        }
    }

    fn configure(text: &str) -> Result<Self, Vec<Problem>> {
        let freeze: Self = settings::parse(text)?;
        let backwards = freeze
            .windows
            .iter()
            .enumerate()
            .filter(|(_, window)| window.from >= window.to);
        let problems: Vec<Problem> = backwards
            .map(|(number, _)| Problem {
                path: format!("/windows/{number}"),
                message: "must end after it begins".into(),
            })
            .collect();
        if problems.is_empty() {
            Ok(freeze)
        } else {
            Err(problems)
        }
    }

    fn decide(&self, request: &Request) -> Result<Plan, Rejection> {
        let Change::User(change) = &request.change else {
            return Ok(Plan::default());
        };
        let leaver = match (&change.before, &change.after) {
            (Some(user), None) => Some((user, "was removed")),
            (_, Some(user)) if !user.active => Some((user, "is inactive")),
            _ => None,
        };
        if let Some((user, because)) = leaver {
            return Ok(Plan {
                steps: vec![step(because).suspend(user)],
            });
        }
        let Some(user) = &change.after else {
            return Ok(Plan::default());
        };
        // What is restated is known already: only what is new waits.
        if request.occasion == Occasion::Event
            && let Some(seconds) = self.seconds_left(request.now)
        {
            return Err(Rejection::RetryLater(seconds));
        }
        Ok(Plan {
            steps: vec![
                step("is assigned").ensure_account(account(user)),
                step("is active").restore(user),
            ],
        })
    }
}

impl Freeze {
    /// Seconds until the window is over in which a time lies.
    fn seconds_left(&self, now: u64) -> Option<u32> {
        let window = self
            .windows
            .iter()
            .find(|window| (window.from..window.to).contains(&now))?;
        let seconds = window.to.saturating_sub(now).div_ceil(1_000).min(LONGEST_WAIT);
        u32::try_from(seconds).ok()
    }
}

fn account(user: &User) -> AccountSpec {
    AccountSpec {
        account: user.into(),
        username: user.user_name.clone(),
        email: user.emails.first().map(|email| email.value.clone()),
        display_name: user.display_name.clone(),
        given_name: user.name.given.clone(),
        family_name: user.name.family.clone(),
        on_missing: OnMissing::Create,
        on_existing: OnExisting::Update,
        link_by: LinkBy::Username,
    }
}

tidegate_sdk::export_policy!(Freeze);
