//! Our members among themselves.

use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_gossip::{Event, ForceLeaveError, JoinError, StartError, Status, TagsError, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::fixture::{config, fast, member, sees, tags, until};

#[tokio::test]
async fn members_join_see_each_others_tags_and_learn_their_positions() {
    let a = member("a", "127.0.23.1:0").await;
    let b = member("b", "127.0.23.2:0").await;
    let report = b.join(&[a.local().address]).await.unwrap();
    assert_eq!(report.reached, 1, "{report:?}");
    sees(&a, "b", Status::Alive).await;
    sees(&b, "a", Status::Alive).await;
    let seen = a.members().into_iter().find(|member| &*member.name == "b").unwrap();
    assert_eq!((seen.tags, seen.address), (b.local().tags, b.local().address));
    b.set_tags(tags(&[("role", "node")])).await.unwrap();
    until(&a, "b has new tags", |view| view.members[1].tags == tags(&[("role", "node")])).await;
    assert_eq!(a.stats().await.unwrap().serf.members, 2);
    assert!(a.coordinate().await.unwrap().is_finite());
}

#[tokio::test]
async fn one_that_is_shut_down_fails_and_one_that_leaves_has_left() {
    let a = member("a", "127.0.23.3:0").await;
    let b = member("b", "127.0.23.4:0").await;
    let c = member("c", "127.0.23.5:0").await;
    let mut events = a.events();
    for other in [&b, &c] {
        assert_eq!(other.join(&[a.local().address]).await.unwrap().reached, 1);
    }
    sees(&b, "c", Status::Alive).await;
    b.shutdown().await;
    sees(&a, "b", Status::Failed).await;
    a.force_leave("b", true).await.unwrap();
    until(&c, "b is forgotten", |view| view.members.len() == 2).await;
    c.leave().await.unwrap();
    c.shutdown().await;
    sees(&a, "c", Status::Left).await;
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.push(match event {
            Event::Joined(member) => format!("joined {}", member.name),
            Event::Failed(member) => format!("failed {}", member.name),
            Event::Left(member) => format!("left {}", member.name),
            Event::Reaped(member) => format!("reaped {}", member.name),
            _ => continue,
        });
    }
    assert_eq!(told, ["joined b", "joined c", "failed b", "left b", "reaped b", "left c"]);
}

#[tokio::test]
async fn one_that_comes_back_elsewhere_is_known_there() {
    let a = member("a", "127.0.23.6:0").await;
    let b = member("b", "127.0.23.7:0").await;
    assert_eq!(b.join(&[a.local().address]).await.unwrap().reached, 1);
    sees(&a, "b", Status::Alive).await;
    b.shutdown().await;
    let b = member("b", "127.0.23.8:0").await;
    assert_eq!(b.join(&[a.local().address]).await.unwrap().reached, 1);
    let address = b.local().address;
    until(&a, "b has moved", |view| {
        view.members.iter().any(|member| member.address == address && member.status == Status::Alive)
    })
    .await;
}

#[tokio::test]
async fn a_user_event_reaches_everybody_and_the_sender() {
    let a = member("a", "127.0.23.9:0").await;
    let b = member("b", "127.0.23.10:0").await;
    assert_eq!(b.join(&[a.local().address]).await.unwrap().reached, 1);
    let mut events = [a.events(), b.events()];
    a.fire("deploy", b"now", false).await.unwrap();
    for events in &mut events {
        let wait = async {
            loop {
                if let Event::User { name, payload, .. } = events.recv().await.unwrap() {
                    return (name, payload);
                }
            }
        };
        let told = tokio::time::timeout(Duration::from_secs(40), wait).await.unwrap();
        assert_eq!(told, ("deploy".to_owned(), b"now".to_vec()));
    }
}

#[tokio::test]
async fn joining_oneself_or_nobody_reaches_nobody_and_says_why() {
    let a = member("a", "127.0.23.11:0").await;
    let nobody = "127.0.23.12:9".parse().unwrap();
    let report = a.join(&[a.local().address, nobody]).await.unwrap();
    assert_eq!(report.reached, 0);
    for (address, result) in report.results {
        match result.unwrap_err() {
            JoinError::Ourselves(at) => assert_eq!(at, a.local().address),
            error @ JoinError::Exchange { .. } => {
                assert_eq!(address, nobody);
                assert!(error.to_string().starts_with("could not exchange members with 127.0.23.12:9: "), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_reason() {
    let a = member("a", "127.0.23.13:0").await;
    let unknown = a.force_leave("nobody", false).await.unwrap_err();
    assert!(matches!(unknown, ForceLeaveError::Refused(_)), "{unknown}");
    let long = "x".repeat(600);
    let refused = a.set_tags(tags(&[("a", &long)])).await.unwrap_err();
    assert!(matches!(refused, TagsError::TooLong(_)), "{refused}");
    let taken = start(config("b", &a.local().address.to_string(), fast())).await.unwrap_err();
    assert!(matches!(taken, StartError::Bind { .. }));
    assert!(taken.to_string().contains(&a.local().address.to_string()), "{taken}");
    let mut too_long = config("c", "127.0.23.14:0", fast());
    too_long.tags = tags(&[("a", &long)]);
    assert!(matches!(start(too_long).await.unwrap_err(), StartError::Tags(_)));
}

#[tokio::test]
async fn after_shutdown_wishes_are_answered_with_stopped_and_the_address_is_free() {
    let a = member("a", "127.0.23.15:0").await;
    a.shutdown().await;
    a.shutdown().await;
    assert!(a.leave().await.is_err());
    start(config("a", &a.local().address.to_string(), fast())).await.unwrap();
}

#[tokio::test]
async fn what_strangers_send_does_not_disturb_a_pool() {
    let a = member("a", "127.0.23.16:0").await;
    let to = a.local().address;
    let stranger = UdpSocket::bind("127.0.23.17:0").await.unwrap();
    let mut rng = Rng::seeded(3);
    for length in 0..200 {
        let mut packet = vec![0; length];
        rng.fill(&mut packet);
        stranger.send_to(&packet, to).await.unwrap();
    }
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x06\xdf\xff\xff\xff\xff", b"\x0a\x00\x00\x00\x50", b""] {
        let mut connection = TcpStream::connect(to).await.unwrap();
        connection.write_all(garbage).await.unwrap();
        connection.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // Closed or reset: either way without an answer.
        let _reset = connection.read_to_end(&mut answer).await;
        assert!(answer.is_empty());
    }
    let b = member("b", "127.0.23.18:0").await;
    assert_eq!(b.join(&[to]).await.unwrap().reached, 1);
    sees(&a, "b", Status::Alive).await;
    assert_eq!(a.members().len(), 2);
}
