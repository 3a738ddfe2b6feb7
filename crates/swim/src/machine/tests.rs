//! What a machine sends, message by message: probes and their helpers, acks and nacks, corrections, streams.

use std::net::SocketAddr;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;

use super::{Config, Swim};
use crate::event::{Event, Ticket, Transmit};
use crate::exchange::ExchangeError;
use crate::timing::Timing;
use crate::wire::message::{Accusation, Ack, Alive, IndirectPing, Message, Ping, Source};
use crate::wire::packet;
use crate::wire::push_pull::{NodeState, PushPull, State};
use crate::wire::stream::{StreamMessage, StreamReader};

const VSN: [u8; 6] = [1, 5, 2, 2, 5, 4];

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn at_ms(milliseconds: u64) -> Instant {
    Instant::ZERO + Duration::from_millis(milliseconds)
}

fn swim() -> Swim {
    let config =
        Config { name: "us".into(), address: address(1), meta: vec![], vsn: VSN, label: vec![], timing: Timing::lan() };
    Swim::new(Instant::ZERO, config, Rng::seeded(1)).unwrap()
}

/// A machine that knows these members and has no news left to tell.
fn knowing(names: &[(&str, u16)]) -> Swim {
    let mut swim = swim();
    for (name, port) in names {
        let alive = Alive { incarnation: 3, node: (*name).into(), address: address(*port), meta: vec![], vsn: VSN };
        hear(&mut swim, 0, *port, &Message::Alive(alive));
    }
    swim.news = crate::broadcast::Queue::default();
    sent(&mut swim);
    swim
}

fn hear(swim: &mut Swim, milliseconds: u64, from: u16, message: &Message) {
    swim.receive(at_ms(milliseconds), address(from), &packet::seal(&[message.encode()], b"", None), &mut ());
}

/// All messages in packets sent since the last call, with the port they go to; news of members left out.
fn sent(swim: &mut Swim) -> Vec<(u16, Message)> {
    let mut messages = Vec::new();
    let mut streams = Vec::new();
    while let Some(transmit) = swim.next_send() {
        match transmit {
            Transmit::Packet { to, bytes } => {
                let (parts, error) = packet::open(&bytes, b"");
                assert_eq!(error, None);
                messages.extend(parts.into_iter().map(|part| (to.port(), part)));
            }
            stream @ Transmit::Stream { .. } => streams.push(stream),
        }
    }
    swim.transmits.extend(streams);
    messages
}

/// The first stream that waits to be sent.
fn stream(swim: &mut Swim) -> (Ticket, u16, StreamMessage) {
    while let Some(transmit) = swim.next_send() {
        if let Transmit::Stream { ticket, to, bytes, .. } = transmit {
            return (ticket, to.port(), StreamReader::new(b"").push(&bytes).unwrap().unwrap());
        }
    }
    panic!("no stream was begun");
}

/// Runs the machine until it pings somebody; the time and the ping.
fn until_probe(swim: &mut Swim) -> (u64, u16, Ping) {
    for milliseconds in (0..5000).step_by(10) {
        swim.tick(at_ms(milliseconds), &mut ());
        if let Some((port, Message::Ping(ping))) =
            sent(swim).into_iter().find(|(_, sent)| matches!(sent, Message::Ping(_)))
        {
            return (milliseconds, port, ping);
        }
    }
    panic!("nobody was probed");
}

fn state_of(swim: &Swim, name: &str) -> State {
    swim.other(name).unwrap().state
}

fn ping(node: &str) -> Message {
    Message::Ping(Ping { sequence: 9, node: node.into(), source: None })
}

fn accusation(node: &str, incarnation: u32) -> Accusation {
    Accusation { incarnation, node: node.into(), from: "b".into() }
}

#[test]
fn a_ping_is_answered_only_by_the_one_who_is_meant() {
    let mut swim = knowing(&[]);
    let ack = Message::Ack(Ack { sequence: 9, payload: vec![] });
    hear(&mut swim, 0, 7, &ping("us"));
    hear(&mut swim, 0, 8, &ping(""));
    hear(&mut swim, 0, 9, &ping("another"));
    assert_eq!(sent(&mut swim), [(7, ack.clone()), (8, ack)]);
}

