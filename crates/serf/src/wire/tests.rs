//! The bytes of each message, written down by hand from the format, and what decoders must survive.

use proptest::prelude::*;

use super::*;

fn check(message: &Message, golden: &[u8]) {
    assert_eq!(message.encode().escape_ascii().to_string(), golden.escape_ascii().to_string());
    assert_eq!(Message::decode(golden).as_ref(), Ok(message));
}

fn address() -> SocketAddr {
    "10.0.0.1:8301".parse().unwrap()
}

#[test]
fn intents_have_these_bytes() {
    check(
        &Message::Leave(Leave { time: 5, node: "a".into(), prune: true }),
        b"\x00\x83\xa5LTime\x05\xa4Node\xa1a\xa5Prune\xc3",
    );
    check(&Message::Join(Join { time: 300, node: "a".into() }), b"\x01\x82\xa5LTime\xcd\x01\x2c\xa4Node\xa1a");
}

#[test]
fn a_user_event_has_these_bytes() {
    let event = UserEvent { time: 1, name: "deploy".into(), payload: b"x".to_vec(), coalesce: true };
    check(&Message::UserEvent(event), b"\x03\x84\xa5LTime\x01\xa4Name\xa6deploy\xa7Payload\xa1x\xa2CC\xc3");
}

#[test]
fn a_query_has_these_bytes() {
    let query = Query {
        time: 1,
        id: 2,
        address: address(),
        source: "a".into(),
        filters: vec![Filter::Nodes(vec!["b".into()]), Filter::Tag { tag: "role".into(), expression: "web".into() }],
        wants_ack: true,
        is_private: false,
        relay_factor: 0,
        timeout_ns: 1_000,
        name: "q".into(),
        payload: vec![],
    };
    check(
        &Message::Query(query),
        b"\x04\x8b\xa5LTime\x01\xa2ID\x02\xa4Addr\xa4\x0a\x00\x00\x01\xa4Port\xcd\x20\x6d\xaaSourceNode\xa1a\
        \xa7Filters\x92\xa4\x00\x91\xa1b\xb4\x01\x82\xa3Tag\xa4role\xa4Expr\xa3web\
        \xa5Flags\x01\xabRelayFactor\x00\xa7Timeout\xcd\x03\xe8\xa4Name\xa1q\xa7Payload\xc0",
    );
}

#[test]
fn an_answer_has_these_bytes() {
    let answer = Answer { time: 1, id: 2, from: "a".into(), is_ack: true, payload: vec![] };
    check(&Message::Answer(answer), b"\x05\x85\xa5LTime\x01\xa2ID\x02\xa4From\xa1a\xa5Flags\x01\xa7Payload\xc0");
}

#[test]
fn a_relayed_message_follows_its_head() {
    let relayed = Relayed { to: address(), name: "a".into(), message: b"\x05rest".to_vec() };
    check(
        &Message::Relay(relayed),
        b"\x09\x82\xa8DestAddr\x83\xa2IP\xa4\x0a\x00\x00\x01\xa4Port\xcd\x20\x6d\xa4Zone\xa0\xa8DestName\xa1a\x05rest",
    );
}

#[test]
fn a_state_has_these_bytes() {
    let state = RemoteState {
        time: 3,
        statuses: vec![("a".into(), 2)],
        left: vec!["b".into()],
        event_time: 4,
        events: vec![EventsAt { time: 3, events: vec![("e".into(), vec![])] }],
        query_time: 1,
    };
    let golden = b"\x02\x86\xa5LTime\x03\xacStatusLTimes\x81\xa1a\x02\xabLeftMembers\x91\xa1b\
        \xaaEventLTime\x04\xa6Events\x91\x82\xa5LTime\x03\xa6Events\x91\x82\xa4Name\xa1e\xa7Payload\xc0\
        \xaaQueryLTime\x01";
    assert_eq!(state.encode().escape_ascii().to_string(), golden.escape_ascii().to_string());
    assert_eq!(RemoteState::decode(golden), Ok(state));
}

#[test]
fn empty_slots_of_another_members_ring_are_passed_over() {
    let state = RemoteState::decode(b"\x02\x81\xa6Events\x93\xc0\xc0\x82\xa5LTime\x03\xa6Events\xc0").unwrap();
    assert_eq!(state, RemoteState::default());
}

#[test]
fn a_conflict_answer_tells_the_whole_member() {
    let member = crate::Member {
        name: "a".into(),
        address: address(),
        tags: crate::Tags::new(),
        status: crate::Status::Alive,
        protocol: crate::Versions { min: 1, max: 5, current: 2 },
        delegate: crate::Versions { min: 2, max: 5, current: 4 },
        incarnation: 1,
    };
    let payload = Conflict::encode(&member);
    assert_eq!(payload[..8], *b"\x06\x8b\xa4Name\xa1");
    assert_eq!(Conflict::decode(&payload), Ok(Conflict { address: address() }));
}

proptest! {
    #[test]
    fn random_messages_never_panic(kind in 0u8..11, body: Vec<u8>) {
        let bytes = [&[kind][..], &body].concat();
        let _ = Message::decode(&bytes);
        let _ = RemoteState::decode(&bytes);
        let _ = Conflict::decode(&bytes);
        let _ = crate::Coordinate::decode(&bytes);
        let _ = crate::tags::decode(&bytes);
    }
}
