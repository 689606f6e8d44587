//! One due row: what is to be done, and how it ended.

use serde_json::json;
use tidegate_directory::connector::{Account, AccountLink, Connector, ConnectorError};
use tidegate_directory::plan::{AccountRef, AccountSpec, OnMissing};
use tidegate_directory::target::Credentials;
use tidegate_store::Store;
use tidegate_store::audit::AuditLine;
use tidegate_store::work::{Key, Outcome, Owner, Task, Verdict, Work};
use tracing::Instrument;

use super::{account, backoff};
use crate::apps::{App, Target};
use crate::clock::now_ms;
use crate::protected;
use crate::telemetry::spans;

/// A due row in its target.
pub(super) struct Row<'a> {
    pub(super) app: &'a App,
    pub(super) target: &'a Target,
    pub(super) store: &'a Store,
    pub(super) work: &'a Work,
}

/// How a try went, for the loop: some failures concern the whole target.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) outcome: Outcome,
    /// The product's words, and the kind of error, where it did not work.
    pub(super) error: Option<ConnectorError>,
}

impl Row<'_> {
    /// Tries once.
    pub(super) async fn work(&self) -> Tried {
        let span = spans::row(&self.app.name, &self.target.config.name, self.kind());
        let result = self.bring_about().instrument(span.clone()).await;
        let outcome = result.as_ref().err().map_or("applied", ConnectorError::kind);
        spans::ended(&span, outcome, result.is_err());
        let (verdict, error) = match result {
            Ok(verdict) => (verdict, None),
            Err(error) => (self.failed(&error), Some(error)),
        };
        let outcome = Outcome {
            target: self.target.seq,
            key: self.work.key,
            rev: self.work.rev,
            verdict,
        };
        Tried { outcome, error }
    }

    /// What it is about: a word.
    fn kind(&self) -> &'static str {
        match self.work.key {
            Key::Account(_) => "account",
            Key::Group(_) => "group",
            Key::Member(..) => "member",
        }
    }

    async fn bring_about(&self) -> Result<Verdict, ConnectorError> {
        let connector = self.connector()?;
        match &self.work.task {
            Task::Account { spec, state, link } => {
                account::bring_about(self, spec, *state, link.as_ref()).await
            }
            Task::EnsureGroup { name, on_missing } => {
                if connector.group_exists(name).await? {
                    return Ok(Verdict::Group {
                        present: true,
                        look_again_ms: None,
                    });
                }
                match on_missing {
                    OnMissing::Create => {
                        connector.create_group(name).await?;
                        Ok(Verdict::Group {
                            present: true,
                            look_again_ms: None,
                        })
                    }
                    OnMissing::Skip => {
                        let look_again_ms = Some(now_ms() + backoff::look_again_ms());
                        Ok(Verdict::Group {
                            present: false,
                            look_again_ms,
                        })
                    }
                    OnMissing::Fail => Err(ConnectorError::NotFound(format!("there is no group {name:?}"))),
                }
            }
            Task::RemoveGroup { name } => {
                connector.remove_group(name).await?;
                Ok(Verdict::Group {
                    present: false,
                    look_again_ms: None,
                })
            }
            Task::Member { group, link, wanted } => {
                if *wanted {
                    connector.add_member(group, link).await?;
                } else {
                    connector.remove_member(group, link).await?;
                }
                Ok(Verdict::Member { applied: *wanted })
            }
        }
    }

    pub(super) fn connector(&self) -> Result<&dyn Connector, ConnectorError> {
        Ok(self.target.connector()?.as_ref())
    }

    /// Keeps a link before the work goes on; `active` where it is known already.
    pub(super) async fn save(&self, link: &AccountLink, active: Option<bool>) -> Result<(), ConnectorError> {
        let outcome = Outcome {
            target: self.target.seq,
            key: self.work.key,
            rev: self.work.rev,
            verdict: Verdict::Linked {
                link: link.clone(),
                active,
            },
        };
        let saved = self.store.record(vec![outcome], now_ms()).await;
        saved.map_err(|error| ConnectorError::Unavailable(format!("the link was not saved: {error}")))
    }

    /// An account lost its name for good: that is on record, whoever wanted it. Without the name.
    pub(super) async fn note_anonymised(&self, spec: &AccountSpec) -> Result<(), ConnectorError> {
        let subject = match (&spec.account, self.work.key) {
            (AccountRef::ScimId(id), _) => id.clone(),
            (_, Key::Account(user)) => format!("user {user}"),
            (..) => String::new(),
        };
        let line = AuditLine {
            at_ms: now_ms(),
            app: Some(self.app.seq),
            request: String::new(),
            actor: "reconciler".into(),
            action: "account.anonymised".into(),
            subject,
            detail: json!({"target": self.target.config.name}),
        };
        let noted = self.store.audit(line).await;
        noted.map_err(|error| ConnectorError::Unavailable(format!("it is not on record yet: {error}")))
    }

    /// Whose account it is, if it is another user's in this target.
    pub(super) fn owner(&self, remote_id: &str) -> Result<Option<Owner>, ConnectorError> {
        let Key::Account(user) = self.work.key else {
            return Ok(None);
        };
        let owner = self.store.owner_elsewhere(self.target.seq, remote_id, user);
        owner.map_err(|error| ConnectorError::Unavailable(format!("the store did not answer: {error}")))
    }

    /// No Data Center call chooses a directory; where the product tells which one an
    /// account lives in, an account elsewhere is not ours to change.
    pub(super) fn check_directory(&self, account: &Account) -> Result<(), ConnectorError> {
        match (&self.target.config.directory, &account.directory) {
            (Some(wanted), Some(found)) if wanted != found => Err(ConnectorError::ReadOnly(format!(
                "the account {:?} lives in directory {found:?}, not in {wanted:?}",
                account.username
            ))),
            _ => Ok(()),
        }
    }

    /// An account that is found by another name than the rules' may be one that no rule may touch: the commit
    /// has seen only the name that the rules made.
    pub(super) async fn check_protected(&self, account: &Account) -> Result<(), ConnectorError> {
        let ours = match &self.target.config.credentials {
            Credentials::Basic { username, .. } => username.eq_ignore_ascii_case(&account.username),
            Credentials::Token { .. } => false,
        };
        if !ours && !self.app.protected().account(&account.username) {
            return Ok(());
        }
        let line = protected::alarm(self.app, "", "account", &account.username);
        if let Err(error) = self.store.audit(line).await {
            tracing::error!(%error, "an alarm is not in the audit trail");
        }
        Err(ConnectorError::Forbidden(format!(
            "the account {:?} is protected",
            account.username
        )))
    }

    fn failed(&self, error: &ConnectorError) -> Verdict {
        let at_ms = now_ms() + backoff::delay_ms(error, self.work.attempts);
        match error {
            ConnectorError::NotFound(text) if matches!(self.work.key, Key::Member(..)) => Verdict::Gone {
                error: text.clone(),
                at_ms,
            },
            // Wrong credentials say nothing about the row: the target stops, the row stays due.
            ConnectorError::Unauthorized(_) | ConnectorError::RateLimited { .. } => Verdict::Retry {
                kind: error.kind(),
                error: error.to_string(),
                at_ms,
                counts: false,
            },
            _ if error.is_transient() => Verdict::Retry {
                kind: error.kind(),
                error: error.to_string(),
                at_ms,
                counts: true,
            },
            _ => Verdict::Parked {
                kind: error.kind(),
                error: error.to_string(),
            },
        }
    }
}
