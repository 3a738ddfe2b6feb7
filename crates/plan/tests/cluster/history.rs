//! Everything at once, in any order.

use proconsul_base::rand::Rng;

use crate::world::World;
use crate::{WEB, change};

/// Whatever happens in between, a set ends as it is wanted, and an ordered set never takes two healthy pods down at once.
#[test]
fn after_any_history_the_set_is_what_it_should_be() {
    for seed in 0..60 {
        let mut rand = Rng::seeded(seed);
        let policy = if seed % 2 == 0 { "OrderedReady" } else { "Parallel" };
        let mut world = World::new(
            &WEB.replace("serviceName: web", &format!("serviceName: web\n  podManagementPolicy: {policy}")),
            3,
        );
        let mut image = "x:1".to_owned();
        for _ in 0..60 {
            disturb(&mut world, &mut rand, &mut image);
            let done = world.sync();
            let deleted = done.iter().filter(|action| action.starts_with("delete")).count();
            assert!(policy == "Parallel" || deleted <= 1, "seed {seed}: {done:?}");
        }
        world.settle();
        let wanted = world.set.spec.as_ref().unwrap().replicas.unwrap();
        let names: Vec<String> = world.placed().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, (0..wanted).map(|ordinal| format!("web-{ordinal}")).collect::<Vec<_>>(), "seed {seed}");
        assert!(
            world.pods.iter().all(|pod| pod.spec.as_ref().unwrap().containers[0].image.as_ref() == Some(&image)),
            "seed {seed}"
        );
        let status = world.set.status.as_ref().unwrap();
        assert_eq!((status.ready_replicas, status.updated_replicas), (Some(wanted), Some(wanted)), "seed {seed}");
        assert_eq!(status.current_revision, status.update_revision, "seed {seed}");
    }
}

fn disturb(world: &mut World, rand: &mut Rng, image: &mut String) {
    world.schedule();
    let pods: Vec<String> = world.placed().into_iter().filter(|(_, node)| node != "-").map(|(name, _)| name).collect();
    let pod = (!pods.is_empty()).then(|| pods[rand.place(pods.len())].clone());
    match (rand.below(10), pod) {
        (0, Some(pod)) => world.delete(&pod),
        (1, Some(pod)) => world.crash(&pod, 1),
        (2, Some(pod)) => world.gone(&pod),
        (3, Some(pod)) => world.pod(&pod).status.get_or_insert_default().phase = Some("Failed".to_owned()),
        (4, _) => {
            let replicas = rand.below(5);
            change(world, |set| set["spec"]["replicas"] = replicas.into());
        }
        (5, _) => {
            *image = format!("x:{}", rand.below(3));
            change(world, |set| set["spec"]["template"]["spec"]["containers"][0]["image"] = image.as_str().into());
        }
        (_, Some(pod)) => {
            let is_going = proconsul_plan::pod::is_terminating(world.pod(&pod));
            if is_going { world.gone(&pod) } else { world.run(&pod) }
        }
        (_, None) => {}
    }
}
