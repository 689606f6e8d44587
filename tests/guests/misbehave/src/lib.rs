//! A policy that does on request what a policy must not do. The settings say what:
//! `{"behaviour": "loop"}`. See [`Behaviour`] for the list.

mod calls;
mod faults;

use serde::Deserialize;
use tidegate_sdk::types::Operation;
use tidegate_sdk::{Description, Plan, Policy, Problem, Rejection, Request, Step, step};

/// What to do. The words in the settings are in kebab-case.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Behaviour {
    /// One step whose reason is `<request id> <tag>`.
    #[default]
    Echo,
    /// Panics in `decide`.
    Panic,
    /// Spends CPU without end in `decide`.
    Loop,
    /// Allocates without end.
    Allocate,
    /// Recurses without end.
    Recurse,
    /// Logs without end, and ends after a million lines.
    LogFlood,
    /// Answers with as many steps as `steps` says.
    HugePlan,
    /// A reason of `steps` bytes.
    HugeString,
    /// Calls the host without end: a look-up in storage that is not there.
    CallFlood,
    /// Behaves for the sample of `tidegate policy check`, and panics for everybody else.
    TwoFaced,
    /// The reason holds what the clock and a hash map's random seed say.
    Entropy,
    /// Rejections, one for each case.
    RejectInvalidValue,
    /// As above.
    RejectUniqueness,
    /// As above.
    RejectMutability,
    /// As above.
    RejectForbidden,
    /// As above, after 17 seconds.
    RejectRetryLater,
    /// Refuses its settings, with a problem at `/behaviour`.
    ConfigureFails,
    /// Spends CPU without end in `configure`.
    ConfigureLoops,
    /// Panics in `configure`.
    ConfigurePanics,
    /// Gets `url` and puts the result in the reason: `200 <body>` or the error.
    SleepHttp,
    /// Adds one to `counter` in `namespace` by compare-and-set; the reason is the new value or the error.
    StorageCounter,
    /// Looks the account `username` up in the first target; the reason is what came.
    Lookup,
    /// Applies a custom operation to the first target at once; the reason is what came.
    Act,
}

/// The settings.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Misbehave {
    /// What to do.
    behaviour: Behaviour,
    /// Says the reason in a rejection instead of in a step: whoever asked hears it.
    aloud: bool,
    /// For `echo`.
    tag: String,
    /// For `huge-plan` and `huge-string`.
    steps: usize,
    /// For `sleep-http`.
    url: String,
    /// For `sleep-http`: the name of a secret to attach.
    credential: Option<String>,
    /// For `storage-counter` and `call-flood`.
    namespace: String,
    /// For `lookup`.
    username: String,
}

impl Policy for Misbehave {
    fn describe() -> Description {
        Description {
            name: "misbehave".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            summary: "Does on request what a policy must not do.".into(),
            settings_schema: r#"{"type":"object","properties":{"behaviour":{"type":"string"}}}"#.into(),
        }
    }

    fn configure(settings: &str) -> Result<Self, Vec<Problem>> {
        let text = if settings.trim().is_empty() {
            "{}"
        } else {
            settings
        };
        let this: Self = serde_json::from_str(text).map_err(|error| {
            vec![Problem {
                path: String::new(),
                message: error.to_string(),
            }]
        })?;
        match this.behaviour {
            Behaviour::ConfigureFails => {
                let message = "this behaviour refuses its settings".into();
                Err(vec![Problem {
                    path: "/behaviour".into(),
                    message,
                }])
            }
            Behaviour::ConfigureLoops => faults::spin(),
            Behaviour::ConfigurePanics => panic!("configure was told to panic"),
            _ => Ok(this),
        }
    }

    fn decide(&self, request: &Request) -> Result<Plan, Rejection> {
        let reason = match self.behaviour {
            Behaviour::Echo | Behaviour::ConfigureFails => format!("{} {}", request.id, self.tag),
            Behaviour::Panic => panic!("decide was told to panic"),
            Behaviour::Loop | Behaviour::ConfigureLoops | Behaviour::ConfigurePanics => faults::spin(),
            Behaviour::Allocate => faults::allocate(),
            Behaviour::Recurse => faults::recurse(1).to_string(),
            Behaviour::LogFlood => faults::flood(&request.id),
            Behaviour::HugePlan => {
                return Ok(Plan {
                    steps: (0..self.steps).map(|_| harmless("huge".into())).collect(),
                });
            }
            Behaviour::HugeString => "x".repeat(self.steps),
            Behaviour::CallFlood => calls::flood(&self.namespace),
            Behaviour::TwoFaced if request.id == "sample" => "well".into(),
            Behaviour::TwoFaced => panic!("nobody looks any more"),
            Behaviour::Entropy => faults::entropy(),
            Behaviour::RejectInvalidValue => return Err(Rejection::InvalidValue("told to: value".into())),
            Behaviour::RejectUniqueness => return Err(Rejection::Uniqueness("told to: unique".into())),
            Behaviour::RejectMutability => return Err(Rejection::Mutability("told to: mutability".into())),
            Behaviour::RejectForbidden => return Err(Rejection::Forbidden("told to: forbidden".into())),
            Behaviour::RejectRetryLater => return Err(Rejection::RetryLater(17)),
            Behaviour::SleepHttp => calls::fetch(&self.url, self.credential.as_deref()),
            Behaviour::StorageCounter => calls::count(&self.namespace),
            Behaviour::Lookup => calls::look_up(request, &self.username),
            Behaviour::Act => calls::act(request, harmless("act".into()).operation),
        };
        if self.aloud {
            return Err(Rejection::InvalidValue(reason));
        }
        Ok(Plan {
            steps: vec![harmless(reason)],
        })
    }
}

/// A step that no connector carries out but every host can store.
fn harmless(reason: String) -> Step {
    step(reason).wants(Operation::EnsureGroup(tidegate_sdk::types::GroupSpec {
        group: "misbehave".into(),
        name: "misbehave".into(),
        description: None,
        on_missing: tidegate_sdk::types::OnMissing::Skip,
    }))
}

tidegate_sdk::export_policy!(Misbehave);
