//! Declaring a member gone that cannot say so itself.

/// Why a member was not declared gone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nobody of that name is known.
    #[error("no member named {0:?} is known, so it cannot be made to leave; see the list of members")]
    Unknown(String),
}
