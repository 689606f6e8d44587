//! Why a version was not deployed or activated.

use thiserror::Error;
use tidegate_runtime::StageError;
use tidegate_store::StoreError;

use crate::trust::TrustError;

/// Why a version was not deployed or activated.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// The component or its settings.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// Nobody who is trusted vouches for it.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// Apps were not read again.
    #[error("the apps cannot be read: {0}")]
    Apps(String),
    /// No version of that number.
    #[error("the app has no version {0}")]
    NoSuchVersion(i64),
    /// It failed when it was deployed.
    #[error("version {number} cannot be activated, it failed: {note}")]
    Failed {
        /// Number.
        number: i64,
        /// Why.
        note: String,
    },
    /// No preview with the digest that was stated.
    #[error("there is no preview with this digest: make one with `tidegate policy preview`")]
    NoSuchPreview,
    /// The digest is that of another version's preview.
    #[error("this is the preview of another version than {0}")]
    OtherPreview(i64),
    /// Another version is in force than the one that the preview compared with.
    #[error("another version is in force than when the preview was made: make a new one")]
    StalePreview,
    /// The app wants one.
    #[error(
        "this app's versions decide once they were previewed, and are activated with the preview's digest: make one with `tidegate policy preview`"
    )]
    PreviewRequired,
    /// No version decides.
    #[error("no policy version is active for this app")]
    NoneActive,
    /// There is no earlier version.
    #[error("there is no earlier version to roll back to")]
    NothingBefore,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something stored cannot be read.
    #[error("what is stored is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
}
