//! One account: from whatever is there to what is wanted.

use tidegate_directory::connector::{Account, AccountLink, AccountWanted, ConnectorError};
use tidegate_directory::plan::{AccountSpec, OnExisting, OnMissing};
use tidegate_directory::recognise::recognise;
use tidegate_directory::target::Removal;
use tidegate_store::work::{AccountState, Owner, Verdict};

use super::backoff::look_again_ms;
use super::row::Row;
use crate::clock::now_ms;

/// Brings an account about. Reads first: a repeated call after a crash or a lost answer
/// finds what it did and does nothing.
pub(super) async fn bring_about(
    row: &Row<'_>,
    spec: &AccountSpec,
    state: AccountState,
    link: Option<&AccountLink>,
) -> Result<Verdict, ConnectorError> {
    let connector = row.connector()?;
    if let Some(removal) = removal(row, state) {
        return remove(row, spec, link, state, removal).await;
    }
    let (link, account) = match find(row, spec, link).await? {
        Some((link, account)) => {
            row.check_directory(&account)?;
            (link, account)
        }
        None if state == AccountState::Suspended => return Ok(missing()),
        None => match spec.on_missing {
            OnMissing::Skip => return Ok(missing()),
            OnMissing::Fail => {
                return Err(ConnectorError::NotFound(format!(
                    "there is no account {:?}",
                    spec.username
                )));
            }
            OnMissing::Create => return create(row, spec, state).await,
        },
    };
    // Shutting out and letting in come first: a change of attributes that the product refuses
    // must neither keep a leaver's account open nor a joiner's closed.
    let done = activity(row, state, link, account.active).await?;
    let wants_update = state != AccountState::Suspended && spec.on_existing == OnExisting::Update;
    match done {
        Verdict::Account {
            active,
            link: Some(link),
            gave_back,
            ..
        } if wants_update && differs(&account, spec) => {
            match connector.update_account(&link, &account, &wanted(spec)).await {
                Ok(link) => Ok(verdict(active, Some(link), gave_back)),
                Err(error) => {
                    row.save(&link, active).await?;
                    Err(error)
                }
            }
        }
        done => Ok(done),
    }
}

/// How the account goes, if it is to go.
fn removal(row: &Row<'_>, state: AccountState) -> Option<Removal> {
    match state {
        AccountState::Removed => Some(row.target.config.removal),
        AccountState::Anonymised => Some(Removal::Anonymise),
        AccountState::Ensured | AccountState::Active | AccountState::Suspended => None,
    }
}

/// The account goes, also one whose creation was never answered. Somebody else's stays.
async fn remove(
    row: &Row<'_>,
    spec: &AccountSpec,
    link: Option<&AccountLink>,
    state: AccountState,
    removal: Removal,
) -> Result<Verdict, ConnectorError> {
    let connector = row.connector()?;
    let unlinked = match (link, state) {
        // The administrator has confirmed the account of the link, and no other.
        (Some(_), _) | (None, AccountState::Anonymised) => None,
        (None, _) => recognise(connector, spec).await?,
    };
    let found = unlinked.as_ref().map(linked);
    let meant = link.or(found.as_ref());
    let is_another_s = match meant {
        Some(link) => row.owner(&link.remote_id)?.is_some(),
        None => false,
    };
    if is_another_s && state == AccountState::Anonymised {
        // Left alone, but not called done.
        return Err(ConnectorError::Conflict(
            "the account belongs to another user of this app by now".to_owned(),
        ));
    }
    if let Some(link) = meant.filter(|_| !is_another_s) {
        if let Some(account) = &unlinked {
            row.check_protected(account).await?;
            row.check_directory(account)?;
        }
        match removal {
            Removal::Delete => connector.remove_account(link).await?,
            Removal::Anonymise => {
                let now = shut_out(row, link).await?;
                check_confirmed(state, link, &now)?;
                connector.anonymise_account(&now).await?;
                row.note_anonymised(spec).await?;
            }
        }
    }
    Ok(verdict(None, None, false))
}

/// An administrator confirmed a username: an account that has another one by now is shown before it is touched.
fn check_confirmed(
    state: AccountState,
    confirmed: &AccountLink,
    now: &AccountLink,
) -> Result<(), ConnectorError> {
    let same = confirmed.username.to_lowercase() == now.username.to_lowercase();
    if state != AccountState::Anonymised || same {
        return Ok(());
    }
    Err(ConnectorError::Conflict(format!(
        "the account that was confirmed as {} is called {} by now: look at it, and confirm that name",
        confirmed.username, now.username
    )))
}

/// Anonymising may wait for long, or be refused: the account is made unusable first. The link has the name that the
/// account has now, which is on disk before the account goes: some products know what is left by the name alone.
async fn shut_out(row: &Row<'_>, link: &AccountLink) -> Result<AccountLink, ConnectorError> {
    let Some(account) = row.connector()?.find_linked(link).await? else {
        return Ok(link.clone());
    };
    let mut now = link.clone();
    account.username.clone_into(&mut now.username);
    let done = match account.active {
        true => activity(row, AccountState::Suspended, now.clone(), true).await,
        false => Ok(verdict(Some(false), Some(now.clone()), false)),
    };
    let (link, active) = match done {
        Ok(Verdict::Account {
            active,
            link: Some(link),
            ..
        }) => (link, active),
        // Then it is the anonymising that shuts it out.
        Ok(_) | Err(ConnectorError::Unsupported(_)) => (now, Some(account.active)),
        Err(error) => return Err(error),
    };
    row.save(&link, active).await?;
    Ok(link)
}

