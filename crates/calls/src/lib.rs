//! Every operation as a typed request and reply: the promise all doors share.
//!
//! Knows no wire form and no store: a front door builds a request, a [`door::Door`] answers it.

pub mod door;
pub mod error;
pub mod kv;
pub mod read;
