//! Reads on their way to an index: all that were asked in one turn share one question to the leader.

use std::collections::VecDeque;

use bytes::Bytes;
use proconsul_base::id::RaftId;
use proconsul_base::index::Index;

use crate::codec::Put;

/// Questions open at a time; further reads wait and share the next one.
const QUESTIONS_MAX: usize = 64;

/// Reads that wait to be asked, and questions that wait for their answer.
pub(crate) struct Reads {
    waiting: Vec<u64>,
    open: VecDeque<Question>,
    id: RaftId,
    /// Different in each life of a peer, so that an answer to a question of a former life is no answer now.
    life: u64,
    next: u64,
}

struct Question {
    context: Bytes,
    tickets: Vec<u64>,
    asked: u64,
}

impl Reads {
    pub(crate) fn new(id: RaftId, life: u64) -> Self {
        Self { waiting: Vec::new(), open: VecDeque::new(), id, life, next: 0 }
    }

    pub(crate) fn ask(&mut self, ticket: u64) {
        self.waiting.push(ticket);
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Makes all waiting reads one question, unless too many are open already; answers its name.
    pub(crate) fn question(&mut self, tick: u64) -> Option<Bytes> {
        if self.waiting.is_empty() || self.open.len() >= QUESTIONS_MAX {
            return None;
        }
        self.next += 1;
        let mut name = Vec::with_capacity(24);
        name.put_u64(self.id.get());
        name.put_u64(self.life);
        name.put_u64(self.next);
        let context = Bytes::from(name);
        let tickets = std::mem::take(&mut self.waiting);
        self.open.push_back(Question { context: context.clone(), tickets, asked: tick });
        Some(context)
    }

    /// The answer to a question.
    pub(crate) fn answer(&mut self, context: &[u8], index: Index, reads: &mut Vec<(u64, Index)>) {
        if let Some(place) = self.open.iter().position(|question| question.context == context) {
            let answered = self.open.remove(place).map(|question| question.tickets).unwrap_or_default();
            reads.extend(answered.into_iter().map(|ticket| (ticket, index)));
        }
    }

    /// The leader or the term changed: open questions will not be answered, so their reads are asked again.
    pub(crate) fn ask_again(&mut self) {
        self.waiting.extend(self.open.drain(..).flat_map(|question| question.tickets));
    }

    /// Questions older than an election wait were lost on their way.
    pub(crate) fn expire(&mut self, tick: u64, wait: u64) {
        while self.open.front().is_some_and(|question| question.asked + wait <= tick) {
            self.waiting.extend(self.open.pop_front().into_iter().flat_map(|question| question.tickets));
        }
    }

    /// Takes all reads that are not asked yet, to refuse them.
    pub(crate) fn take_waiting(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.waiting)
    }
}
