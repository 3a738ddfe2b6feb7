//! Whole pools in one process: joining, failing, leaving and refuting converge, whatever the network loses.

use std::time::Duration;

use crate::world::{World, address};
use proconsul_serf::Status;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn members_that_join_one_of_them_all_know_each_other() {
    for (seed, count) in [(1, 3), (2, 3), (3, 10), (4, 30)] {
        World::pool(seed, count);
    }
}

#[test]
fn a_hundred_members_know_each_other_in_ten_seconds_though_packets_are_lost() {
    let mut world = World::new(5);
    world.loss_percent = 10;
    for number in 0..100 {
        world.start(&format!("n{number}"), address(number));
    }
    for number in 1..100 {
        world.join(address(number), address(0));
    }
    world.until(10 * SECOND, "all hundred know each other", |world| world.agree_on(100, Status::Alive));
}

#[test]
fn a_killed_member_fails_for_everybody_and_nobody_else_does() {
    for (seed, count) in [(11, 3), (12, 5), (13, 20)] {
        let mut world = World::pool(seed, count);
        world.loss_percent = 5;
        world.kill(address(1));
        world.until(60 * SECOND, "all see the death", |world| world.all_see("n1", address(1), Status::Failed));
        world.run(20 * SECOND);
        assert_eq!(world.count(": failed"), usize::from(count) - 1, "{}", world.history.join("\n"));
    }
}

#[test]
fn nobody_is_declared_dead_while_a_fifth_of_all_packets_is_lost() {
    for seed in 20..23 {
        let mut world = World::pool(seed, 8);
        world.loss_percent = 20;
        world.run(60 * SECOND);
        assert_eq!(world.count(": failed"), 0, "{}", world.history.join("\n"));
    }
}

#[test]
fn who_leaves_has_left_for_everybody_and_did_not_fail() {
    for seed in 30..35 {
        let mut world = World::pool(seed, 6);
        world.loss_percent = 10;
        world.with(address(2), |serf, now| serf.leave(now));
        world.until(15 * SECOND, "it has left", |world| world.count("n2: LeaveDone") == 1);
        world.kill(address(2));
        world.until(30 * SECOND, "all see it", |world| world.all_see("n2", address(2), Status::Left));
        world.run(30 * SECOND);
        assert_eq!(world.count(": failed"), 0, "{}", world.history.join("\n"));
    }
}

#[test]
fn a_member_alone_leaves_at_once() {
    let mut world = World::new(36);
    world.start("n0", address(0));
    world.with(address(0), |serf, now| serf.leave(now));
    assert_eq!(world.count("LeaveDone"), 1);
}

#[test]
fn a_short_cut_is_refuted_and_raises_the_incarnation() {
    let mut world = World::pool(40, 5);
    world.isolate(address(3), 1);
    world.until(30 * SECOND, "somebody suspects it", |world| world.count("Suspected(\"n3\")") > 0);
    world.isolate(address(3), 0);
    for number in 0..5 {
        world.isolate(address(number), 0);
    }
    world.run(30 * SECOND);
    assert!(world.serf(address(3)).local().incarnation > 1);
    assert!(world.all_see("n3", address(3), Status::Alive));
    assert_eq!(world.count(": failed n3"), 0, "{}", world.history.join("\n"));
}

#[test]
fn halves_that_lost_each_other_find_together_again() {
    let mut world = World::pool(50, 6);
    for number in 0..3 {
        world.isolate(address(number), 1);
    }
    world.until(120 * SECOND, "each half misses the other", |world| {
        (0..6).all(|at| world.serf(address(at)).stats().failed == 3)
    });
    for number in 0..6 {
        world.isolate(address(number), 2);
    }
    world.until(180 * SECOND, "all are back", |world| world.agree_on(6, Status::Alive));
}

#[test]
fn a_process_that_was_paused_blames_nobody() {
    let mut world = World::pool(60, 3);
    world.pause(address(0), true);
    world.run(20 * SECOND);
    world.pause(address(0), false);
    world.with(address(0), |serf, _| serf.overslept(20 * SECOND));
    world.until(20 * SECOND, "it is back", |world| world.all_see("n0", address(0), Status::Alive));
    assert_eq!(world.count("n0: failed"), 0, "{}", world.history.join("\n"));
}

#[test]
fn a_user_event_reaches_everybody_once() {
    let mut world = World::pool(70, 12);
    world.loss_percent = 15;
    world.with(address(4), |serf, _| serf.fire("deploy", b"now", false).unwrap());
    world.until(20 * SECOND, "all have it", |world| world.count("user event deploy") == 12);
    world.run(60 * SECOND);
    assert_eq!(world.count("user event deploy"), 12);
}

#[test]
fn a_failed_member_made_to_leave_has_left_for_everybody_and_is_forgotten_when_pruned() {
    let mut world = World::pool(80, 4);
    world.kill(address(3));
    world.until(60 * SECOND, "all see the death", |world| world.all_see("n3", address(3), Status::Failed));
    world.with(address(0), |serf, now| serf.force_leave(now, "n3", false).unwrap());
    world.until(20 * SECOND, "it has left", |world| world.all_see("n3", address(3), Status::Left));
    world.with(address(1), |serf, now| serf.force_leave(now, "n3", true).unwrap());
    world.until(20 * SECOND, "it is forgotten", |world| world.agree_on(3, Status::Alive));
    assert!(world.with(address(0), |serf, now| serf.force_leave(now, "n3", false)).is_err());
}

#[test]
fn one_that_is_alive_contradicts_when_made_to_leave() {
    let mut world = World::pool(81, 4);
    world.with(address(0), |serf, now| serf.force_leave(now, "n3", false).unwrap());
    world.run(20 * SECOND);
    assert!(world.all_see("n3", address(3), Status::Alive), "{}", world.history.join("\n"));
}

#[test]
fn new_tags_reach_everybody() {
    let mut world = World::pool(82, 7);
    let tags = proconsul_serf::Tags::from([("role".to_owned(), "node".to_owned())]);
    world.with(address(2), |serf, now| serf.set_tags(now, &tags).unwrap());
    world.until(10 * SECOND, "all see the tags", |world| {
        (0..7).all(|at| world.serf(address(at)).members()[2].tags == tags)
    });
}

#[test]
fn the_same_seed_gives_the_same_history() {
    let history = || {
        let mut world = World::pool(90, 6);
        world.loss_percent = 20;
        world.kill(address(1));
        world.run(40 * SECOND);
        world.history
    };
    assert_eq!(history(), history());
}
