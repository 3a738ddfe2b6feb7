//! Linearizability: could what several clients saw have happened one operation after another, each at some moment between
//! its call and its answer?
//!
//! Knows neither sockets nor clocks nor what is stored: a model says what an operation does to a state, the history says in
//! which order calls and answers were. The search is Wing and Gong's ("Testing and Verifying Concurrent Objects", 1993) with
//! Lowe's memory of what was tried ("Testing for linearizability", 2017): the same operations in another order that lead to
//! the same state are followed once.

mod done;
pub(crate) mod register;

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

use self::done::Done;

/// One operation of one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation<C> {
    /// What was asked, and what was answered.
    pub(crate) call: C,
    /// When it was asked: a number that grows with every call and every answer of all clients.
    pub(crate) begin: u64,
    /// When it was answered, in the same numbers. Without an answer it may have happened at any time after its call, or never.
    pub(crate) end: Option<u64>,
}

/// What is stored, and what an operation does to it.
pub(crate) trait Model: Clone + Eq + Hash {
    /// A question with its answer.
    type Call;

    /// The state after this call, or nothing when the answer cannot have come from this state.
    fn step(&self, call: &Self::Call) -> Option<Self>;
}

/// A history in which no order explains every answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction<M, C> {
    /// How many operations the best order explains.
    pub(crate) explained: usize,
    /// The state after these.
    pub(crate) state: M,
    /// The operations, in the order of their calls, of which one had to be next and none can be.
    pub(crate) stuck: Vec<Operation<C>>,
}

impl<M: fmt::Debug, C: fmt::Debug> fmt::Display for Contradiction<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} operations lead to {:?}, from which none of these can go on:", self.explained, self.state)?;
        for Operation { call, begin, end } in &self.stuck {
            match end {
                Some(end) => write!(f, "\n  {begin}..{end} {call:?}")?,
                None => write!(f, "\n  {begin}.. {call:?}")?,
            }
        }
        Ok(())
    }
}

/// Looks for an order of the history, from this state, that explains every answer.
pub(crate) fn check<M: Model>(initial: M, history: &[Operation<M::Call>]) -> Result<(), Contradiction<M, M::Call>>
where
    M::Call: Clone,
{
    let mut history: Vec<&Operation<M::Call>> = history.iter().collect();
    history.sort_by_key(|operation| operation.begin);
    let mut seen = HashSet::new();
    let mut best: (usize, Done, M) = (0, Done::none(history.len()), initial.clone());
    let mut open = vec![(best.1.clone(), initial)];
    while let Some((done, state)) = open.pop() {
        let next = candidates(&history, &done);
        if !next.iter().any(|&place| history[place].end.is_some()) {
            return Ok(());
        }
        if done.count() >= best.0 {
            best = (done.count(), done.clone(), state.clone());
        }
        // The last pushed is followed first: what was asked first, which mostly happened first.
        for &place in next.iter().rev() {
            let Some(after) = state.step(&history[place].call) else { continue };
            let step = (done.with(place), after);
            if seen.insert(step.clone()) {
                open.push(step);
            }
        }
    }
    let (explained, done, state) = best;
    let stuck = candidates(&history, &done).into_iter().map(|place| history[place].clone()).collect();
    Err(Contradiction { explained, state, stuck })
}

/// Whatever may be next: what was asked before the first answer among those that are left.
fn candidates<C>(history: &[&Operation<C>], done: &Done) -> Vec<usize> {
    let left = || (0..history.len()).filter(|&place| !done.has(place));
    let first_answer = left().filter_map(|place| history[place].end).min().unwrap_or(u64::MAX);
    left().take_while(|&place| history[place].begin < first_answer).collect()
}

#[cfg(test)]
mod tests;
