//! What handles ask of the task that owns the machine. Each answer travels back through its own channel.

use std::net::SocketAddr;

use proconsul_serf::{Coordinate, Tags, event::EventError, force_leave, tags};
use tokio::sync::oneshot;

use crate::handle::JoinReport;
use crate::view::Stats;

/// A wish, with the way back.
#[derive(Debug)]
pub(crate) enum Command {
    Join(Vec<SocketAddr>, oneshot::Sender<JoinReport>),
    Leave(oneshot::Sender<()>),
    ForceLeave { name: String, prune: bool, reply: oneshot::Sender<Result<(), force_leave::Refused>> },
    SetTags(Tags, oneshot::Sender<Result<(), tags::TooLong>>),
    Fire { name: String, payload: Vec<u8>, coalesce: bool, reply: oneshot::Sender<Result<(), EventError>> },
    Coordinate(oneshot::Sender<Coordinate>),
    Stats(oneshot::Sender<Stats>),
    Shutdown(oneshot::Sender<()>),
}
