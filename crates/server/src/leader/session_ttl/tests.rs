//! Sessions of ten seconds, on a clock that the test sets.

use super::*;

const TEN: Duration = Duration::from_secs(10);

fn id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

fn at(seconds: u64) -> Instant {
    Instant::ZERO + Duration::from_secs(seconds)
}

fn of(sessions: &[u8]) -> Timers {
    let mut timers = Timers::default();
    timers.follow(at(0), sessions.iter().map(|&number| (id(number), TEN)));
    timers
}

#[test]
fn a_session_is_over_at_twice_its_time_and_told_once() {
    let mut timers = of(&[1, 2]);
    assert_eq!(timers.next_end(), Some(at(20)));
    assert_eq!(timers.over(at(19), 9), []);
    assert_eq!(timers.over(at(20), 9), [id(1), id(2)]);
    assert_eq!((timers.over(at(99), 9), timers.next_end()), (vec![], None));
}

#[test]
fn a_renewed_session_has_its_full_time_again_and_one_that_is_over_cannot_be_renewed() {
    let mut timers = of(&[1]);
    assert!(timers.renew(at(19), id(1), TEN));
    assert_eq!(timers.over(at(38), 9), []);
    assert_eq!(timers.over(at(39), 9), [id(1)]);
    assert!(!timers.renew(at(39), id(1), TEN));
}

#[test]
fn a_session_may_be_renewed_before_the_timers_have_heard_of_it() {
    let mut timers = Timers::default();
    assert!(timers.renew(at(5), id(1), TEN));
    timers.follow(at(6), [(id(1), TEN)]);
    assert_eq!(timers.next_end(), Some(at(25)));
}

#[test]
fn timers_that_run_go_on_while_sessions_come_and_go() {
    let mut timers = of(&[1, 2]);
    timers.follow(at(7), [(id(2), TEN), (id(3), TEN)]);
    assert_eq!(timers.over(at(20), 9), [id(2)]);
    assert_eq!(timers.over(at(27), 9), [id(3)]);
}

#[test]
fn what_could_not_be_destroyed_is_told_again_and_no_more_than_asked_for_at_a_time() {
    let mut timers = of(&[1, 2]);
    assert_eq!(timers.over(at(20), 1), [id(1)]);
    assert_eq!(timers.over(at(20), 1), [id(2)]);
    timers.retry(at(21), id(1));
    assert_eq!(timers.over(at(21), 9), [id(1)]);
    timers.follow(at(22), []);
    assert_eq!(timers.next_end(), None);
}
