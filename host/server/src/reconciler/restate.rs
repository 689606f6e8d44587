//! Walks over an app's users and groups, deciding anew for each: a target was added, or
//! rules were changed with `--restate`. How far it came is stored, so a restart goes on.

use std::sync::Arc;
use std::time::Duration;

use tidegate_runtime::Occasion;
use tidegate_scim::ResourceKind;
use tidegate_scim::error::ScimError;
use tidegate_store::StoreError;
use tidegate_store::restatement::Restatement;
use tokio_util::sync::CancellationToken;

use crate::change::{Change, group, user};
use crate::clock::now_ms;
use crate::service::Service;

/// Resources between two notes of how far the walk has come.
const PORTION: u64 = 100;

/// Milliseconds before a walk that failed goes on: the rules may be mended meanwhile.
const PAUSE: Duration = Duration::from_secs(10);

/// Makes the walks of one app, as they are asked for, until told to stop.
pub(super) async fn run(service: Arc<Service>, app: i64, stop: CancellationToken) {
    let mut asked = service.walks.subscribe();
    loop {
        asked.mark_unchanged();
        let pause = match portion(&service, app, &stop).await {
            Ok(Progress::More) => continue,
            Ok(Progress::Done) => None,
            Ok(Progress::Pause) => Some(PAUSE),
            Err(error) => {
                tracing::error!(app, %error, "deciding anew stopped; it goes on in a while");
                Some(PAUSE)
            }
        };
        let waited = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => drop(asked.changed().await),
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = waited => {}
        }
    }
}

enum Progress {
    More,
    /// Nobody can decide at the moment.
    Pause,
    Done,
}

async fn portion(service: &Arc<Service>, app: i64, stop: &CancellationToken) -> Result<Progress, StoreError> {
    let Some(at) = service.store.restatement(app)?.filter(|_| !stop.is_cancelled()) else {
        return Ok(Progress::Done);
    };
    let users = service.store.users_after(app, at.users_after, PORTION)?;
    // Groups after users: what a decision on members finds is then up to date.
    let groups = if users.is_empty() {
        service.store.groups_after(app, at.groups_after, PORTION)?
    } else {
        Vec::new()
    };
    if users.is_empty() && groups.is_empty() {
        tracing::info!(app, reason = at.reason, "decided anew for every user and group");
        end(service, app, at.generation).await?;
        // It may have begun anew meanwhile: look again.
        return Ok(Progress::More);
    }
    let mut reached = Restatement { ..at };
    let mut goes_on = true;
    for row in users {
        if service.store.is_offered(ResourceKind::User, row.seq)? {
            reached.users_after = row.seq;
            continue;
        }
        goes_on = restate(service, app, &row.id, true).await;
        if !goes_on {
            break;
        }
        reached.users_after = row.seq;
    }
    for row in groups {
        if service.store.is_offered(ResourceKind::Group, row.seq)? {
            reached.groups_after = row.seq;
            continue;
        }
        goes_on = restate(service, app, &row.id, false).await;
        if !goes_on {
            break;
        }
        reached.groups_after = row.seq;
    }
    service.store.advance_restatement(reached).await?;
    Ok(if goes_on { Progress::More } else { Progress::Pause })
}

/// What the walk takes away was held until all of it was counted.
async fn end(service: &Service, app: i64, generation: i64) -> Result<(), StoreError> {
    let apps = service.apps();
    let known = apps.by_seq(app);
    let rule = known.map(|app| app.options.brake).unwrap_or_default();
    let ended = service.store.end_restatement(app, generation, rule, now_ms());
    ended.await?;
    for target in known.iter().flat_map(|app| &app.targets) {
        target.wake.notify_one();
    }
    Ok(())
}

/// One resource. That the rules refuse one, or fail on it, is noted and holds up no other;
/// `false`: nobody can decide at the moment, for this one or any other.
async fn restate(service: &Arc<Service>, app: i64, id: &str, is_user: bool) -> bool {
    let apps = service.apps();
    let Some(app) = apps.by_seq(app) else {
        return true;
    };
    if service.registry.current(app.seq).is_none() {
        return false;
    }
    let request = uuid::Uuid::now_v7().to_string();
    let outcome: Result<(), ScimError> = async {
        let change = Change::begin(service, app, &request, Occasion::Reconcile)?;
        if is_user {
            user::restate(&change, id).await
        } else {
            group::restate(&change, id).await
        }
    }
    .await;
    match outcome {
        Ok(()) => true,
        // All sandboxes are busy, or the resource is being written all the time.
        Err(error) if error.status == 429 => false,
        Err(error) => {
            tracing::warn!(app = app.name, id, request, %error, "the rules do not decide anew for a resource");
            true
        }
    }
}
