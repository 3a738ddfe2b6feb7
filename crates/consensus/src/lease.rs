//! A leader's lease: how long it may answer default reads without asking anyone. Knows no clock; is told the time.
//!
//! A quorum that answers a question has, from the moment the question was asked, promised no other leader for an election
//! wait (followers that hear a leader refuse votes, thesis §4.2.3 and §6.4.1). What is left of that wait, less a margin for
//! clocks that run differently, is the lease.

use std::time::{Duration, Instant};

use proconsul_base::index::{Index, Term};

/// The lease of one server, whether it leads or not.
#[derive(Debug)]
pub(crate) struct Lease {
    length: Duration,
    open: Option<Question>,
    until: Option<Instant>,
    /// The term in which this server became current, and the index that it must have applied to serve readers.
    current: Option<(Term, Index)>,
}

#[derive(Clone, Copy, Debug)]
struct Question {
    ticket: u64,
    asked: Instant,
    term: Term,
}

impl Lease {
    /// A lease that lasts this long after its question.
    pub(crate) fn new(length: Duration) -> Self {
        Self { length, open: None, until: None, current: None }
    }

    /// Whether a new question should be asked: none is open that could still be worth its answer.
    pub(crate) fn is_question_due(&self, term: Term, now: Instant) -> bool {
        !self.open.is_some_and(|open| open.term == term && now < open.asked + self.length)
    }

    /// A question goes out under this ticket.
    pub(crate) fn asked(&mut self, ticket: u64, term: Term, now: Instant) {
        self.open = Some(Question { ticket, asked: now, term });
    }

    /// The quorum has answered a ticket. It counts only in the term in which it was asked; then, when it was asked.
    pub(crate) fn confirmed(&mut self, ticket: u64, term: Term) -> Option<Instant> {
        let question = self.open.take_if(|open| open.ticket == ticket).filter(|question| question.term == term)?;
        self.until = Some(question.asked + self.length);
        Some(question.asked)
    }

    /// Until when the lease holds, if the core still stands by it.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// The index at which a leader had everything of earlier terms committed; everything acknowledged later in its term was
    /// applied here first. To be asked only of a leader whose commit index is the cluster's: the first answer of a term stays.
    pub(crate) fn current_from(&mut self, term: Term, commit: Index) -> Index {
        match self.current {
            Some((since, index)) if since == term => index,
            _ => self.current.insert((term, commit)).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_counts_from_the_question_and_only_in_its_term() {
        let (length, start) = (Duration::from_millis(270), Instant::now());
        let mut lease = Lease::new(length);
        assert!(lease.is_question_due(Term(2), start));
        lease.asked(7, Term(2), start);
        assert!(!lease.is_question_due(Term(2), start + length / 2));
        lease.confirmed(7, Term(3));
        assert_eq!(lease.until(), None, "the answer came in another term");
        lease.asked(8, Term(3), start);
        lease.confirmed(8, Term(3));
        assert_eq!(lease.until(), Some(start + length));
    }

    #[test]
    fn the_first_index_of_a_term_stays_and_another_term_has_its_own() {
        let mut lease = Lease::new(Duration::from_millis(270));
        assert_eq!(lease.current_from(Term(2), Index(151)), Index(151));
        assert_eq!(lease.current_from(Term(2), Index(160)), Index(151));
        assert_eq!(lease.current_from(Term(5), Index(170)), Index(170));
    }

    #[test]
    fn a_question_that_is_lost_is_asked_again() {
        let (length, start) = (Duration::from_millis(270), Instant::now());
        let mut lease = Lease::new(length);
        lease.asked(1, Term(2), start);
        assert!(lease.is_question_due(Term(2), start + length));
    }
}
