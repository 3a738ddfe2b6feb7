//! Statuses against presence and intents, in every order in which gossip may bring them.

use proconsul_swim::State;

use super::*;

const NOW: Instant = Instant::ZERO;

fn node(name: &str) -> Node {
    Node {
        name: name.into(),
        address: "127.0.0.1:1".parse().unwrap(),
        meta: b"\xff\x81\xa4role\xa3web".to_vec(),
        vsn: [1, 5, 2, 2, 5, 4],
        incarnation: 1,
        state: State::Alive,
        since: NOW,
    }
}

fn roster() -> Roster {
    let mut roster = Roster::default();
    roster.present(NOW, &node("a"));
    roster
}

fn leave(time: Time, prune: bool) -> Leave {
    Leave { time, node: "a".into(), prune }
}

fn join(time: Time) -> Join {
    Join { time, node: "a".into() }
}

fn status(roster: &Roster) -> Option<Status> {
    roster.get("a").map(|member| member.status)
}

#[test]
fn who_vanishes_without_a_word_failed_and_who_said_so_left() {
    let mut roster = roster();
    assert!(matches!(roster.absent(NOW, "a", false)[..], [Event::Failed(_)]));
    roster.present(NOW, &node("a"));
    assert!(roster.leave_intent(NOW, &leave(1, false)).is_news);
    assert_eq!(status(&roster), Some(Status::Leaving));
    assert!(matches!(roster.absent(NOW, "a", false)[..], [Event::Left(_)]));
    roster.present(NOW, &node("a"));
    assert!(matches!(roster.absent(NOW, "a", true)[..], [Event::Left(_)]));
}

#[test]
fn tags_and_versions_come_from_the_node() {
    let roster = roster();
    let member = roster.get("a").unwrap();
    assert_eq!(member.tags["role"], "web");
    assert_eq!(member.delegate, Versions { min: 2, max: 5, current: 4 });
}

#[test]
fn an_old_intent_does_not_count() {
    let mut roster = roster();
    assert!(roster.join_intent(NOW, &join(5)).is_news);
    assert!(!roster.leave_intent(NOW, &leave(5, false)).is_news);
    assert_eq!(status(&roster), Some(Status::Alive));
}

#[test]
fn a_later_join_takes_a_leave_back() {
    let mut roster = roster();
    roster.leave_intent(NOW, &leave(1, false));
    assert!(matches!(roster.join_intent(NOW, &join(2)).events[..], [Event::Wavered(_)]));
    assert_eq!(status(&roster), Some(Status::Alive));
}

#[test]
fn an_intent_heard_before_the_member_counts_when_it_appears() {
    let mut roster = Roster::default();
    assert!(roster.leave_intent(NOW, &leave(3, false)).is_news);
    assert!(!roster.join_intent(NOW, &join(2)).is_news);
    roster.present(NOW, &node("a"));
    assert_eq!((status(&roster), roster.time_of("a")), (Some(Status::Leaving), Some(3)));
}

#[test]
fn a_failed_member_is_made_to_leave_and_pruned_when_asked_for() {
    let mut roster = roster();
    roster.absent(NOW, "a", false);
    assert!(matches!(roster.leave_intent(NOW, &leave(1, false)).events[..], [Event::Left(_)]));
    assert!(matches!(roster.leave_intent(NOW, &leave(2, true)).events[..], [Event::Reaped(_)]));
    assert_eq!(status(&roster), None);
}

#[test]
fn a_leaving_member_is_pruned_once_it_has_left() {
    let mut roster = roster();
    roster.leave_intent(NOW, &leave(1, true));
    assert!(matches!(roster.absent(NOW, "a", false)[..], [Event::Left(_), Event::Reaped(_)]));
}

#[test]
fn the_failed_and_the_left_are_forgotten_after_their_times() {
    let (failed, left, intents) = (Duration::from_secs(72), Duration::from_secs(24), Duration::from_secs(5));
    let mut roster = roster();
    roster.present(NOW, &node("b"));
    roster.absent(NOW, "a", false);
    roster.absent(NOW, "b", true);
    let mut reap = |seconds| roster.reap(NOW + Duration::from_secs(seconds), failed, left, intents).len();
    assert_eq!([24, 25, 72, 73].map(&mut reap), [0, 1, 0, 1]);
}

#[test]
fn who_is_back_keeps_its_lamport_time_so_that_old_leaves_do_not_count() {
    let mut roster = roster();
    roster.leave_intent(NOW, &leave(7, false));
    roster.absent(NOW, "a", false);
    roster.present(NOW, &node("a"));
    assert!(!roster.leave_intent(NOW, &leave(7, false)).is_news);
    assert_eq!(status(&roster), Some(Status::Alive));
}
