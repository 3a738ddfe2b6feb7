//! Stories of sets and pods on a machine that exists only in memory. Time is tokio's paused clock, so back-offs take no time.

mod fake;

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_plan::launch::Allocatable;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::node::{NodeFacts, cordon};
use super::pod::PodSettings;
use super::*;
use crate::apply::apply;
use crate::clock::Clock;
use crate::object::Key;
use crate::store::{Deletion, Journal};
use fake::Fake;

/// A cluster whose runtime can be killed and started again.
struct World {
    store: Arc<Store>,
    fake: Arc<Fake>,
    folder: tempfile::TempDir,
    node_count: watch::Sender<Option<u32>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill_runtime();
    }
}

impl World {
    fn new(nodes: Option<u32>) -> Self {
        let begun = Instant::now();
        let clock = Clock::new(move || {
            clock::after(Timestamp::UNIX_EPOCH, Duration::from_secs(1_800_000_000) + begun.elapsed())
        });
        let store = Store::open(Journal::in_memory(), clock, Rng::seeded(7)).expect("opens");
        let folder = tempfile::tempdir().expect("a folder");
        let fake = Fake::new(folder.path(), store.clock().clone());
        let node_count = watch::Sender::new(nodes);
        let mut world = Self { store, fake, folder, node_count, tasks: Vec::new() };
        world.start_runtime();
        world
    }

    fn start_runtime(&mut self) {
        let nodes = NodeFacts {
            processors: 2,
            memory_kib: 1 << 20,
            kernel: "6.1".to_owned(),
            runtime: "proconsul://test".to_owned(),
        };
        let settings = PodSettings {
            state_dir: self.folder.path().to_owned(),
            nfs_exports: BTreeMap::new(),
            builtin_images: true,
            version: "test".to_owned(),
            allocatable: Allocatable { cpu_thousandths: 2000, memory_bytes: 1 << 30, ephemeral_storage_bytes: 0 },
        };
        let control = Control::new(Arc::clone(&self.store), Arc::clone(&self.fake), nodes, self.node_count.subscribe());
        self.tasks.push(tokio::spawn(async move { control.run().await.expect("the store works") }));
        self.tasks.push(tokio::spawn(pod::run(Arc::clone(&self.store), Arc::clone(&self.fake), settings)));
    }

    fn kill_runtime(&mut self) {
        self.tasks.drain(..).for_each(|task| task.abort());
    }

    fn apply(&self, objects: &[Value]) {
        apply(&self.store, objects).expect("applies");
    }

    fn pod(&self, name: &str) -> Option<Object> {
        self.store.get(&Key::new(Kind::Pod, "default", name))
    }

    fn delete(&self, name: &str) {
        self.store.delete(&Key::new(Kind::Pod, "default", name), &Deletion::default()).expect("deletes");
    }

    /// Waits until the store looks so; fails with all pods and events when it does not within an hour of the paused clock.
    async fn until(&self, story: &str, is_so: impl Fn(&Self) -> bool) {
        let mut changes = self.store.changes();
        let seen = async {
            while !is_so(self) {
                changes.changed().await.expect("the store lives");
            }
        };
        if timeout(Duration::from_secs(3600), seen).await.is_err() {
            let texts = |kind| self.store.list(kind, None).iter().map(|one| format!("{one}\n")).collect::<String>();
            panic!("never: {story}\n{}\n{}", texts(Kind::Pod), texts(Kind::Event));
        }
    }

    async fn until_ready(&self, names: &[&str]) {
        self.until(&format!("{names:?} ready"), |world| {
            names.iter().all(|name| world.pod(name).is_some_and(|pod| is_ready(&pod)))
        })
        .await;
    }

    fn has_event(&self, reason: &str, message: &str) -> bool {
        let events = self.store.list(Kind::Event, None);
        events.iter().any(|event| event["reason"] == reason && event.text("/message").contains(message))
    }
}

fn is_ready(pod: &Value) -> bool {
    let is_ready = pod.list("/status/conditions").iter().any(|one| one["type"] == "Ready" && one["status"] == "True");
    is_ready && !pod.is_deleting()
}

fn service() -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
           "spec": {"clusterIP": "None", "selector": {"app": "web"}, "ports": [{"name": "http", "port": 8500}]}})
}

