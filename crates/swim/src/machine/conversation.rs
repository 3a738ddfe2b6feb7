//! Streams: joins, exchanges of whole states, pings where packets are lost.

use std::net::SocketAddr;
use std::time::Duration;

use proconsul_base::limit::GOSSIP_META_BYTES;
use proconsul_base::time::Instant;

use super::Swim;
use crate::event::{Event, Ticket, Transmit, Upper};
use crate::exchange::ExchangeError;
use crate::members::Node;
use crate::wire::message::{Ack, Vsn};
use crate::wire::push_pull::{NodeState, PushPull, State};
use crate::wire::stream::StreamMessage;

/// Up to this many members the interval of state exchanges stays as it is; from there it grows with each doubling.
const PUSH_PULL_SCALE_MEMBERS: usize = 32;

/// What a conversation of ours is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Somebody waits for it.
    Join { address: SocketAddr },
    /// The regular exchange.
    PushPull { address: SocketAddr },
    /// The second way of a probe.
    Ping { sequence: u32 },
}

impl Swim {
    /// Exchanges states with an address; [`Event::Joining`] tells what came of it.
    pub fn join(&mut self, address: SocketAddr, upper: &mut dyn Upper) -> Ticket {
        if address == self.local.address {
            let ticket = self.take_ticket();
            self.events.push_back(Event::Joining { ticket, address, result: Err(ExchangeError::Ourselves) });
            return ticket;
        }
        let bytes = self.state(true, upper);
        self.converse(address, bytes, self.timing.stream_timeout, Purpose::Join { address })
    }

    /// Somebody began a conversation: the answer, if there is one.
    pub fn serve(
        &mut self,
        now: Instant,
        from: SocketAddr,
        message: StreamMessage,
        upper: &mut dyn Upper,
    ) -> Option<Vec<u8>> {
        match message {
            StreamMessage::PushPull(state) => {
                let answer = self.state(false, upper);
                if let Err(error) = self.merge_state(now, state, upper) {
                    self.events.push_back(Event::ExchangeFailed { address: from, error });
                }
                Some(answer)
            }
            StreamMessage::Ping(ping) if self.is_us(&ping.node) => {
                let ack = Ack { sequence: ping.sequence, payload: Vec::new() };
                Some(StreamMessage::Ack(ack).encode(&self.label))
            }
            StreamMessage::User(bytes) => {
                self.events.push_back(Event::User { from, bytes });
                None
            }
            StreamMessage::Ping(_) | StreamMessage::Ack(_) | StreamMessage::Error(_) => None,
        }
    }

    /// A conversation of ours came to its end.
    pub fn conversed(
        &mut self,
        now: Instant,
        ticket: Ticket,
        answer: Result<StreamMessage, ExchangeError>,
        upper: &mut dyn Upper,
    ) {
        match self.conversations.remove(&ticket) {
            Some(Purpose::Join { address }) => {
                let result = self.exchanged(now, answer, upper);
                self.events.push_back(Event::Joining { ticket, address, result });
            }
            Some(Purpose::PushPull { address }) => {
                if let Err(error) = self.exchanged(now, answer, upper) {
                    self.events.push_back(Event::ExchangeFailed { address, error });
                }
            }
            Some(Purpose::Ping { sequence }) => {
                if matches!(answer, Ok(StreamMessage::Ack(ack)) if ack.sequence == sequence) {
                    self.probing.reached_over_stream(sequence);
                }
            }
            None => {}
        }
    }

    /// The regular exchange with one member at random.
    pub(super) fn tick_push_pull(&mut self, now: Instant, upper: &mut dyn Upper) {
        if now < self.push_pull_at {
            return;
        }
        self.push_pull_at = now + push_pull_interval(self.timing.push_pull_interval, self.members());
        let partner = self.others.sample(1, &mut self.rng, |node| node.state == State::Alive);
        if let Some(address) = partner.first().map(|node| node.address) {
            let bytes = self.state(false, upper);
            self.converse(address, bytes, self.timing.stream_timeout, Purpose::PushPull { address });
        }
    }

