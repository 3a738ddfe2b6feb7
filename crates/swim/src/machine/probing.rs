//! Probing: one member per interval, directly, then through others and over a stream (SWIM paper §3.1, Lifeguard §IV-A).

use std::net::SocketAddr;

use proconsul_base::time::Instant;

use super::Swim;
use super::conversation::Purpose;
use crate::event::{Event, Upper};
use crate::members::Node;
use crate::probe::{Probe, Step};
use crate::wire::message::{IndirectPing, Message, Ping};
use crate::wire::push_pull::State;
use crate::wire::stream::StreamMessage;

/// The first protocol version that answers a relayed ping's failure with a nack.
const NACK_SINCE: u8 = 4;
/// The first protocol version that answers pings over streams.
const STREAM_PING_SINCE: u8 = 3;

impl Swim {
    pub(super) fn tick_probing(&mut self, now: Instant, upper: &mut dyn Upper) {
        while let Some(step) = self.probing.step(now) {
            match step {
                Step::AskOthers(probe) => self.ask_others(&probe, upper),
                Step::Over(probe) => self.judge(now, &probe),
            }
        }
        if self.probing.is_due(now) {
            self.begin_probe(now, upper);
        }
    }

    fn begin_probe(&mut self, now: Instant, upper: &mut dyn Upper) {
        let interval = self.awareness.scaled(self.timing.probe_interval);
        let forget_after = self.timing.gossip_to_the_dead;
        let Some(target) = self.others.next_to_probe(now, forget_after, &mut self.rng).cloned() else {
            return self.probing.wait(now + self.timing.probe_interval);
        };
        let sequence = self.next_sequence();
        let ping = Message::Ping(Ping { sequence, node: target.name.to_string(), source: Some(self.source()) });
        let protocol_max = Some(target.protocol_max());
        if target.state == State::Alive {
            self.send(target.address, protocol_max, &ping, upper);
        } else {
            // Together with the suspicion, so that the suspect can refute at once.
            let suspicion = Message::Suspect(self.accusation_of(&target));
            self.send_parts(target.address, protocol_max, &[ping.encode(), suspicion.encode()]);
        }
        self.probing.begin(now, sequence, target, self.timing.probe_timeout, interval);
    }

    /// No ack in time: others try in our place, and we try a stream.
    fn ask_others(&mut self, probe: &Probe, upper: &mut dyn Upper) {
        let target = &probe.target;
        let fits = |node: &Node| node.name != target.name && node.state == State::Alive;
        let others: Vec<(SocketAddr, u8)> = self
            .others
            .sample(self.timing.indirect_checks, &mut self.rng, fits)
            .into_iter()
            .map(|node| (node.address, node.protocol_max()))
            .collect();
        let can_nack = |protocol_max: u8| protocol_max >= NACK_SINCE;
        self.probing.expect_nacks(others.iter().filter(|(_, max)| can_nack(*max)).count() as u32);
        for (address, protocol_max) in others {
            let request = Message::IndirectPing(IndirectPing {
                sequence: probe.sequence,
                target: target.address,
                node: target.name.to_string(),
                nack: can_nack(protocol_max),
                source: Some(self.source()),
            });
            self.send(address, Some(protocol_max), &request, upper);
        }
        if target.protocol_max() >= STREAM_PING_SINCE {
            self.ping_over_stream(probe);
        }
    }

    fn ping_over_stream(&mut self, probe: &Probe) {
        let ping = Ping { sequence: probe.sequence, node: probe.target.name.to_string(), source: Some(self.source()) };
        let bytes = StreamMessage::Ping(ping).encode(&self.label);
        let purpose = Purpose::Ping { sequence: probe.sequence };
        let wait = self.awareness.scaled(self.timing.probe_interval).saturating_sub(self.timing.probe_timeout);
        self.converse(probe.target.address, bytes, wait, purpose);
    }

    /// No ack came. Before the target is blamed, our own health is.
    fn judge(&mut self, now: Instant, probe: &Probe) {
        if probe.was_reached_over_stream() {
            self.awareness.better();
            self.events.push_back(Event::PacketsLost(probe.target.name.clone()));
            return;
        }
        self.awareness.worse(probe.nacks_missing().unwrap_or(1));
        // What is known now may be newer than what was probed; the accusation is about the latter.
        let accusation = self.accusation_of(&probe.target);
        if self.others.get(&probe.target.name).is_some_and(|known| known.address == probe.target.address) {
            self.on_suspect(now, accusation);
        }
    }
}
