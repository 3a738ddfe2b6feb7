//! Stories of a set in a small cluster, told by module.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on ends the test")]

mod change;
mod history;
mod start;
mod world;

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use proconsul_manifest::Kind;
use world::{World, object};

const WEB: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: 'x:1'}]
";

const CONSUL: &str = include_str!("../../../../deploy/kubernetes/4-statefulset.yaml");

fn consul(nodes: usize) -> World {
    let mut world = World::new(CONSUL, nodes);
    let volume: PersistentVolume =
        object(Kind::PersistentVolume, include_str!("../../../../deploy/kubernetes/3-pv.yaml"));
    let claim: PersistentVolumeClaim =
        object(Kind::PersistentVolumeClaim, include_str!("../../../../deploy/kubernetes/2-pvc.yaml"));
    world.volumes.push(volume);
    world.claims.push(claim);
    world
}

fn change(world: &mut World, change: impl FnOnce(&mut serde_json::Value)) {
    let mut value = serde_json::to_value(&world.set).unwrap();
    change(&mut value);
    world.set = serde_json::from_value(value).unwrap();
}