#[test]
fn a_member_that_looks_for_another_one_here_is_told_where_that_one_is() {
    let mut swim = knowing(&[("a", 2), ("b", 3)]);
    let source = |node: &str, port| Some(Source { address: address(port), node: node.into() });
    hear(&mut swim, 0, 2, &Message::Ping(Ping { sequence: 9, node: "b".into(), source: source("a", 2) }));
    assert!(matches!(&sent(&mut swim)[..], [(2, Message::Alive(alive))] if alive.node == "b"));
    hear(&mut swim, 0, 2, &Message::Ping(Ping { sequence: 9, node: "b".into(), source: source("stranger", 99) }));
    assert_eq!(sent(&mut swim), []);
}

#[test]
fn an_outdated_accusation_is_corrected_at_its_sender() {
    let mut swim = knowing(&[("a", 2)]);
    hear(&mut swim, 0, 7, &Message::Suspect(accusation("a", 2)));
    assert!(matches!(&sent(&mut swim)[..], [(7, Message::Alive(alive))] if alive.incarnation == 3));
    assert_eq!(state_of(&swim, "a"), State::Alive);
}

#[test]
fn a_probe_goes_direct_then_through_others_and_a_stream_then_suspects() {
    let mut swim = knowing(&[("a", 2), ("b", 3), ("c", 4)]);
    let (began, target, direct) = until_probe(&mut swim);
    swim.tick(at_ms(began + 500), &mut ());
    let helpers: Vec<u16> = sent(&mut swim)
        .into_iter()
        .filter_map(|(port, message)| match message {
            Message::IndirectPing(asked) if asked.sequence == direct.sequence && asked.nack => Some(port),
            _ => None,
        })
        .collect();
    assert_eq!(helpers.len(), 2);
    assert!(!helpers.contains(&target));
    let (_, port, message) = stream(&mut swim);
    assert_eq!((port, message), (target, StreamMessage::Ping(direct.clone())));
    for _ in helpers {
        hear(&mut swim, began + 600, 9, &Message::Nack(direct.sequence));
    }
    swim.tick(at_ms(began + 1000), &mut ());
    assert_eq!(state_of(&swim, &direct.node), State::Suspect);
    assert_eq!(swim.health_score(), 0, "all helpers said that they failed too: we are well");
}

#[test]
fn missing_nacks_make_us_doubt_ourselves() {
    let mut swim = knowing(&[("a", 2), ("b", 3), ("c", 4)]);
    let (began, ..) = until_probe(&mut swim);
    swim.tick(at_ms(began + 500), &mut ());
    swim.tick(at_ms(began + 1000), &mut ());
    assert_eq!(swim.health_score(), 2);
}

#[test]
fn one_that_answers_over_a_stream_is_not_suspected() {
    let mut swim = knowing(&[("a", 2)]);
    let (began, _, direct) = until_probe(&mut swim);
    swim.tick(at_ms(began + 500), &mut ());
    let (ticket, ..) = stream(&mut swim);
    let ack = StreamMessage::Ack(Ack { sequence: direct.sequence, payload: vec![] });
    swim.conversed(at_ms(began + 600), ticket, Ok(ack), &mut ());
    swim.tick(at_ms(began + 1000), &mut ());
    assert_eq!(state_of(&swim, "a"), State::Alive);
    assert!(std::iter::from_fn(|| swim.next_event()).any(|event| matches!(event, Event::PacketsLost(_))));
}

#[test]
fn an_ack_ends_the_probe_and_tells_the_round_trip() {
    let mut swim = knowing(&[("a", 2)]);
    let (began, _, direct) = until_probe(&mut swim);
    while swim.next_event().is_some() {}
    hear(&mut swim, began + 30, 2, &Message::Ack(Ack { sequence: direct.sequence, payload: vec![5] }));
    let Some(Event::Acked { round_trip, payload, .. }) = swim.next_event() else { panic!("no ack was told") };
    assert_eq!((round_trip, payload), (Duration::from_millis(30), vec![5]));
    swim.tick(at_ms(began + 999), &mut ());
    assert_eq!(state_of(&swim, "a"), State::Alive);
}

