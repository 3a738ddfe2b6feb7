//! The handshake over a pipe in memory.

use proconsul_base::rand::Rng;

use super::*;

fn identity(seed: u64, cluster: bool) -> Identity {
    let mut rng = Rng::seeded(seed);
    Identity { cluster: cluster.then(|| ClusterId::random(&mut rng)), raft_id: RaftId::random(&mut rng) }
}

#[tokio::test]
async fn both_ends_learn_who_the_other_is() {
    let (mut near, mut far) = tokio::io::duplex(256);
    let (asker, answerer) = (identity(1, true), identity(2, false));
    let hello = Hello { service: Service::Calls, from: asker, to: Some(answerer.raft_id) };
    let answering = async {
        let first = far.read_u8().await.unwrap();
        let heard = hear(first, &mut far).await.unwrap();
        answer(&mut far, Verdict::Welcome, answerer).await.unwrap();
        heard
    };
    let (asked, heard) = tokio::join!(ask(&mut near, hello), answering);
    assert_eq!(asked.unwrap(), answerer);
    assert_eq!(heard, hello);
}

#[tokio::test]
async fn a_refusal_tells_who_answers_at_that_address() {
    let (mut near, mut far) = tokio::io::duplex(256);
    let there = identity(3, true);
    let hello = Hello { service: Service::Raft, from: identity(1, true), to: Some(identity(2, true).raft_id) };
    let answering = async {
        let first = far.read_u8().await.unwrap();
        hear(first, &mut far).await.unwrap();
        answer(&mut far, Verdict::OtherPeer, there).await.unwrap();
    };
    let (asked, ()) = tokio::join!(ask(&mut near, hello), answering);
    assert!(matches!(asked, Err(HelloError::Refused { verdict: Verdict::OtherPeer, there: who }) if who == there));
}

#[tokio::test]
async fn an_unknown_first_byte_is_an_error_not_a_guess() {
    let mut bytes: &[u8] = &[0, 0];
    assert!(matches!(hear(3, &mut bytes).await, Err(HelloError::UnknownService(3))));
    let told = HelloError::UnknownService(3).to_string();
    assert_eq!(told, "first byte 0x03 selects TLS, which is not served on this port");
}
