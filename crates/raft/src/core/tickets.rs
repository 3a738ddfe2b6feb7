//! Which ticket belongs to which entry, from its proposal here to its commit or its loss.

use std::collections::VecDeque;

use proconsul_base::index::{Index, Term};

use crate::work::Refused;

/// Open tickets. A leader's proposals of one term are consecutive, so only the first index is kept with them.
#[derive(Default)]
pub(crate) struct Tickets {
    runs: VecDeque<Run>,
}

struct Run {
    term: Term,
    first: Index,
    tickets: VecDeque<u64>,
}

impl Tickets {
    /// A ticket was proposed at this place.
    pub(crate) fn open(&mut self, index: Index, term: Term, ticket: u64) {
        match self.runs.back_mut() {
            Some(run) if run.term == term && run.first.0 + run.tickets.len() as u64 == index.0 => {
                run.tickets.push_back(ticket);
            }
            _ => self.runs.push_back(Run { term, first: index, tickets: VecDeque::from([ticket]) }),
        }
    }

    /// The entry of this place was committed: answers its ticket, and refuses those whose place it took.
    pub(crate) fn commit(&mut self, index: Index, term: Term, refused: &mut Vec<(u64, Refused)>) -> Option<u64> {
        let mut found = None;
        for run in &mut self.runs {
            while run.first <= index {
                let Some(ticket) = run.tickets.pop_front() else { break };
                if run.first == index && run.term == term {
                    found = Some(ticket);
                } else {
                    refused.push((ticket, Refused::Overwritten));
                }
                run.first = run.first.next();
            }
        }
        self.runs.retain(|run| !run.tickets.is_empty());
        found
    }

    /// Everything up to this index is covered by a snapshot: what became of those tickets cannot be told.
    pub(crate) fn skip(&mut self, through: Index, refused: &mut Vec<(u64, Refused)>) {
        for run in &mut self.runs {
            while run.first <= through {
                let Some(ticket) = run.tickets.pop_front() else { break };
                refused.push((ticket, Refused::Unknown));
                run.first = run.first.next();
            }
        }
        self.runs.retain(|run| !run.tickets.is_empty());
    }

    /// No ticket will be answered any more.
    pub(crate) fn close(&mut self, refused: &mut Vec<(u64, Refused)>) {
        refused.extend(self.runs.drain(..).flat_map(|run| run.tickets).map(|ticket| (ticket, Refused::Unknown)));
    }
}
