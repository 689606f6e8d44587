//! Readings that come by themselves, as each app's rule says.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tidegate_store::survey::{DriftRule, Phase, Survey};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Wanted;
use crate::apps::{App, Target};
use crate::clock::now_ms;
use crate::service::Service;

/// How often it is looked whether a reading is due.
const LOOK: Duration = Duration::from_secs(15);

/// Milliseconds after a reading that failed before the next is tried.
const PAUSE_MS: i64 = 10 * 60_000;

/// Reads targets when they are due, until told to stop. Readings are cut off then, and go on at the next start.
pub(crate) async fn run(service: Arc<Service>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut readings: JoinSet<(i64, bool)> = JoinSet::new();
    let mut under_way = HashSet::new();
    let mut failed = std::collections::HashMap::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(ended) = readings.join_next(), if !readings.is_empty() => {
                if let Ok((target, well)) = ended {
                    under_way.remove(&target);
                    match well {
                        true => failed.remove(&target),
                        false => failed.insert(target, now_ms()),
                    };
                }
                continue;
            }
            () = service.drift_asked.notified() => {}
            _ = ticks.tick() => {}
        }
        for app in service.apps().all() {
            for target in &app.targets {
                let waits = failed.get(&target.seq).is_some_and(|at| now_ms() - at < PAUSE_MS);
                let last = service.store.survey(target.seq).ok().flatten();
                if waits
                    || target.stopped().is_some()
                    || !is_due(&app.options.drift, last.as_ref(), now_ms())
                    || !under_way.insert(target.seq)
                {
                    continue;
                }
                // A reading that was cut off goes on as it began.
                let cut_off = last.filter(|last| last.phase != Phase::Done);
                let whole = cut_off.is_some_and(|last| last.whole);
                let (service, app, target) = (Arc::clone(&service), Arc::clone(app), Arc::clone(target));
                readings.spawn(async move { (target.seq, read(&service, &app, &target, whole).await) });
            }
        }
    }
}

/// True: it was read to the end.
async fn read(service: &Service, app: &Arc<App>, target: &Arc<Target>, whole: bool) -> bool {
    let rule = app.options.drift;
    let wanted = Wanted {
        whole,
        mend: rule.mend,
        remove_unmanaged: rule.remove_unmanaged,
        ..Wanted::default()
    };
    let target_name = target.config.name.as_str();
    match service.survey(app, target, wanted, &|_| ()).await {
        Ok(report) => {
            let (differences, mended) = (report.drift.differences(), report.mended.total());
            match differences {
                0 => tracing::info!(target_name, "the target is as it was left"),
                _ => tracing::warn!(
                    target_name,
                    differences,
                    mended,
                    "the target is not as it was left"
                ),
            }
            true
        }
        Err(error) => {
            tracing::warn!(target_name, %error, "the target was not read to the end; it goes on in a while");
            false
        }
    }
}

fn is_due(rule: &DriftRule, last: Option<&Survey>, now_ms: i64) -> bool {
    let Some(every) = rule.every_minutes else {
        return false;
    };
    match last {
        // One that did not end goes on; one that an administrator has under way holds the lock.
        Some(Survey {
            phase: Phase::Done,
            ended_ms: Some(ended),
            ..
        }) => now_ms - ended >= i64::from(every.get()) * 60_000,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn due_when_never_read_when_cut_off_and_when_the_time_has_come() {
        let rule = |every| DriftRule {
            every_minutes: NonZeroU32::new(every),
            ..DriftRule::default()
        };
        let survey = |phase, ended_ms| Survey {
            generation: 1,
            whole: false,
            phase,
            cursor: None,
            group: None,
            started_ms: 0,
            ended_ms,
        };
        assert!(!is_due(&rule(0), None, 0), "only when somebody asks");
        assert!(is_due(&rule(5), None, 0));
        assert!(is_due(&rule(5), Some(&survey(Phase::Members, None)), 0));
        let done = survey(Phase::Done, Some(1_000));
        assert!(!is_due(&rule(5), Some(&done), 300_999));
        assert!(is_due(&rule(5), Some(&done), 301_000));
    }
}
