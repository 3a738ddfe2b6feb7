//! What swim's events and serf's messages mean.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use proconsul_base::time::Instant;
use proconsul_swim::Event as Below;

use super::Serf;
use crate::coordinate::Coordinate;
use crate::event::Event;
use crate::machine::leaving::Leaving;
use crate::wire::{Join, Leave, Message, RemoteState, UserEvent};

impl Serf {
    /// Works off what swim has to tell, until it has nothing more.
    pub(super) fn settle(&mut self, now: Instant) {
        while let Some(event) = self.swim.next_event() {
            self.on_swim(now, event);
        }
    }

    fn on_swim(&mut self, now: Instant, event: Below) {
        match event {
            Below::Joined(node) => {
                let joined = self.layer.roster.present(now, &node);
                self.emit([joined]);
            }
            Below::Updated(node) => {
                let updated = self.layer.roster.updated(&node);
                self.emit(updated);
            }
            Below::Failed(node) => {
                let events = self.layer.roster.absent(now, &node.name, false);
                self.emit(events);
            }
            Below::Left(node) => {
                let events = self.layer.roster.absent(now, &node.name, true);
                self.emit(events);
            }
            Below::User { from, bytes } => self.on_message(now, from, &bytes),
            Below::RemoteState { bytes, .. } => self.merge(now, &bytes),
            Below::Acked { node, round_trip, payload } => {
                if let Ok(other) = Coordinate::decode(&payload) {
                    self.layer.vivaldi.observe(&node.name, &other, round_trip);
                }
            }
            Below::Joining { ticket, address, result } => {
                if self.joins.remove(&ticket) {
                    if result.is_ok() {
                        self.announce_join(now);
                    }
                    self.events.push_back(Event::Joining { ticket, address, result });
                }
            }
            Below::LeaveSent => self.farewell_sent(now),
            Below::Conflict { known, other } => {
                if known.name == self.swim.local().name {
                    self.ask_whose_name(now);
                }
                self.events.push_back(Event::Noted(Below::Conflict { known, other }));
            }
            noted @ (Below::Suspected(_)
            | Below::Refuted { .. }
            | Below::PacketsLost(_)
            | Below::ExchangeFailed { .. }
            | Below::Refused { .. }) => self.events.push_back(Event::Noted(noted)),
        }
    }

    /// A message of serf. One that cannot be understood is dropped: newer members may speak of what we do not know.
    fn on_message(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        let Ok(message) = Message::decode(bytes) else { return };
        match message {
            Message::Leave(leave) => {
                if self.hear_leave(now, &leave) {
                    self.layer.intents.push(Some(leave.node.as_str().into()), bytes.to_vec());
                }
            }
            Message::Join(join) => {
                if self.hear_join(now, &join) {
                    self.layer.intents.push(Some(join.node.as_str().into()), bytes.to_vec());
                }
            }
            Message::UserEvent(event) => {
                if self.hear_event(event) {
                    self.layer.event_news.push(None, bytes.to_vec());
                }
            }
            Message::Query(query) => self.on_query(&query, bytes),
            Message::Answer(answer) => self.layer.queries.answered(&answer, self.swim.local().address),
            // A relayed message may not be relayed again, or two members could keep each other busy.
            Message::Relay(relayed) if from != relayed.to => self.swim.send_user(relayed.to, relayed.message),
            Message::Relay(_) => {}
        }
    }

    /// Whether it is to be passed on.
    pub(super) fn hear_leave(&mut self, now: Instant, leave: &Leave) -> bool {
        self.layer.clock.witness(leave.time);
        let is_about_us = *leave.node == *self.swim.local().name;
        if is_about_us && self.leaving == Leaving::No {
            // An intent of an earlier life, or somebody wants us gone: we are here.
            if self.layer.roster.time_of(&leave.node).is_some_and(|time| leave.time > time) {
                self.announce_join(now);
            }
            return false;
        }
        let heard = self.layer.roster.leave_intent(now, leave);
        self.emit(heard.events);
        heard.is_news
    }

    fn hear_join(&mut self, now: Instant, join: &Join) -> bool {
        self.layer.clock.witness(join.time);
        let heard = self.layer.roster.join_intent(now, join);
        self.emit(heard.events);
        heard.is_news
    }

    fn hear_event(&mut self, event: UserEvent) -> bool {
        let is_new = self.layer.user_events.admit(&event);
        if is_new {
            self.events.push_back(Event::User(event));
        }
        is_new
    }

    /// Tells everybody that we are here, later than anything heard so far.
    fn announce_join(&mut self, now: Instant) {
        let join = Join { time: self.layer.clock.stamp(), node: self.name() };
        self.layer.roster.join_intent(now, &join);
        self.layer.intents.push(Some(self.swim.local().name.clone()), Message::Join(join).encode());
    }

    /// Another member's clocks, intents and events. Nothing of it is passed on: that member has done so.
    fn merge(&mut self, now: Instant, bytes: &[u8]) {
        let Ok(state) = RemoteState::decode(bytes) else { return };
        // Their clocks show the time of their next message: only what is before it has been seen.
        self.layer.clock.witness(state.time.saturating_sub(1));
        self.layer.user_events.clock.witness(state.event_time.saturating_sub(1));
        self.layer.queries.clock.witness(state.query_time.saturating_sub(1));
        // The left first, so that their joins of the same exchange do not hide that they left.
        let who_left: BTreeSet<String> = state.left.into_iter().collect();
        let (left, present): (Vec<_>, Vec<_>) =
            state.statuses.into_iter().partition(|(node, _)| who_left.contains(node));
        for (node, time) in left {
            self.hear_leave(now, &Leave { time, node, prune: false });
        }
        for (node, time) in present {
            self.hear_join(now, &Join { time, node });
        }
        for at in state.events {
            for (name, payload) in at.events {
                self.hear_event(UserEvent { time: at.time, name, payload, coalesce: false });
            }
        }
    }
}