/// The account behind the link, else the one of that name: it was deleted and made again,
/// or the answer to its creation was lost. An account that another user's row is linked to
/// is never taken by its name: that user may be on the way to another name.
async fn find(
    row: &Row<'_>,
    spec: &AccountSpec,
    link: Option<&AccountLink>,
) -> Result<Option<(AccountLink, Account)>, ConnectorError> {
    let connector = row.connector()?;
    if let Some(link) = link
        && let Some(account) = connector.find_linked(link).await?
    {
        return Ok(Some((link.clone(), account)));
    }
    // Who lost their account gets the one of that name back, and nobody else's.
    let found = match link {
        Some(_) => connector.find_account(&spec.username).await?,
        None => recognise(connector, spec).await?,
    };
    let Some(account) = found else {
        return Ok(None);
    };
    row.check_protected(&account).await?;
    if spec.on_existing == OnExisting::Fail && link.is_none() {
        return Err(ConnectorError::Conflict(format!(
            "the account {:?} is there already",
            account.username
        )));
    }
    match row.owner(&account.remote_id)? {
        None => Ok(Some((linked(&account), account))),
        Some(Owner::OnTheWay) => Err(ConnectorError::Unavailable(format!(
            "the account {:?} still belongs to another user, whose change is on its way",
            spec.username
        ))),
        Some(Owner::Settled) => Err(ConnectorError::Conflict(format!(
            "the account {:?} belongs to another user of this app",
            spec.username
        ))),
    }
}

fn linked(account: &Account) -> AccountLink {
    AccountLink {
        remote_id: account.remote_id.clone(),
        username: account.username.clone(),
        remembered: None,
    }
}

async fn create(row: &Row<'_>, spec: &AccountSpec, state: AccountState) -> Result<Verdict, ConnectorError> {
    let connector = row.connector()?;
    match connector.create_account(&wanted(spec)).await {
        Ok(link) => activity(row, state, link, true).await,
        // Somebody was faster, or an earlier answer was lost: read, do not guess.
        Err(ConnectorError::Conflict(text)) => match connector.find_account(&spec.username).await? {
            Some(_) => Err(ConnectorError::Unavailable(format!(
                "created by somebody else meanwhile: {text}"
            ))),
            None => Err(ConnectorError::Conflict(text)),
        },
        Err(other) => Err(other),
    }
}

/// Usable or not, as wanted.
async fn activity(
    row: &Row<'_>,
    state: AccountState,
    link: AccountLink,
    active: bool,
) -> Result<Verdict, ConnectorError> {
    let connector = row.connector()?;
    match state {
        AccountState::Active if !active || link.remembered.is_some() => {
            let gave_back = link.remembered.is_some();
            let link = connector.restore_account(&link).await?;
            Ok(verdict(Some(true), Some(link), gave_back))
        }
        AccountState::Suspended if active || link.remembered.is_some() => {
            let remembered = connector.remember_account(&link).await?;
            if remembered != link {
                // On disk before anything is taken away: a crash in between must not forget it.
                row.save(&remembered, None).await?;
            }
            let link = connector.suspend_account(&remembered).await?;
            Ok(verdict(Some(false), Some(link), false))
        }
        _ => Ok(verdict(Some(active), Some(link), false)),
    }
}

fn verdict(active: Option<bool>, link: Option<AccountLink>, gave_back: bool) -> Verdict {
    Verdict::Account {
        active,
        link,
        gave_back,
        look_again_ms: None,
    }
}

/// Nothing is there and nothing may be created: look again in a while, it may come by
/// another way (a directory synchronisation, an administrator).
fn missing() -> Verdict {
    let look_again_ms = Some(now_ms() + look_again_ms());
    Verdict::Account {
        active: None,
        link: None,
        gave_back: false,
        look_again_ms,
    }
}

fn wanted(spec: &AccountSpec) -> AccountWanted {
    AccountWanted {
        username: spec.username.clone(),
        email: spec.email.clone(),
        display_name: spec.display_name.clone(),
        given_name: spec.given_name.clone(),
        family_name: spec.family_name.clone(),
    }
}

/// Whether what the product shows differs from what is wanted. What it does not show
/// (Confluence's e-mail) cannot differ; names compare without case, as products do.
fn differs(account: &Account, spec: &AccountSpec) -> bool {
    let other = |shown: Option<&str>, wanted: Option<&str>| matches!((shown, wanted), (Some(shown), Some(wanted)) if shown != wanted);
    account.username.to_lowercase() != spec.username.to_lowercase()
        || other(account.email.as_deref(), spec.email.as_deref())
        || other(account.display_name.as_deref(), spec.display_name.as_deref())
}
