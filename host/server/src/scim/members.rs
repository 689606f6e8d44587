//! Members of groups: looked up for filters, and sent in portions where there are many.
//!
//! An answer with the members of a group of 100,000 has ten megabytes. It is written while it is
//! read, so that it costs a portion's memory, however many clients ask at once.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use serde_json::Value;
use tidegate_scim::filter::Related;
use tidegate_scim::present::{self, MemberRef};
use tidegate_scim::query::Projection;
use tidegate_store::{Store, StoreError};
use tokio::sync::Semaphore;

use crate::apps::App;

/// Members that are read at a time.
const PORTION: u64 = 1_000;

/// Portions that are read at the same time, whatever the number of clients: each takes a thread, a
/// connection with its cache, and the memory of a portion.
static READING: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// The members of a group.
pub(super) struct Members<'a> {
    pub(super) store: &'a Store,
    pub(super) group: i64,
    pub(super) count: i64,
    pub(super) base_url: &'a str,
}

impl Related for Members<'_> {
    type Error = StoreError;

    fn has_related(&self) -> Result<bool, StoreError> {
        Ok(self.count > 0)
    }

    fn is_related(&self, id: &str) -> Result<bool, StoreError> {
        self.store.is_member(self.group, id)
    }

    fn any_related(&self, test: &mut dyn FnMut(&Value) -> bool) -> Result<bool, StoreError> {
        let mut after = 0;
        loop {
            let (members, last) = portion(self.store, self.group, after)?;
            if members
                .iter()
                .any(|member| test(&present::member_entry(self.base_url, member)))
            {
                return Ok(true);
            }
            let Some(last) = last else {
                return Ok(false);
            };
            after = last;
        }
    }
}

/// All members of a group.
pub(super) fn all(store: &Store, group: i64) -> Result<Vec<MemberRef>, StoreError> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let (members, last) = portion(store, group, after)?;
        all.extend(members);
        let Some(last) = last else {
            return Ok(all);
        };
        after = last;
    }
}

/// Members after a row number, and the number to go on after; none: there are no more.
fn portion(store: &Store, group: i64, after: i64) -> Result<(Vec<MemberRef>, Option<i64>), StoreError> {
    let rows = store.members(group, after, PORTION)?;
    let last = rows.last().map(|row| row.seq);
    let members = rows.into_iter().map(|row| MemberRef {
        id: row.view.id,
        display: Some(row.view.user_name),
    });
    Ok((members.collect(), last))
}

/// JSON text with groups in it whose members are still to be read.
pub(super) struct Portions {
    pub(super) store: Store,
    pub(super) app: Arc<App>,
    pub(super) base_url: String,
    pub(super) projection: Projection,
    /// Text before the first resource.
    pub(super) before: String,
    /// The resources, last first.
    pub(super) parts: Vec<Part>,
    /// Text after the last resource.
    pub(super) after: &'static str,
}

/// A resource of an answer that is written while it is read.
pub(super) enum Part {
    /// All of it.
    Whole(Value),
    /// A group's row number, and all of the group but its members.
    Group(i64, Value),
}

/// What is written next.
enum Step {
    Before,
    /// A resource begins.
    Part {
        first: bool,
    },
    /// Members after this row number.
    Members {
        group: i64,
        after: i64,
        first: bool,
    },
    Over,
}

impl Portions {
    /// The text as a body that is read from the store as fast as the client takes it.
    pub(super) fn body(self) -> Body {
        let steps = stream::try_unfold((self, Step::Before), |(mut portions, step)| async move {
            if matches!(step, Step::Over) {
                return Ok(None);
            }
            let work = move || {
                let (text, next) = portions.write(step)?;
                Ok::<_, StoreError>((text, portions, next))
            };
            let _one_of_few = READING.acquire().await;
            let (text, portions, next) = tokio::task::spawn_blocking(work)
                .await
                .map_err(|_| StoreError::Closed)
                .and_then(|written| written)
                // The answer is cut off: the client sees that it is not whole.
                .inspect_err(|error| tracing::error!(%error, "members were not read to the end"))?;
            Ok::<_, StoreError>(Some((Bytes::from(text), (portions, next))))
        });
        Body::from_stream(steps)
    }

    fn write(&mut self, step: Step) -> Result<(String, Step), StoreError> {
        Ok(match step {
            Step::Before => (std::mem::take(&mut self.before), Step::Part { first: true }),
            Step::Part { first } => match self.parts.pop() {
                Some(Part::Whole(value)) => {
                    let comma = if first { "" } else { "," };
                    (format!("{comma}{value}"), Step::Part { first: false })
                }
                Some(Part::Group(group, head)) => {
                    let comma = if first { "" } else { "," };
                    let mut text = format!("{comma}{head}");
                    // The closing brace comes after the members.
                    text.pop();
                    (
                        text,
                        Step::Members {
                            group,
                            after: 0,
                            first: true,
                        },
                    )
                }
                None => (self.after.to_owned(), Step::Over),
            },
            Step::Members { group, after, first } => {
                let (members, last) = portion(&self.store, group, after)?;
                let schemas = &self.app.schemas;
                let shown = present::members(schemas, &self.base_url, &members, &self.projection);
                let mut text = String::new();
                for (number, entry) in shown.unwrap_or_default().iter().enumerate() {
                    text.push_str(if first && number == 0 {
                        ",\"members\":["
                    } else {
                        ","
                    });
                    text.push_str(&entry.to_string());
                }
                // Whether any member was written, over all portions.
                let first = first && text.is_empty();
                match last {
                    Some(after) => (text, Step::Members { group, after, first }),
                    None => {
                        text.push_str(if first { ",\"members\":[]}" } else { "]}" });
                        (text, Step::Part { first: false })
                    }
                }
            }
            Step::Over => (String::new(), Step::Over),
        })
    }
}