fn set(replicas: u32) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"}, "spec": {
        "serviceName": "web", "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
            "terminationGracePeriodSeconds": 10,
            "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
                {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}]}},
            "containers": [{"name": "web", "image": "consul:latest", "args": ["agent", "-advertise=$(IP)"],
                            "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]}]}}}})
}

const ALL: [&str; 3] = ["web-0", "web-1", "web-2"];

#[tokio::test(start_paused = true)]
async fn a_set_starts_its_pods_in_order_each_on_its_own_node() {
    let world = World::new(None);
    world.apply(&[service(), set(3)]);
    world.until_ready(&ALL).await;
    assert_eq!(world.fake.started(), ["web-0/web", "web-1/web", "web-2/web"]);
    let nodes: Vec<String> =
        ALL.iter().map(|name| world.pod(name).expect("is there").text("/spec/nodeName").to_owned()).collect();
    assert_eq!(nodes, ["node-1", "node-2", "node-3"]);
    let address = world.pod("web-1").expect("is there").text("/status/podIP").to_owned();
    assert_eq!(world.fake.args("web-1"), ["agent".to_owned(), format!("-advertise={address}")]);
    world
        .until("endpoints name all pods", |world| {
            let endpoints = world.store.get(&Key::new(Kind::Endpoints, "default", "web"));
            endpoints.is_some_and(|endpoints| endpoints.list("/subsets/0/addresses").len() == 3)
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn pods_deleted_together_come_back_under_their_names_with_new_addresses() {
    let world = World::new(None);
    world.apply(&[service(), set(3)]);
    world.until_ready(&ALL).await;
    let known = |world: &World| {
        ALL.map(|name| {
            let pod = world.pod(name).expect("is there");
            (pod.uid().to_owned(), pod.text("/status/podIP").to_owned())
        })
    };
    let before = known(&world);
    ALL.iter().for_each(|name| world.delete(name));
    world
        .until("all are other pods", |world| {
            ALL.iter()
                .zip(&before)
                .all(|(name, (uid, _))| world.pod(name).is_some_and(|pod| pod.uid() != uid && is_ready(&pod)))
        })
        .await;
    let after = known(&world);
    assert!(before.iter().all(|(_, address)| after.iter().all(|(_, other)| other != address)), "{before:?} {after:?}");
    assert!(world.has_event("Killing", "Stopping container web"));
}

#[tokio::test(start_paused = true)]
async fn a_container_that_crashes_is_restarted_at_once_and_then_with_back_off() {
    let world = World::new(None);
    world.apply(&[set(1)]);
    world.until_ready(&["web-0"]).await;
    let restarts = |world: &World| {
        world.pod("web-0").and_then(|pod| pod.number("/status/containerStatuses/0/restartCount")).unwrap_or(0)
    };
    world.fake.crash("web-0", "web", 1);
    world
        .until("restarted once", |world| restarts(world) == 1 && is_ready(&world.pod("web-0").expect("is there")))
        .await;
    world.fake.crash("web-0", "web", 1);
    world
        .until("waits", |world| {
            let pod = world.pod("web-0").expect("is there");
            pod.text("/status/containerStatuses/0/state/waiting/reason") == "CrashLoopBackOff"
        })
        .await;
    let pod = world.pod("web-0").expect("is there");
    let message = pod.text("/status/containerStatuses/0/state/waiting/message");
    assert!(message.starts_with("back-off 10s restarting failed container=web pod=web-0_default("), "{message}");
    world
        .until("restarted twice", |world| restarts(world) == 2 && is_ready(&world.pod("web-0").expect("is there")))
        .await;
    assert!(world.has_event("BackOff", "Back-off restarting failed container web in pod web-0_default("));
}

#[tokio::test(start_paused = true)]
async fn a_runtime_that_was_killed_takes_its_pods_over_as_they_are() {
    let mut world = World::new(None);
    world.apply(&[service(), set(3)]);
    world.until_ready(&ALL).await;
    let before: Vec<Object> = ALL.iter().filter_map(|name| world.pod(name)).collect();
    world.kill_runtime();
    world.fake.crash("web-2", "web", 3);
    world.start_runtime();
    world
        .until("what ended meanwhile is seen and started again", |world| {
            world
                .pod("web-2")
                .is_some_and(|pod| pod.number("/status/containerStatuses/0/restartCount") == Some(1) && is_ready(&pod))
        })
        .await;
    assert_eq!(world.fake.created(), 3);
    for pod in &before[..2] {
        let now = world.pod(pod.name()).expect("is there");
        assert_eq!((now.uid(), &now["status"]["containerStatuses"]), (pod.uid(), &pod["status"]["containerStatuses"]));
    }
    let last = world.pod("web-2").expect("is there");
    assert_eq!(last.number("/status/containerStatuses/0/lastState/terminated/exitCode"), Some(3));
}

#[tokio::test(start_paused = true)]
async fn a_pod_whose_node_is_closed_comes_back_on_another() {
    let world = World::new(Some(4));
    world.apply(&[set(3)]);
    world.until_ready(&ALL).await;
    let node = world.pod("web-1").expect("is there").text("/spec/nodeName").to_owned();
    cordon(&world.store, &node, true).expect("closes");
    let uid = world.pod("web-1").expect("is there").uid().to_owned();
    world.delete("web-1");
    world.until("another pod", |world| world.pod("web-1").is_some_and(|pod| pod.uid() != uid && is_ready(&pod))).await;
    assert_ne!(world.pod("web-1").expect("is there").text("/spec/nodeName"), node);
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_no_node_can_take_stays_pending_and_says_why() {
    let world = World::new(Some(2));
    world.apply(&[set(3)]);
    world
        .until("the third waits", |world| {
            world
                .pod("web-2")
                .is_some_and(|pod| pod.list("/status/conditions").iter().any(|one| one["reason"] == "Unschedulable"))
        })
        .await;
    assert_eq!(world.pod("web-2").expect("is there").text("/status/phase"), "Pending");
    assert!(
        world.has_event("FailedScheduling", "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.")
    );
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_waits_for_a_node_starts_when_there_are_more() {
    let world = World::new(Some(2));
    world.apply(&[set(3)]);
    world.until("the third waits", |world| world.has_event("FailedScheduling", "0/2 nodes are available:")).await;
    world.node_count.send_replace(Some(4));
    world.until_ready(&ALL).await;
    assert_eq!(world.store.list(Kind::Node, None).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_was_killed_together_with_the_runtime_starts_without_a_pause() {
    let mut world = World::new(None);
    world.apply(&[set(1)]);
    world.until_ready(&["web-0"]).await;
    let restarts = |world: &World| {
        let pod = world.pod("web-0").filter(|pod| is_ready(pod));
        pod.and_then(|pod| pod.number("/status/containerStatuses/0/restartCount"))
    };
    for count in 1..=3 {
        world.kill_runtime();
        world.fake.lose("web-0", "web");
        world.start_runtime();
        world.until("it runs again", |world| restarts(world) == Some(count)).await;
    }
    assert!(!world.has_event("BackOff", ""));
}

#[tokio::test(start_paused = true)]
async fn an_image_that_is_not_here_waits_with_advice() {
    let world = World::new(None);
    let mut other = set(1);
    other["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:1".into();
    world.apply(&[other]);
    world
        .until("it waits", |world| {
            world
                .pod("web-0")
                .is_some_and(|pod| pod.text("/status/containerStatuses/0/state/waiting/reason") == "ImagePullBackOff")
        })
        .await;
    assert!(world.has_event("Failed", "use one it stands for itself"));
    assert_eq!(world.fake.started(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_container_waits_for_its_config_map_and_starts_when_it_comes() {
    let world = World::new(None);
    let mut needy = set(1);
    needy["spec"]["template"]["spec"]["containers"][0]["envFrom"] = json!([{"configMapRef": {"name": "cm"}}]);
    world.apply(&[needy]);
    world.until("it waits", |world| world.has_event("Failed", "Error: configmap \"cm\" not found")).await;
    world.apply(&[json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm"}, "data": {"A": "1"}})]);
    world.until_ready(&["web-0"]).await;
}

#[tokio::test(start_paused = true)]
async fn claims_are_bound_before_pods_start_and_nfs_gets_a_folder_in_its_place() {
    let world = World::new(None);
    let mut stored = set(1);
    let spec = &mut stored["spec"]["template"]["spec"];
    spec["volumes"] = json!([{"name": "v", "persistentVolumeClaim": {"claimName": "nfs"}}]);
    spec["containers"][0]["volumeMounts"] = json!([{"name": "v", "mountPath": "/data", "subPath": "x"}]);
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "nfs"}, "spec": {
        "storageClassName": "manual", "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}});
    let volume = json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "nfs"}, "spec": {
        "storageClassName": "manual", "accessModes": ["ReadWriteMany"], "capacity": {"storage": "1Gi"},
        "nfs": {"server": "198.51.100.7", "path": "/home/shared"}}});
    world.apply(&[stored, claim, volume]);
    world.until_ready(&["web-0"]).await;
    assert!(world.folder.path().join("volumes/nfs/198.51.100.7/home/shared").is_dir());
    assert!(world.has_event("StandInFolder", "198.51.100.7:/home/shared is not contacted"));
    assert!(!world.has_event("FailedScheduling", ""));
}

#[tokio::test(start_paused = true)]
async fn a_set_that_is_deleted_takes_its_pods_along() {
    let world = World::new(None);
    world.apply(&[set(2)]);
    world.until_ready(&["web-0", "web-1"]).await;
    world.store.delete(&Key::new(Kind::StatefulSet, "default", "web"), &Deletion::default()).expect("deletes");
    world.until("no pod is left", |world| world.store.list(Kind::Pod, None).is_empty()).await;
    assert_eq!(world.fake.alive(), 0);
}
