//! How a table says that it is whole.

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {table} table is broken at {key:?}: {invariant}")]
pub struct Broken {
    /// Which table.
    pub table: &'static str,
    /// The record it was found at.
    pub key: String,
    /// The sentence that should be true.
    pub invariant: &'static str,
}

impl Broken {
    pub(crate) fn unless(holds: bool, table: &'static str, key: &str, invariant: &'static str) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self { table, key: key.to_owned(), invariant }) }
    }
}
