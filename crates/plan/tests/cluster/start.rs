//! Pods come, go wrong, and come back.

use crate::world::World;
use crate::{WEB, consul};

#[test]
fn pods_start_in_order_each_after_the_one_before_is_ready() {
    let mut world = World::new(WEB, 1);
    assert_eq!(world.sync(), ["create web-0"]);
    assert_eq!(world.sync(), Vec::<String>::new());
    world.schedule();
    assert_eq!(world.sync(), Vec::<String>::new());
    world.run("web-0");
    assert_eq!(world.sync(), ["create web-1"]);
    world.schedule();
    world.run("web-1");
    assert_eq!(world.sync(), ["create web-2"]);
    let pod = world.pod("web-2").clone();
    let labels = pod.metadata.labels.unwrap();
    assert_eq!(labels["statefulset.kubernetes.io/pod-name"], "web-2");
    assert_eq!(labels["apps.kubernetes.io/pod-index"], "2");
    assert!(labels["controller-revision-hash"].starts_with("web-"));
    let spec = pod.spec.unwrap();
    assert_eq!((spec.hostname.as_deref(), spec.subdomain.as_deref()), (Some("web-2"), Some("web")));
    assert_eq!(pod.metadata.owner_references.unwrap()[0].uid, "uid-of-web");
}

#[test]
fn parallel_pods_start_together() {
    let mut world = World::new(&WEB.replace("replicas: 3", "replicas: 3\n  podManagementPolicy: Parallel"), 1);
    assert_eq!(world.sync(), ["create web-0", "create web-1", "create web-2"]);
}

#[test]
fn the_consul_set_comes_up_on_three_nodes() {
    let mut world = consul(3);
    assert_eq!(world.settle(), ["create consul-0", "create consul-1", "create consul-2"]);
    let placed = world.placed();
    let expected = [("consul-0", "node-1"), ("consul-1", "node-2"), ("consul-2", "node-3")];
    assert_eq!(placed, expected.map(|(pod, node)| (pod.to_owned(), node.to_owned())));
    let status = world.set.status.as_ref().unwrap();
    assert_eq!((status.replicas, status.ready_replicas, status.available_replicas), (3, Some(3), Some(3)));
    assert_eq!(status.current_revision, status.update_revision);
}

#[test]
fn with_too_few_nodes_a_pod_waits_with_the_schedulers_message() {
    let mut world = consul(2);
    world.settle();
    assert_eq!(
        world.schedule(),
        [
            "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: \
          0/2 nodes are available: 2 No preemption victims found for incoming pod."
        ]
    );
    assert_eq!(world.placed()[2], ("consul-2".to_owned(), "-".to_owned()));
}

#[test]
fn a_pod_without_its_claim_is_not_placed() {
    let mut world = consul(3);
    world.volumes.clear();
    world.sync();
    world.bind();
    let message = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. no new claims to deallocate, \
                   preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
    assert_eq!(world.schedule(), [message]);
    world.claims.clear();
    assert!(world.schedule()[0].starts_with("0/3 nodes are available: persistentvolumeclaim \"nfs\" not found. "));
}

#[test]
fn deleted_pods_come_back_under_their_names_once_they_are_gone() {
    let mut world = consul(3);
    world.settle();
    for name in ["consul-0", "consul-1", "consul-2"] {
        world.delete(name);
    }
    assert_eq!(world.sync(), Vec::<String>::new());
    world.gone("consul-1");
    assert_eq!(world.sync(), Vec::<String>::new(), "consul-0 is still there and comes first");
    world.gone("consul-0");
    assert_eq!(world.settle(), ["create consul-0", "create consul-1", "create consul-2"]);
}

#[test]
fn a_pod_comes_back_on_another_node_when_its_own_is_cordoned() {
    let mut world = consul(4);
    world.settle();
    world.nodes[1].spec.get_or_insert_default().unschedulable = Some(true);
    world.delete("consul-1");
    world.gone("consul-1");
    assert_eq!(world.settle(), ["create consul-1"]);
    assert_eq!(world.placed()[1], ("consul-1".to_owned(), "node-4".to_owned()));
}

#[test]
fn a_failed_pod_is_deleted_and_made_again() {
    let mut world = World::new(WEB, 1);
    world.settle();
    world.pod("web-1").status.as_mut().unwrap().phase = Some("Failed".to_owned());
    assert_eq!(world.sync(), ["delete web-1"]);
    assert_eq!(world.sync(), Vec::<String>::new());
    world.gone("web-1");
    assert_eq!(world.settle(), ["create web-1"]);
}

#[test]
fn a_crashed_container_leaves_its_pod_in_place() {
    let mut world = World::new(WEB, 1);
    world.settle();
    world.crash("web-0", 1);
    assert_eq!(world.sync(), Vec::<String>::new());
    assert_eq!(world.set.status.as_ref().unwrap().ready_replicas, Some(2));
}

#[test]
fn claims_are_made_before_their_pod_and_outlive_it() {
    let set = format!(
        "{WEB}  volumeClaimTemplates:\n  - metadata: {{name: data}}\n    spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}\n"
    );
    let mut world = World::new(&set, 1);
    assert_eq!(world.sync(), ["claim data-web-0", "create web-0"]);
    let volumes = world.pod("web-0").spec.clone().unwrap().volumes.unwrap();
    assert_eq!(volumes[0].persistent_volume_claim.as_ref().unwrap().claim_name, "data-web-0");
    assert_eq!(world.claims[0].metadata.labels.as_ref().unwrap()["app"], "web");
    world.gone("web-0");
    assert_eq!(world.sync(), ["create web-0"]);
    world.gone("web-0");
    world.claims[0].metadata.deletion_timestamp = Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(world.now));
    assert_eq!(world.sync(), ["blocked web-0: pvc data-web-0 is being deleted"]);
}

#[test]
fn a_pod_must_be_ready_for_a_while_when_the_set_says_so() {
    let mut world = World::new(&WEB.replace("serviceName: web", "serviceName: web\n  minReadySeconds: 5"), 1);
    world.sync();
    world.schedule();
    world.run("web-0");
    assert_eq!(world.sync(), ["sync in 5s"]);
    world.wait(5);
    assert_eq!(world.sync(), ["create web-1"]);
}

#[test]
fn orphans_that_look_like_members_are_adopted_and_strangers_released() {
    let mut world = World::new(WEB, 1);
    world.settle();
    world.pod("web-0").metadata.owner_references = None;
    world.pod("web-1").metadata.labels.as_mut().unwrap().insert("app".to_owned(), "other".to_owned());
    assert_eq!(world.sync(), ["update web-0", "update web-1", "create web-1: already exists"]);
    assert_eq!(world.pod("web-0").metadata.owner_references.as_ref().unwrap().len(), 1);
    assert_eq!(world.pod("web-1").metadata.owner_references.as_ref().unwrap().len(), 0);
}

#[test]
fn ordinals_may_start_elsewhere() {
    let mut world = World::new(&WEB.replace("replicas: 3", "replicas: 2\n  ordinals: {start: 5}"), 1);
    assert_eq!(world.settle(), ["create web-5", "create web-6"]);
}
