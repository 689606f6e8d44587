//! Structured logs, on standard error: standard output is for answers. What is logged can be
//! changed for a while. Traces go to a collector, where one is configured.

mod collector;
mod export;
pub(crate) mod spans;

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tidegate_directory::transport::SPANS;
use tokio::task::JoinHandle;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{FilterExt, ParseError, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::reload::{self, Handle};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt};

use crate::clock::now_ms;
use crate::config::{Config, LogFormat};

pub(crate) use collector::Collector;

/// The longest filter, in bytes: forty directives.
const LONGEST: usize = 2_000;

/// There is one subscriber in a process, so there is one of these.
static LEVELS: OnceLock<Levels> = OnceLock::new();

/// What is logged, and what is logged otherwise.
#[derive(Debug)]
pub(crate) struct Levels {
    handle: Handle<EnvFilter, Registry>,
    configured: String,
    changed: Mutex<Option<Changed>>,
    /// Changes so far.
    count: AtomicU64,
}

/// Other levels for a while.
#[derive(Debug)]
struct Changed {
    levels: String,
    until_ms: i64,
    /// Which change it is: an end that comes late must not end the next one.
    number: u64,
    end: JoinHandle<()>,
}

/// Starts logging, and sending traces where a collector is configured. A second start in one process (tests) changes
/// nothing.
///
/// # Errors
/// The filter cannot be read, or the collector cannot be used; the text names the setting.
pub fn start(config: &Config) -> anyhow::Result<()> {
    let (filter, handle) = reload::Layer::new(filter(&config.log)?);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        // Files and pipes get no colours.
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match config.log_format {
        LogFormat::Text => lines.compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // Spans are for traces: in the log they would say before each line what stands in it.
    let lines = lines.with_filter(filter.and(filter_fn(|metadata| metadata.target() != SPANS)));
    let collector =
        Collector::of(config).map_err(|(setting, message)| anyhow::anyhow!("{setting}: {message}"))?;
    let traces = collector.map(export::tracer).transpose()?.map(|tracer| {
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            // What an administrator needs of a span is in its name and attributes.
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_target(SPANS, LevelFilter::INFO))
    });
    if tracing_subscriber::registry()
        .with(lines)
        .with(traces)
        .try_init()
        .is_ok()
    {
        let levels = Levels {
            handle,
            configured: config.log.clone(),
            changed: Mutex::default(),
            count: AtomicU64::new(0),
        };
        // Nobody was before us: there is one subscriber.
        drop(LEVELS.set(levels));
    }
    Ok(())
}

/// Sends the traces that wait. For the end of the process: nothing is traced afterwards.
pub(crate) async fn stop() {
    export::stop().await;
}

/// Those of this process, if it logs.
pub(crate) fn levels() -> Option<&'static Levels> {
    LEVELS.get()
}

/// Reads a filter.
pub(crate) fn filter(text: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::try_new(text)
}

/// Whether a text may be a filter at all.
pub(crate) fn is_bounded(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= LONGEST
}

impl Levels {
    /// What was configured.
    pub(crate) fn configured(&self) -> &str {
        &self.configured
    }

    /// What is logged now, and until when, where it is not what was configured.
    pub(crate) fn changed(&self) -> Option<(String, i64)> {
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed
            .as_ref()
            .map(|changed| (changed.levels.clone(), changed.until_ms))
    }

    /// Logs by another filter for a while. A change before this one is forgotten, its end too.
    ///
    /// # Errors
    /// The filter cannot be read.
    pub(crate) fn change(&'static self, levels: &str, span: Duration) -> Result<(), ParseError> {
        let wanted = filter(levels)?;
        let until_ms = now_ms().saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = changed.take() {
            before.end.abort();
        }
        self.apply(wanted);
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let end = tokio::spawn(async move {
            tokio::time::sleep(span).await;
            self.end(Some(number));
        });
        *changed = Some(Changed {
            levels: levels.to_owned(),
            until_ms,
            number,
            end,
        });
        Ok(())
    }

    /// Logs as configured again.
    pub(crate) fn back(&self) {
        self.end(None);
    }

    fn end(&self, number: Option<u64>) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ended) = changed.take_if(|changed| number.is_none_or(|number| number == changed.number))
        else {
            return;
        };
        ended.end.abort();
        // It was read at the start.
        if let Ok(configured) = filter(&self.configured) {
            self.apply(configured);
        }
        tracing::info!(levels = self.configured, "what is logged is as configured again");
    }

    fn apply(&self, filter: EnvFilter) {
        if let Err(error) = self.handle.reload(filter) {
            tracing::error!(%error, "what is logged was not changed");
        }
    }
}
