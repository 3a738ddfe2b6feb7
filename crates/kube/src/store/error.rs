//! Why the store refused a write. Messages are those of the Kubernetes API server.

use crate::kind::Kind;
use crate::object::Key;
use crate::store::journal::JournalError;

/// Why a write was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such object.
    #[error("{} {:?} not found", .0.kind.qualified(), .0.name)]
    NotFound(Key),
    /// There is one already.
    #[error("{} {:?} already exists", .0.kind.qualified(), .0.name)]
    AlreadyExists(Key),
    /// It changed since it was read.
    #[error(
        "Operation cannot be fulfilled on {} {:?}: the object has been modified; please apply your changes to the latest version and try again",
        .0.kind.qualified(), .0.name
    )]
    Conflict(Key),
    /// It is another object of the same name than the caller means.
    #[error(
        "Operation cannot be fulfilled on {} {:?}: Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}",
        key.kind.qualified(), key.name
    )]
    OtherUid {
        /// Which object.
        key: Key,
        /// The uid the caller means.
        wanted: String,
        /// The uid it has.
        found: String,
    },
    /// A client chose the version itself.
    #[error("resourceVersion should not be set on objects to be created")]
    VersionOnCreate,
    /// An object without name and generateName.
    #[error("{} \"\" is invalid: metadata.name: Required value: name or generateName is required", .0.resource().kind)]
    NameMissing(Kind),
    /// The kind is not kept here.
    #[error("no kind {0:?} is kept by this runtime")]
    KindUnknown(String),
    /// The journal could not be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
