//! Questions that only the leader's memory can answer: timers, the health of peers, what it is asked to do next. Knows nothing
//! of what they mean.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

use crate::error::Unavailable;

/// An answer under way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Bytes, Unavailable>> + Send + 'a>>;

/// Answers while this server leads; [`Handle::answer_with`](crate::Handle::answer_with) takes it.
pub trait Answerer: Send + Sync + 'static {
    /// Called only on the leader, and only when it has applied everything of earlier terms.
    ///
    /// An error after which the question may be asked again ([`Unavailable::nothing_was_done`]) must mean what it says.
    fn answer(&self, question: Bytes) -> Answering<'_>;
}
