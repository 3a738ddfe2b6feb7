//! Anything may happen to a pool for a while; once it stops, everybody finds everybody.

use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_serf::Status;

use crate::world::{World, address};

const MEMBERS: usize = 5;
const BLOWS: u64 = 12;

/// Where each member is now, and the next address that nobody had yet.
struct Places {
    of: Vec<u16>,
    fresh: u16,
}

#[test]
fn a_pool_that_went_through_anything_finds_together_again() {
    for seed in 1000..1008 {
        let mut rng = Rng::seeded(seed);
        let mut world = World::pool(seed, MEMBERS as u16);
        let mut places = Places { of: (0..MEMBERS as u16).collect(), fresh: 100 };
        world.loss_percent = rng.below(15);
        for _ in 0..BLOWS {
            strike(&mut world, &mut rng, &mut places);
            world.run(rng.duration_below(Duration::from_secs(6)));
        }
        heal(&mut world, &places);
        let all_there = |world: &World| {
            let mut members = places.of.iter().enumerate();
            members.all(|(member, at)| world.all_see(&format!("n{member}"), address(*at), Status::Alive))
        };
        world.until(Duration::from_secs(90), &format!("all are together, seed {seed}"), all_there);
        world.run(Duration::from_secs(30));
        assert!(world.agree_on(MEMBERS, Status::Alive), "seed {seed}\n{}", world.history.join("\n"));
    }
}

fn strike(world: &mut World, rng: &mut Rng, places: &mut Places) {
    let member = rng.place(MEMBERS);
    let at = address(places.of[member]);
    match rng.below(5) {
        0 => world.isolate(at, rng.below(2) as u32),
        1 => world.pause(at, rng.chance(1, 2)),
        2 => world.with(at, |serf, now| {
            let mut tags = serf.local().tags;
            tags.insert("changed".into(), now.as_nanos().to_string());
            serf.set_tags(now, &tags).unwrap();
        }),
        3 => restart(world, member, places.of[member], places),
        _ => {
            places.fresh += 1;
            restart(world, member, places.fresh, places);
        }
    }
}

/// The member comes back with an empty memory and asks a neighbour.
fn restart(world: &mut World, member: usize, to: u16, places: &mut Places) {
    world.kill(address(places.of[member]));
    places.of[member] = to;
    world.start(&format!("n{member}"), address(to));
    world.join(address(to), address(places.of[(member + 1) % MEMBERS]));
}

/// The network is whole, nobody sleeps, and everybody tries to join, as agents without a leader do.
fn heal(world: &mut World, places: &Places) {
    world.loss_percent = 0;
    for at in &places.of {
        world.pause(address(*at), false);
        world.isolate(address(*at), 9);
    }
    for at in &places.of {
        world.join(address(*at), address(places.of[0]));
    }
}
