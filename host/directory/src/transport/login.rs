//! One call finds out whether the credentials are right; until then no other is made. Once they were wrong, none is,
//! until somebody asks anew: products lock an account, or ask it for a CAPTCHA, after a few failed log-ins.

use std::sync::{Mutex, PoisonError};

use tokio::sync::MutexGuard;

use super::Answer;
use crate::connector::{ConnectorError, Result};

#[derive(Debug, Clone)]
enum State {
    /// Nobody asked, or whoever did was told nothing.
    Untried {
        /// Calls that told nothing.
        calls: u64,
        /// Why the last of them did not.
        last: Option<ConnectorError>,
    },
    Right,
    /// In the product's words.
    Wrong(String),
}

/// What is known of the credentials.
#[derive(Debug)]
pub(super) struct Login {
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

impl Login {
    pub(super) fn new() -> Self {
        Self {
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::new(State::Untried { calls: 0, last: None }),
        }
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Lets a call go ahead. One that comes with a turn is the one that finds out, and holds it until it is noted.
    /// Who waited for one that told nothing gets its error: were they to try in turn, a product that is down
    /// would hold the last of them up for hours.
    pub(super) async fn pass(&self) -> Result<Option<MutexGuard<'_, ()>>> {
        let tried = match self.state() {
            State::Right => return Ok(None),
            State::Wrong(words) => return Err(ConnectorError::Unauthorized(words)),
            State::Untried { calls, .. } => calls,
        };
        let turn = self.turn.lock().await;
        match self.state() {
            State::Right => Ok(None),
            State::Wrong(words) => Err(ConnectorError::Unauthorized(words)),
            State::Untried {
                calls,
                last: Some(error),
            } if calls > tried => Err(error),
            State::Untried { .. } => Ok(Some(turn)),
        }
    }

    pub(super) fn note(&self, answer: &Result<Answer>) {
        match (answer, self.state()) {
            (Ok(_), State::Untried { .. }) => self.set(State::Right),
            // One that was begun before another was refused proves nothing against it.
            (Ok(_), State::Right | State::Wrong(_)) => {}
            (Err(ConnectorError::Unauthorized(words)), _) => self.set(State::Wrong(words.clone())),
            (Err(error), State::Untried { calls, .. }) => {
                let (calls, last) = (calls.saturating_add(1), Some(error.clone()));
                self.set(State::Untried { calls, last });
            }
            (Err(_), State::Right | State::Wrong(_)) => {}
        }
    }

    /// Somebody wants what was refused tried anew; what is right, or being tried, stays so.
    pub(super) fn again(&self) {
        if matches!(self.state(), State::Wrong(_)) {
            self.set(State::Untried { calls: 0, last: None });
        }
    }
}
