//! The replicated store: same commands, same order, same bytes.
