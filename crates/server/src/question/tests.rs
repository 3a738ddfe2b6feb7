//! The forms of questions and answers between servers.

use super::*;

fn some_health() -> Health {
    let server = ServerHealth {
        id: "542579d5-72e4-84fe-fec7-513ecc7d6ea4".into(),
        name: "n1".into(),
        address: "10.0.0.1:8300".into(),
        serf_status: "alive".into(),
        version: "1.8.7".into(),
        leader: true,
        last_contact: Duration::from_millis(15),
        last_term: 2,
        last_index: 7,
        healthy: true,
        voter: true,
        stable_since: 1_600_000_000,
    };
    Health {
        healthy: true,
        failure_tolerance: 0,
        servers: vec![server.clone(), ServerHealth { name: "n2".into(), ..server }],
    }
}

#[test]
fn every_question_reads_back_from_its_bytes_and_a_cut_one_does_not() {
    for question in [
        Question::RenewSession(SessionId::from_bytes([7; 16])),
        Question::AutopilotHealth,
        Question::TransferLeadership(None),
        Question::TransferLeadership(Some("some id".into())),
        Question::RemovePeer(PeerKey::Id("some id".into())),
        Question::RemovePeer(PeerKey::Address("10.0.0.1:8300".into())),
    ] {
        let bytes = question.encode();
        assert_eq!(Question::decode(&bytes[..bytes.len() - 1]), None, "{question:?}");
        assert_eq!(Question::decode(&[&bytes[..], &[0]].concat()), None, "{question:?}");
        assert_eq!(Question::decode(&bytes), Some(question));
    }
}

#[test]
fn every_answer_reads_back_from_its_bytes_and_a_cut_one_does_not() {
    for answer in [Answer::Done, Answer::NotFound, Answer::Refused, Answer::Health(some_health())] {
        let bytes = answer.encode();
        assert_eq!(Answer::decode(&bytes[..bytes.len() - 1]), None, "{answer:?}");
        assert_eq!(Answer::decode(&bytes), Some(answer));
    }
    let absurd = [&[4, 1][..], &[0; 8], &[255; 8]].concat();
    assert_eq!(Answer::decode(&absurd), None, "a count says nothing about what follows");
}

#[test]
fn the_bytes_of_questions_stay_as_they_are() {
    assert_eq!(&Question::TransferLeadership(Some("a".into())).encode()[..], [4, 1, 0, 0, 0, b'a']);
    assert_eq!(Question::RenewSession(SessionId::from_bytes([9; 16])).encode()[..2], [1, 9]);
}
