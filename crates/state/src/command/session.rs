//! The commands on sessions, and the one that ends a lock-delay.
//!
//! ```text
//! create           the session's fields
//! destroy          id 16 bytes
//! lock-delay-over  since u64, delay u64
//! ```
//!
//! Ids are made by who proposes, and so is the decision that a delay has passed: only the leader's clock knows.

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::session::Session;

use super::header;
use crate::wire::{Body, put_session, put_u64, session};

pub(super) const VERSION: u8 = 1;
pub(super) const CREATE: u16 = 0x0032;
pub(super) const DESTROY: u16 = 0x0033;
pub(super) const LOCK_DELAY_OVER: u16 = 0x0034;

/// One change of the sessions or their lock-delays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionCommand {
    /// Makes a session. Its indexes are not looked at.
    Create(Arc<Session>),
    /// Invalidates a session, if there is one of this id.
    Destroy(SessionId),
    /// Keys whose sessions were invalidated may be locked again.
    LockDelayOver(LockDelayOver),
}

/// Which lock-delays are over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockDelayOver {
    /// The command that invalidated the sessions.
    pub since: Index,
    /// The delay they asked for. Others of the same command may have asked for another one.
    pub delay: Duration,
}

impl SessionCommand {
    pub(super) fn decode(kind: u16, body: &[u8]) -> Option<Self> {
        let mut body = Body(body);
        let command = match kind {
            CREATE => Self::Create(Arc::new(session(&mut body)?)),
            DESTROY => Self::Destroy(SessionId::from_bytes(body.id()?)),
            LOCK_DELAY_OVER => {
                let since = Index(body.u64()?);
                Self::LockDelayOver(LockDelayOver { since, delay: Duration::from_nanos(body.u64()?) })
            }
            _ => return None,
        };
        body.end()?;
        Some(command)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Create(session) => {
                let mut bytes = header(CREATE, VERSION, 128);
                put_session(&mut bytes, session);
                bytes
            }
            Self::Destroy(id) => {
                let mut bytes = header(DESTROY, VERSION, 16);
                bytes.extend_from_slice(id.as_bytes());
                bytes
            }
            Self::LockDelayOver(LockDelayOver { since, delay }) => {
                let mut bytes = header(LOCK_DELAY_OVER, VERSION, 16);
                put_u64(&mut bytes, since.0);
                put_u64(&mut bytes, u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX));
                bytes
            }
        }
    }
}
