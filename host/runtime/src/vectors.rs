//! Decision vectors: a question with settings, and the answer that a policy owes. One format for policies
//! of all languages, and for native tests.
//!
//! ```json
//! {"why": "Interns share a group.", "settings": {}, "request": {…},
//!  "given": {"http": [{"url": "https://hr.example.com/people/u1", "body": "{}"}]},
//!  "plan": {"steps": []}}
//! ```

mod given;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use similar::TextDiff;
use tidegate_directory::plan::Plan;

use crate::grants::Grants;
use crate::request::Request;
use crate::{Failure, Rejection};

pub use given::{Given, Stored};

/// One vector.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Vector {
    /// What it shows, for who reads a failure.
    #[serde(default)]
    pub why: String,
    /// Settings of the policy.
    #[serde(default = "empty")]
    pub settings: Value,
    /// What the policy may do; absent: what `given` has.
    #[serde(default)]
    pub grants: Option<Grants>,
    /// What the world around it answers.
    #[serde(default)]
    pub given: Given,
    /// The question.
    pub request: Request,
    /// The answer: a plan …
    #[serde(default)]
    pub plan: Option<Plan>,
    /// … or a rejection.
    #[serde(default)]
    pub rejection: Option<Rejection>,
    /// What is stored afterwards, where that matters: namespace, key, text.
    #[serde(default)]
    pub stored: Option<Stored>,
}

fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

/// What came, in the words of a vector.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection: Option<&'a Rejection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<&'a Stored>,
}

impl Vector {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn read(text: &str) -> Result<Self, String> {
        let vector: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if vector.plan.is_some() == vector.rejection.is_some() {
            return Err("it must have either a plan or a rejection".into());
        }
        Ok(vector)
    }

    /// What the policy may do when it is asked this.
    #[must_use]
    pub fn grants(&self) -> Grants {
        self.grants.clone().unwrap_or_else(|| self.given.grants())
    }

    /// Whether this was the answer; if not, how it differs, line by line.
    ///
    /// # Errors
    /// The difference, for a person to read.
    pub fn check(&self, answer: &Outcome, given: &Given) -> Result<(), String> {
        let after = given.stored();
        let stored = self.stored.as_ref().map(|_| &after);
        let wanted = Answer {
            plan: self.plan.as_ref(),
            rejection: self.rejection.as_ref(),
            failure: None,
            stored: self.stored.as_ref(),
        };
        let came = Answer {
            stored,
            ..Answer::of(answer)
        };
        match between(&wanted, &came, ["wanted", "came"]) {
            None => Ok(()),
            Some(difference) => Err(difference),
        }
    }
}

/// What a decision came to.
pub type Outcome = Result<Result<Plan, Rejection>, Failure>;

/// How two decisions about one question differ, line by line; none: they come to the same. Reasons are words,
/// and the order of steps means nothing.
#[must_use]
pub fn difference(names: [&str; 2], one: &Outcome, other: &Outcome) -> Option<String> {
    let plain = |outcome: &Outcome| -> Outcome {
        let mut outcome = outcome.clone();
        if let Ok(Ok(plan)) = &mut outcome {
            for step in &mut plan.steps {
                step.reason.clear();
            }
            plan.steps.sort_by_cached_key(|step| format!("{step:?}"));
        }
        outcome
    };
    let (one, other) = (plain(one), plain(other));
    between(&Answer::of(&one), &Answer::of(&other), names)
}

impl<'a> Answer<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let (plan, rejection, failure) = match outcome {
            Ok(Ok(plan)) => (Some(plan), None, None),
            Ok(Err(rejection)) => (None, Some(rejection), None),
            Err(failure) => (None, None, Some(failure.to_string())),
        };
        Self {
            plan,
            rejection,
            failure,
            stored: None,
        }
    }
}

fn between(wanted: &Answer<'_>, came: &Answer<'_>, [one, other]: [&str; 2]) -> Option<String> {
    let shown = |answer: &Answer<'_>| serde_json::to_string_pretty(answer).unwrap_or_default() + "\n";
    let (wanted, came) = (shown(wanted), shown(came));
    if wanted == came {
        return None;
    }
    let diff = TextDiff::from_lines(&wanted, &came);
    Some(
        diff.unified_diff()
            .context_radius(3)
            .header(one, other)
            .to_string(),
    )
}
