//! A set grows, shrinks and changes its template.

use crate::world::World;
use crate::{WEB, change};

#[test]
fn shrinking_takes_the_highest_first_and_only_while_all_others_are_ready() {
    let mut world = World::new(WEB, 1);
    world.settle();
    change(&mut world, |set| set["spec"]["replicas"] = 1.into());
    world.crash("web-0", 1);
    assert_eq!(world.sync(), Vec::<String>::new());
    world.run("web-0");
    assert_eq!(world.sync(), ["delete web-2"]);
    assert_eq!(world.sync(), Vec::<String>::new());
    world.gone("web-2");
    assert_eq!(world.sync(), ["delete web-1"]);
}

#[test]
fn a_broken_surplus_pod_does_not_hold_up_shrinking() {
    let mut world = World::new(WEB, 1);
    world.settle();
    change(&mut world, |set| set["spec"]["replicas"] = 2.into());
    world.crash("web-2", 1);
    assert_eq!(world.sync(), ["delete web-2"]);
}

#[test]
fn surplus_pods_that_have_ended_do_not_wait_for_each_other() {
    let mut world = World::new(WEB, 1);
    world.settle();
    change(&mut world, |set| set["spec"]["replicas"] = 1.into());
    for name in ["web-1", "web-2"] {
        world.pod(name).status.as_mut().unwrap().phase = Some("Failed".to_owned());
    }
    assert_eq!(world.sync(), ["delete web-2"]);
    world.gone("web-2");
    assert_eq!(world.sync(), ["delete web-1"]);
}

#[test]
fn an_update_goes_from_the_top_one_at_a_time() {
    let mut world = World::new(WEB, 1);
    world.settle();
    change(&mut world, |set| set["spec"]["template"]["spec"]["containers"][0]["image"] = "x:2".into());
    assert_eq!(world.sync(), ["delete web-2"]);
    assert_eq!(world.sync(), Vec::<String>::new());
    world.gone("web-2");
    assert_eq!(world.settle(), ["create web-2", "delete web-1", "create web-1", "delete web-0", "create web-0"]);
    let status = world.set.status.clone().unwrap();
    assert_eq!(status.current_revision, status.update_revision);
    assert_eq!(world.revisions.len(), 2);
    change(&mut world, |set| set["spec"]["template"]["spec"]["containers"][0]["image"] = "x:1".into());
    world.settle();
    assert_eq!(world.revisions.len(), 2, "going back uses the old revision");
    assert!(world.pods.iter().all(|pod| pod.spec.as_ref().unwrap().containers[0].image.as_deref() == Some("x:1")));
}

#[test]
fn a_partition_keeps_lower_pods_at_the_old_version() {
    let mut world = World::new(WEB, 1);
    world.settle();
    change(&mut world, |set| {
        set["spec"]["template"]["spec"]["containers"][0]["image"] = "x:2".into();
        set["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = 2.into();
    });
    assert_eq!(world.settle(), ["delete web-2", "create web-2"]);
    world.delete("web-0");
    world.gone("web-0");
    assert_eq!(world.settle(), ["create web-0"]);
    assert_eq!(world.pod("web-0").spec.as_ref().unwrap().containers[0].image.as_deref(), Some("x:1"));
}

#[test]
fn on_delete_leaves_updating_to_the_user() {
    let set = WEB.replace("serviceName: web", "serviceName: web\n  updateStrategy: {type: OnDelete}");
    let mut world = World::new(&set, 1);
    world.settle();
    change(&mut world, |set| set["spec"]["template"]["spec"]["containers"][0]["image"] = "x:2".into());
    assert_eq!(world.settle(), Vec::<String>::new());
    world.delete("web-1");
    world.gone("web-1");
    assert_eq!(world.settle(), ["create web-1"]);
    assert_eq!(world.pod("web-1").spec.as_ref().unwrap().containers[0].image.as_deref(), Some("x:2"));
}

#[test]
fn claims_go_with_their_pod_or_their_set_only_when_the_set_says_so() {
    let set = |policy: &str| {
        format!(
            "{WEB}  persistentVolumeClaimRetentionPolicy: {policy}\n  volumeClaimTemplates:\n  - metadata: {{name: data}}\n    spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}\n"
        )
    };
    for (policy, in_range, condemned) in [
        ("{}", None, None),
        ("{whenDeleted: Delete}", Some("StatefulSet"), Some("StatefulSet")),
        ("{whenScaled: Delete}", None, Some("Pod")),
        ("{whenScaled: Delete, whenDeleted: Delete}", Some("StatefulSet"), Some("Pod")),
    ] {
        let mut world = World::new(&set(policy), 1);
        for number in 0..3 {
            world.volumes.push(
                serde_json::from_value(serde_json::json!({"metadata": {"name": format!("v{number}")},
                "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}}))
                .unwrap(),
            );
        }
        world.settle();
        let owner = |world: &World, at: usize| {
            world.claims[at].metadata.owner_references.iter().flatten().next().map(|owner| owner.kind.clone())
        };
        assert_eq!(owner(&world, 2).as_deref(), in_range, "{policy}");
        change(&mut world, |set| set["spec"]["replicas"] = 2.into());
        world.sync();
        assert_eq!(owner(&world, 2).as_deref(), condemned, "{policy}");
        assert_eq!(owner(&world, 1).as_deref(), in_range, "{policy}");
    }
}
