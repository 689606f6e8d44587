//! A scripted session of an Okta org: a story of people who join, move and leave.
//!
//! It is cut into acts, so that the caller can do something in between, such as swapping the
//! policy while the service runs.

mod action;
mod demo;

use std::collections::HashMap;

pub use action::Action;

use crate::client::OktaClient;
use crate::error::OktaError;

/// One thing that an administrator or a schedule in Okta does.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// For people: "Linus moves from Support to Engineering".
    pub title: String,
    /// What is sent.
    pub action: Action,
}

/// Steps that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// For people.
    pub title: String,
    /// In order.
    pub steps: Vec<Step>,
}

/// A script, and what is known so far: the ids of the people and groups that were pushed.
#[derive(Debug, Clone, Default)]
pub struct Session {
    acts: Vec<Act>,
    users: HashMap<String, String>,
    groups: HashMap<String, String>,
}

impl Session {
    /// A session with a script of one's own.
    #[must_use]
    pub fn new(acts: Vec<Act>) -> Self {
        Self {
            acts,
            ..Self::default()
        }
    }

    /// The script.
    #[must_use]
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// The server's id of a person, by login, once assigned.
    #[must_use]
    pub fn user_id(&self, login: &str) -> Option<&str> {
        self.users.get(login).map(String::as_str)
    }

    /// The server's id of a group, by its present name, once pushed.
    #[must_use]
    pub fn group_id(&self, name: &str) -> Option<&str> {
        self.groups.get(name).map(String::as_str)
    }

    /// Plays all acts. Gives back how many steps failed; a failing one does not end the session,
    /// as a failing task does not stop Okta.
    pub async fn run(
        &mut self,
        client: &OktaClient,
        mut report: impl FnMut(&str, &Result<String, OktaError>),
    ) -> usize {
        let mut failed = 0;
        for act in 0..self.acts.len() {
            failed += self.run_act(act, client, &mut report).await;
        }
        failed
    }

    /// Plays one act, by its position in [`Self::acts`]; `report` is given each step's title and
    /// what came of it. Gives back how many steps failed. An act that is not there has no steps.
    pub async fn run_act(
        &mut self,
        act: usize,
        client: &OktaClient,
        mut report: impl FnMut(&str, &Result<String, OktaError>),
    ) -> usize {
        let steps = self
            .acts
            .get(act)
            .map(|act| act.steps.clone())
            .unwrap_or_default();
        let mut failed = 0;
        for step in steps {
            let result = self.play(client, &step.action).await;
            failed += usize::from(result.is_err());
            report(&step.title, &result);
        }
        failed
    }
}
