//! Members that come back under their names at other addresses, as pods do.

use std::time::Duration;

use crate::world::{World, address};
use proconsul_serf::Status;

const SECOND: Duration = Duration::from_secs(1);
/// From the last restart until everybody knows everybody at the new addresses.
const SOON: Duration = Duration::from_secs(3);

fn all_settled(world: &World, places: &[(usize, u16)]) -> bool {
    places.iter().all(|(name, at)| world.all_see(&format!("n{name}"), address(*at), Status::Alive))
        && world.agree_on(places.len(), Status::Alive)
}

/// Restarts the members at their new places, `pause` apart, each joining all the new places until it is in.
fn restart_one_by_one(seed: u64, old: &[(usize, u16)], new: &[(usize, u16)], pause: Duration) {
    let mut world = World::pool(seed, old.len() as u16);
    for ((name, from), (_, to)) in old.iter().zip(new) {
        world.kill(address(*from));
        world.run(pause);
        world.start(&format!("n{name}"), address(*to));
        for (_, at) in old.iter().chain(new) {
            world.join(address(*to), address(*at));
        }
        world.run(pause);
    }
    let took = world.until(SOON, "all are at their new addresses", |world| all_settled(world, new));
    assert!(took <= SOON);
    world.run(60 * SECOND);
    assert!(all_settled(&world, new), "{}", world.history.join("\n"));
}

#[test]
fn three_members_restarted_one_by_one_on_fresh_addresses_are_known_there_soon() {
    for (seed, pause_ms) in [(1, 0), (2, 200), (3, 2000), (4, 8000)] {
        let (old, new) = ([(0, 0), (1, 1), (2, 2)], [(0, 10), (1, 11), (2, 12)]);
        restart_one_by_one(seed, &old, &new, Duration::from_millis(pause_ms));
    }
}

/// All stop at once and come back elsewhere; nobody remembers anything.
fn restart_together(seed: u64, new: &[(usize, u16)]) {
    let mut world = World::pool(seed, new.len() as u16);
    for at in 0..new.len() {
        world.kill(address(at as u16));
    }
    for (name, at) in new {
        world.start(&format!("n{name}"), address(*at));
    }
    for (_, at) in new {
        for (_, other) in new {
            world.join(address(*at), address(*other));
        }
    }
    world.until(SOON, "all are at their new addresses", |world| all_settled(world, new));
    world.run(60 * SECOND);
    assert!(all_settled(&world, new), "{}", world.history.join("\n"));
}

#[test]
fn three_members_that_permute_their_addresses_at_once_are_known_there_soon() {
    for seed in 10..15 {
        restart_together(seed, &[(0, 1), (1, 2), (2, 0)]);
        restart_together(seed, &[(0, 1), (1, 0), (2, 2)]);
    }
}

#[test]
fn three_members_that_come_back_on_fresh_addresses_at_once_are_known_there_soon() {
    for seed in 20..25 {
        restart_together(seed, &[(0, 10), (1, 11), (2, 12)]);
    }
}

#[test]
fn two_of_four_that_swap_addresses_are_known_there_soon_by_those_who_remember() {
    for seed in 30..40 {
        let mut world = World::pool(seed, 4);
        world.run(20 * SECOND);
        world.kill(address(1));
        world.kill(address(2));
        world.start("n1", address(2));
        world.start("n2", address(1));
        world.join(address(2), address(0));
        world.join(address(1), address(3));
        let places = [(0, 0), (1, 2), (2, 1), (3, 3)];
        // Each may hear first where the other was: its first probe there sets it right.
        let soon = SOON + 3 * SECOND;
        world.until(soon, "the two are known at each other's address", |world| all_settled(world, &places));
        world.run(60 * SECOND);
        assert!(all_settled(&world, &places), "{}", world.history.join("\n"));
        assert_eq!(world.count("NameLost"), 0);
    }
}

#[test]
fn a_member_restarted_in_place_outlives_the_news_of_its_death() {
    for (seed, wait) in [(50, 1), (51, 4), (52, 12), (53, 40)] {
        let mut world = World::pool(seed, 3);
        world.kill(address(1));
        world.run(wait * SECOND);
        world.start("n1", address(1));
        world.join(address(1), address(0));
        world.until(SOON, "it is back", |world| world.agree_on(3, Status::Alive));
        world.run(60 * SECOND);
        assert!(world.agree_on(3, Status::Alive), "{}", world.history.join("\n"));
    }
}

#[test]
fn one_that_left_may_come_back_anywhere() {
    let mut world = World::pool(60, 3);
    world.with(address(1), |serf, now| serf.leave(now));
    world.until(20 * SECOND, "it has left", |world| world.count("n1: LeaveDone") == 1);
    world.kill(address(1));
    world.run(5 * SECOND);
    world.start("n1", address(9));
    world.join(address(9), address(0));
    world.until(SOON, "it is back", |world| world.agree_on(3, Status::Alive));
    assert!(world.all_see("n1", address(9), Status::Alive));
}

#[test]
fn a_wiped_member_with_a_new_identity_and_address_is_known_once_its_old_address_is_silent() {
    for seed in 80..85 {
        let mut world = World::pool(seed, 3);
        world.kill(address(1));
        world.start_as("n1", "new id", address(9));
        world.join(address(9), address(0));
        let soon = 10 * SECOND;
        world.until(soon, "the old one is forgotten", |world| world.all_see("n1", address(9), Status::Alive));
        world.run(60 * SECOND);
        assert!(world.all_see("n1", address(9), Status::Alive), "{}", world.history.join("\n"));
    }
}

#[test]
fn a_rival_for_a_living_members_name_is_told_to_go() {
    let mut world = World::pool(70, 4);
    world.start_as("n1", "another id", address(9));
    world.join(address(9), address(0));
    world.until(30 * SECOND, "the rival is told", |world| world.count("NameLost") > 0);
    for at in [0, 2, 3] {
        let member = world.serf(address(at)).members().into_iter().find(|member| &*member.name == "n1").unwrap();
        assert_eq!(member.address, address(1));
    }
}
