//! Reading a target: what is there, what of it is ours, and where it is not as it was left.
//!
//! A reading goes on where the last one stopped, waits where the product asks for it, and is made for an
//! administrator ([`read`]) or by itself ([`schedule`]); both find the same.

mod offer;
mod read;
mod report;
mod schedule;
mod strays;

use thiserror::Error;
use tidegate_directory::connector::ConnectorError;
use tidegate_store::StoreError;

pub use report::{Report, Wanted};
pub(crate) use schedule::run;
pub use strays::Strays;

/// Why a target was not read to the end. What was read is kept.
#[derive(Debug, Error)]
pub enum SurveyError {
    /// An administrator has to act first.
    #[error("the target is stopped: {0}")]
    Stopped(String),
    /// The product.
    #[error(transparent)]
    Product(#[from] ConnectorError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was not read yet.
    #[error("the target was not read yet")]
    NotRead,
}