    pub(super) fn converse(&mut self, to: SocketAddr, bytes: Vec<u8>, timeout: Duration, purpose: Purpose) -> Ticket {
        let ticket = self.take_ticket();
        self.conversations.insert(ticket, purpose);
        self.transmits.push_back(Transmit::Stream { ticket, to, bytes, timeout });
        ticket
    }

    fn take_ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    /// How many others the answer names that are there.
    fn exchanged(
        &mut self,
        now: Instant,
        answer: Result<StreamMessage, ExchangeError>,
        upper: &mut dyn Upper,
    ) -> Result<usize, ExchangeError> {
        let state = match answer? {
            StreamMessage::PushPull(state) => state,
            StreamMessage::Error(text) => return Err(ExchangeError::Refused(text)),
            _ => return Err(ExchangeError::OtherAnswer),
        };
        let is_other = |told: &&NodeState| *told.node != *self.local.name && told.state == State::Alive;
        let others = state.nodes.iter().filter(is_other).count();
        self.merge_state(now, state, upper)?;
        if others == 0 { Err(ExchangeError::Ourselves) } else { Ok(others) }
    }

    fn merge_state(&mut self, now: Instant, state: PushPull, upper: &mut dyn Upper) -> Result<(), ExchangeError> {
        let PushPull { join, mut nodes, user_state } = state;
        nodes.retain(|told| told.meta.len() <= GOSSIP_META_BYTES);
        self.check_versions(&nodes)?;
        self.merge(now, nodes, upper);
        if !user_state.is_empty() {
            self.events.push_back(Event::RemoteState { join, bytes: user_state });
        }
        Ok(())
    }

    /// Everything we know, as one stream.
    fn state(&mut self, join: bool, upper: &mut dyn Upper) -> Vec<u8> {
        let everybody = std::iter::once(&self.local).chain(self.others.iter());
        let nodes = everybody.map(Node::told).collect();
        let state = PushPull { join, nodes, user_state: upper.local_state(join) };
        StreamMessage::PushPull(state).encode(&self.label)
    }

    /// Whether everybody, theirs and ours, would understand everybody.
    fn check_versions(&self, told: &[NodeState]) -> Result<(), ExchangeError> {
        let known = std::iter::once(&self.local).chain(self.others.iter());
        let known = known.map(|node| (&*node.name, node.state, node.vsn));
        let all = told.iter().map(|told| (told.node.as_str(), told.state, told.vsn)).chain(known);
        for (protocol, at) in [("protocol", 0), ("delegate", 3)] {
            // Members without versions understand everything, as far as anybody knows.
            let alive = all.clone().filter(|(_, state, vsn)| *state == State::Alive && *vsn != Vsn::default());
            let min = alive.clone().map(|(_, _, vsn)| vsn[at]).max().unwrap_or(0);
            let max = alive.clone().map(|(_, _, vsn)| vsn[at + 1]).min().unwrap_or(u8::MAX);
            if let Some((node, _, vsn)) = alive.into_iter().find(|(_, _, vsn)| !(min..=max).contains(&vsn[at + 2])) {
                let (node, current) = (node.to_owned(), vsn[at + 2]);
                return Err(ExchangeError::Versions { protocol, node, current, min, max });
            }
        }
        Ok(())
    }
}

/// Grows by one interval per doubling above 32 members.
fn push_pull_interval(interval: Duration, members: usize) -> Duration {
    if members <= PUSH_PULL_SCALE_MEMBERS {
        return interval;
    }
    let doublings = (members as f64 / PUSH_PULL_SCALE_MEMBERS as f64).log2().ceil();
    interval * (doublings as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_pools_exchange_states_less_often() {
        let interval = |members| push_pull_interval(Duration::from_secs(30), members).as_secs();
        assert_eq!([2, 32, 33, 64, 65, 1000].map(interval), [30, 30, 60, 60, 90, 180]);
    }
}
