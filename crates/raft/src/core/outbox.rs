//! Which messages must wait for which write, and which writes are on their way. Knows nothing of what is written.

use std::collections::VecDeque;

use crate::message::{Kind, Message};

/// Writes not yet reported done, and the messages that wait for them.
#[derive(Default)]
pub(crate) struct Outbox {
    last: u64,
    open: VecDeque<Open>,
    held: VecDeque<(u64, Message)>,
    free: Vec<Message>,
}

struct Open {
    number: u64,
    /// The engine's number of what is written, if it knows of it.
    ready: Option<u64>,
    /// It changes the term or the vote.
    is_fence: bool,
}

impl Outbox {
    /// A new write; answers its number.
    pub(crate) fn write(&mut self, ready: Option<u64>, is_fence: bool) -> u64 {
        self.last += 1;
        self.open.push_back(Open { number: self.last, ready, is_fence });
        self.last
    }

    /// The engine numbered a turn that writes nothing. It counts as done with the write before it; `true`: now.
    pub(crate) fn pass(&mut self, ready: u64) -> bool {
        match self.open.back_mut() {
            Some(open) => {
                open.ready = Some(ready);
                false
            }
            None => true,
        }
    }

    /// A message to be sent as soon as it may.
    pub(crate) fn send(&mut self, message: Message) {
        let awaited =
            if promises(&message.kind) { self.open.back() } else { self.open.iter().rev().find(|open| open.is_fence) };
        match awaited {
            Some(open) => self.held.push_back((open.number, message)),
            None => self.free.push(message),
        }
    }

    /// All writes up to this one are done. Answers the engine's newest number among them.
    pub(crate) fn persisted(&mut self, number: u64) -> Option<u64> {
        let mut ready = None;
        while let Some(open) = self.open.front().filter(|open| open.number <= number) {
            ready = open.ready.or(ready);
            self.open.pop_front();
        }
        // Not in order of number: a message that waits for an older write may stand behind one that waits for a newer.
        let (free, held) = std::mem::take(&mut self.held).into_iter().partition(|(awaited, _)| *awaited <= number);
        self.held = held;
        let free: VecDeque<(u64, Message)> = free;
        self.free.extend(free.into_iter().map(|(_, message)| message));
        ready
    }

    /// What may be sent now.
    pub(crate) fn take(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.free)
    }
}

/// Whether the message promises that everything written so far is durable: entries that count for a commit, a vote, or a log
/// whose end a candidate names. The others only speak for the term.
fn promises(kind: &Kind) -> bool {
    match kind {
        Kind::Appended { .. } | Kind::Rejected { .. } | Kind::RequestVote { .. } | Kind::Vote { is_pre: false, .. } => {
            true
        }
        Kind::Append { .. }
        | Kind::Heartbeat { .. }
        | Kind::HeartbeatReply { .. }
        | Kind::Vote { is_pre: true, .. }
        | Kind::Snapshot { .. }
        | Kind::TimeoutNow
        | Kind::ReadIndex { .. }
        | Kind::ReadIndexReply { .. } => false,
    }
}
