//! One writer, group commit.
//!
//! Jobs queue up; the writer thread takes whatever has queued, runs each in its own
//! savepoint inside one transaction, commits once, and only then answers. Under load
//! the cost of a sync is shared; without load a job waits for nobody. A job that fails
//! rolls back its savepoint and fails alone. If the commit itself fails, every job of
//! the batch is told so: nobody is told "stored" for something that is not on disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::{Result, StoreError};

/// Jobs in one transaction: bounds the time until the first of them is answered.
const BATCH_JOBS: usize = 256;
/// Milliseconds after which a batch is closed even if more jobs wait.
const BATCH_MILLIS: u128 = 20;
/// Jobs that may wait. Beyond it callers wait in their own task, which is back-pressure.
const QUEUE: usize = 4096;

type Answer = Box<dyn FnOnce(Option<StoreError>) + Send>;
type Job = Box<dyn FnOnce(&Connection) -> (bool, Answer) + Send>;

/// Sends jobs to the writer thread; the thread ends when the last handle is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    jobs: SyncSender<Job>,
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run(&connection, &queue))?;
        Ok(Self { jobs })
    }

    /// Runs `work` in a transaction; returns after that transaction is on disk.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (send, receive) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let outcome = work(connection);
            let keep = outcome.is_ok();
            let answer: Answer = Box::new(move |failure| {
                // The caller may have gone (connection closed); the write stands all the same.
                let _gone = send.send(match failure {
                    Some(error) => Err(error),
                    None => outcome,
                });
            });
            (keep, answer)
        });
        self.enqueue(job).await?;
        receive.await.map_err(|_| StoreError::Closed)?
    }

    async fn enqueue(&self, job: Job) -> Result<()> {
        match self.jobs.try_send(job) {
            Ok(()) => Ok(()),
            Err(std::sync::mpsc::TrySendError::Disconnected(_)) => Err(StoreError::Closed),
            Err(std::sync::mpsc::TrySendError::Full(job)) => {
                let jobs = self.jobs.clone();
                tokio::task::spawn_blocking(move || jobs.send(job).map_err(|_| StoreError::Closed))
                    .await
                    .map_err(|_| StoreError::Closed)?
            }
        }
    }
}

fn run(connection: &Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let mut answers = Vec::new();
        let committed = batch(connection, first, queue, &mut answers);
        if let Err(error) = &committed {
            tracing::error!(%error, jobs = answers.len(), "a batch of writes was not stored");
            if !connection.is_autocommit() {
                let _ended = connection.execute_batch("ROLLBACK");
            }
        }
        for answer in answers {
            answer(committed.as_ref().err().map(copy));
        }
    }
}

fn batch(
    connection: &Connection,
    first: Job,
    queue: &Receiver<Job>,
    answers: &mut Vec<Answer>,
) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let started = Instant::now();
    let mut next = Some(first);
    while let Some(job) = next {
        connection.execute_batch("SAVEPOINT job")?;
        // A panic in one job must not end the writer: its savepoint is rolled back and
        // its caller sees `Closed`, since its answer was dropped with the job.
        let keep = match catch_unwind(AssertUnwindSafe(|| job(connection))) {
            Ok((keep, answer)) => {
                answers.push(answer);
                keep
            }
            Err(_) => {
                tracing::error!("a write panicked and was rolled back");
                false
            }
        };
        connection.execute_batch(if keep {
            "RELEASE job"
        } else {
            "ROLLBACK TO job; RELEASE job"
        })?;
        let room = answers.len() < BATCH_JOBS && started.elapsed().as_millis() < BATCH_MILLIS;
        next = if room { queue.try_recv().ok() } else { None };
    }
    connection.execute_batch("COMMIT")
}

/// `rusqlite::Error` is not `Clone`; every caller of a failed batch gets its text.
fn copy(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqliteFailure(code, text) => {
            StoreError::Sqlite(rusqlite::Error::SqliteFailure(*code, text.clone()))
        }
        other => StoreError::Step(format!("the write was not stored: {other}")),
    }
}
