//! How many calls a target takes at once: as many as it answers well.
//!
//! A product that says it is busy gets half as many calls, and one more after each round that went well. One that
//! does not answer at all gets none for a while, then a single row to try (the circuit is half open), and is let go
//! on when that one is answered.

use std::time::Duration;

use tokio::time::Instant;

/// Rows in a row without an answer before the circuit opens.
const FAILURES: u32 = 5;
/// How long it stays open the first time; each time in a row twice as long …
const FIRST: Duration = Duration::from_secs(5);
/// … up to this.
const LONGEST: Duration = Duration::from_secs(300);

/// What a try says of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// It answered, whatever it said.
    Answered,
    /// It asked for fewer calls.
    Busy,
    /// It did not answer, or only that it cannot.
    Silent,
}

/// What may be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// So many more.
    For(usize),
    /// None before then.
    Until(Instant),
}

/// What a note changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing to speak of.
    None,
    /// The circuit is open until then.
    Opened(Duration),
    /// It is closed again.
    Closed,
}

/// One target's gate.
#[derive(Debug)]
pub(super) struct Gate {
    most: usize,
    at_once: f64,
    silent: u32,
    /// Times in a row that it opened.
    opened: u32,
    open_until: Option<Instant>,
}

impl Gate {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            most,
            at_once: as_float(most),
            silent: 0,
            opened: 0,
            open_until: None,
        }
    }

    /// The administrator's limit may have changed.
    pub(super) fn bound(&mut self, most: usize) {
        let most = most.max(1);
        if most != self.most {
            *self = Self {
                most,
                at_once: as_float(most),
                ..Self::new(most)
            };
        }
    }

    pub(super) fn room(&self, now: Instant, in_flight: usize) -> Room {
        match self.open_until {
            Some(until) if now < until => Room::Until(until),
            // Half open: one row finds out for all.
            Some(_) => Room::For(1_usize.saturating_sub(in_flight)),
            None => Room::For(self.at_once().saturating_sub(in_flight)),
        }
    }

    /// Calls at once by now.
    pub(super) fn at_once(&self) -> usize {
        // Between 1 and `most`, which is small.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and a small number"
        )]
        let at_once = self.at_once as usize;
        at_once.clamp(1, self.most)
    }

    pub(super) fn note(&mut self, now: Instant, noted: Noted) -> Turn {
        match noted {
            Noted::Answered => {
                self.silent = 0;
                self.at_once = (self.at_once + 1.0 / self.at_once).min(as_float(self.most));
                if self.open_until.take().is_none() {
                    return Turn::None;
                }
                // A product that has just come back is not met by everything that waited.
                self.at_once = 1.0;
                self.opened = 0;
                Turn::Closed
            }
            Noted::Busy => {
                self.silent = 0;
                self.at_once = (self.at_once / 2.0).max(1.0);
                Turn::None
            }
            Noted::Silent => {
                self.silent = self.silent.saturating_add(1);
                let half_open = self.open_until.is_some_and(|until| until <= now);
                let is_open = self.open_until.is_some() && !half_open;
                if is_open || (self.silent < FAILURES && !half_open) {
                    return Turn::None;
                }
                let pause = FIRST.saturating_mul(1 << self.opened.min(8)).min(LONGEST);
                self.opened = self.opened.saturating_add(1);
                self.open_until = Some(now + pause);
                Turn::Opened(pause)
            }
        }
    }
}

fn as_float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn busy_halves_and_answers_add() {
        let mut gate = Gate::new(8);
        let now = Instant::now();
        assert_eq!(gate.room(now, 3), Room::For(5));
        gate.note(now, Noted::Busy);
        gate.note(now, Noted::Busy);
        assert_eq!(gate.room(now, 0), Room::For(2));
        for _ in 0..10 {
            gate.note(now, Noted::Busy);
        }
        assert_eq!(gate.at_once(), 1, "never none");
        for _ in 0..60 {
            gate.note(now, Noted::Answered);
        }
        assert_eq!(gate.at_once(), 8, "and never more than configured");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_opens_one_row_tries_and_an_answer_closes() {
        let mut gate = Gate::new(4);
        for _ in 1..FAILURES {
            assert_eq!(gate.note(Instant::now(), Noted::Silent), Turn::None);
        }
        assert_eq!(gate.note(Instant::now(), Noted::Silent), Turn::Opened(FIRST));
        assert_eq!(
            gate.note(Instant::now(), Noted::Silent),
            Turn::None,
            "those in flight come back too"
        );
        assert!(matches!(gate.room(Instant::now(), 0), Room::Until(_)));
        tokio::time::advance(FIRST).await;
        assert_eq!(gate.room(Instant::now(), 0), Room::For(1));
        assert_eq!(gate.room(Instant::now(), 1), Room::For(0));
        assert_eq!(gate.note(Instant::now(), Noted::Silent), Turn::Opened(2 * FIRST));
        for _ in 0..20 {
            tokio::time::advance(LONGEST).await;
            gate.note(Instant::now(), Noted::Silent);
        }
        let Room::Until(until) = gate.room(Instant::now(), 0) else {
            panic!("it is open")
        };
        assert_eq!(until - Instant::now(), LONGEST);
        tokio::time::advance(LONGEST).await;
        assert_eq!(gate.note(Instant::now(), Noted::Answered), Turn::Closed);
        assert_eq!(gate.room(Instant::now(), 0), Room::For(1), "slowly at first");
        assert_eq!(gate.note(Instant::now(), Noted::Answered), Turn::None);
        assert_eq!(gate.room(Instant::now(), 0), Room::For(2));
    }

    #[tokio::test(start_paused = true)]
    async fn one_answer_in_between_is_no_silence() {
        let mut gate = Gate::new(4);
        for _ in 0..20 {
            for _ in 1..FAILURES {
                assert_eq!(gate.note(Instant::now(), Noted::Silent), Turn::None);
            }
            assert_eq!(gate.note(Instant::now(), Noted::Answered), Turn::None);
        }
    }
}