#[test]
fn a_suspect_hears_of_its_suspicion_with_the_ping() {
    let mut swim = knowing(&[("a", 2)]);
    hear(&mut swim, 0, 3, &Message::Suspect(accusation("a", 3)));
    swim.news = crate::broadcast::Queue::default();
    let (began, ..) = (0..3000u64)
        .step_by(10)
        .find_map(|milliseconds| {
            swim.tick(at_ms(milliseconds), &mut ());
            let messages = sent(&mut swim);
            let both = messages.iter().any(|(_, sent)| matches!(sent, Message::Ping(_)))
                && messages.iter().any(|(_, sent)| matches!(sent, Message::Suspect(_)));
            both.then_some((milliseconds, ()))
        })
        .unwrap();
    assert!(began < 3000);
}

#[test]
fn a_relayed_ping_is_answered_by_its_ack_or_by_a_nack() {
    for answers in [true, false] {
        let mut swim = knowing(&[]);
        let request = IndirectPing { sequence: 70, target: address(5), node: "t".into(), nack: true, source: None };
        hear(&mut swim, 0, 6, &Message::IndirectPing(request));
        let messages = sent(&mut swim);
        let [(5, Message::Ping(relayed))] = &messages[..] else { panic!("relayed {messages:?}") };
        assert_eq!(relayed.node, "t");
        if answers {
            hear(&mut swim, 100, 5, &Message::Ack(Ack { sequence: relayed.sequence, payload: vec![] }));
            assert_eq!(sent(&mut swim), [(6, Message::Ack(Ack { sequence: 70, payload: vec![] }))]);
        }
        swim.tick(at_ms(500), &mut ());
        let nacks = sent(&mut swim).into_iter().filter(|(_, sent)| *sent == Message::Nack(70)).count();
        assert_eq!(nacks, usize::from(!answers));
    }
}

#[test]
fn a_join_counts_others_and_reaching_only_ourselves_is_none() {
    let told = |node: &str| NodeState {
        node: node.into(),
        address: address(8),
        meta: vec![],
        incarnation: 1,
        state: State::Alive,
        vsn: VSN,
    };
    let join = |nodes: Vec<NodeState>| {
        let mut swim = knowing(&[]);
        swim.join(address(8), &mut ());
        let (ticket, port, message) = stream(&mut swim);
        assert!(matches!(message, StreamMessage::PushPull(PushPull { join: true, .. })) && port == 8);
        let answer = StreamMessage::PushPull(PushPull { join: false, nodes, user_state: vec![] });
        swim.conversed(Instant::ZERO, ticket, Ok(answer), &mut ());
        std::iter::from_fn(|| swim.next_event()).find_map(|event| match event {
            Event::Joining { result, .. } => Some(result),
            _ => None,
        })
    };
    assert_eq!(join(vec![told("a"), told("b"), told("us")]), Some(Ok(2)));
    assert_eq!(join(vec![]), Some(Err(ExchangeError::Ourselves)));
}

#[test]
fn a_state_with_incompatible_versions_is_refused_as_a_whole() {
    let mut swim = knowing(&[]);
    let future = NodeState {
        node: "future".into(),
        address: address(8),
        meta: vec![],
        incarnation: 1,
        state: State::Alive,
        vsn: [9, 9, 9, 2, 5, 4],
    };
    let state = PushPull { join: true, nodes: vec![future], user_state: vec![] };
    assert!(swim.serve(Instant::ZERO, address(8), StreamMessage::PushPull(state), &mut ()).is_some());
    assert!(swim.other("future").is_none());
    assert!(
        std::iter::from_fn(|| swim.next_event())
            .any(|event| matches!(event, Event::ExchangeFailed { error: ExchangeError::Versions { .. }, .. }))
    );
}

#[test]
fn without_news_only_probes_and_exchanges_wake_the_machine() {
    let mut swim = knowing(&[("a", 2)]);
    let (began, ..) = until_probe(&mut swim);
    assert!(swim.deadline(&()) >= at_ms(began + 500));
}
