//! A cluster small enough to think about: objects in lists, a clock that is set by hand, pods that become ready when told.

use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet};
use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use proconsul_manifest::{Kind, Source, Validation, default, read};
use proconsul_plan::pod_status::{self, Container, Ended, Observed, State};
use proconsul_plan::schedule::{self, Cluster};
use proconsul_plan::stateful_set::{self, Action, Seen};
use proconsul_plan::{Timestamp, bind, pod};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub(crate) struct World {
    pub(crate) set: StatefulSet,
    pub(crate) pods: Vec<Pod>,
    pub(crate) claims: Vec<PersistentVolumeClaim>,
    pub(crate) volumes: Vec<PersistentVolume>,
    pub(crate) revisions: Vec<ControllerRevision>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) now: Timestamp,
    made: u32,
}

/// An object from YAML, with defaults.
pub(crate) fn object<T: DeserializeOwned>(kind: Kind, text: &str) -> T {
    let source = Source { name: "test.yaml".to_owned(), text: text.to_owned() };
    let mut value = read(&[source], Validation::Strict).unwrap().objects.remove(0).value;
    default::fill(&mut value, kind);
    value["metadata"]["uid"] = json!(format!("uid-of-{}", value["metadata"]["name"].as_str().unwrap()));
    serde_json::from_value(value).unwrap()
}

pub(crate) fn node(name: &str) -> Node {
    from(json!({"metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}}}))
}

fn from<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

impl World {
    pub(crate) fn new(set: &str, nodes: usize) -> Self {
        Self {
            set: object(Kind::StatefulSet, set),
            pods: Vec::new(),
            claims: Vec::new(),
            volumes: Vec::new(),
            revisions: Vec::new(),
            nodes: (1..=nodes).map(|number| node(&format!("node-{number}"))).collect(),
            now: Timestamp::from_second(1_700_000_000).unwrap(),
            made: 0,
        }
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now = Timestamp::from_second(self.now.as_second() + seconds).unwrap();
    }

    /// One sync of the set; the answer is what was done to pods and claims.
    pub(crate) fn sync(&mut self) -> Vec<String> {
        let seen = Seen { pods: &self.pods, claims: &self.claims, revisions: &self.revisions, now: self.now };
        let actions = stateful_set::plan(&self.set, &seen);
        actions.into_iter().filter_map(|action| self.carry_out(action)).collect()
    }

    fn carry_out(&mut self, action: Action) -> Option<String> {
        match action {
            Action::CreateRevision(revision) => self.revisions.push(*revision),
            Action::UpdateRevision(revision) => {
                self.revisions.retain(|kept| kept.metadata.name != revision.metadata.name);
                self.revisions.push(*revision);
            }
            Action::DeleteRevision { name } => self.revisions.retain(|kept| kept.metadata.name.as_ref() != Some(&name)),
            Action::CreateClaim { claim, .. } => {
                let mut claim = *claim;
                let name = claim.metadata.name.clone().unwrap();
                claim.metadata.uid = Some(format!("uid-of-{name}"));
                self.claims.push(claim);
                return Some(format!("claim {name}"));
            }
            Action::UpdateClaim(changed) => {
                let known = self.claims.iter_mut().find(|known| known.metadata.name == changed.metadata.name);
                *known.unwrap() = *changed;
            }
            Action::CreatePod(made) => {
                let mut made = *made;
                if self.pods.iter().any(|known| known.metadata.name == made.metadata.name) {
                    return Some(format!("create {}: already exists", pod::name(&made)));
                }
                self.made += 1;
                made.metadata.uid = Some(format!("uid-{}", self.made));
                let name = pod::name(&made).to_owned();
                self.pods.push(made);
                return Some(format!("create {name}"));
            }
            Action::UpdatePod(changed) => {
                let name = pod::name(&changed).to_owned();
                *self.pod(&name) = *changed;
                return Some(format!("update {name}"));
            }
            Action::DeletePod { name, .. } => {
                self.delete(&name);
                return Some(format!("delete {name}"));
            }
            Action::Blocked { pod, message } => return Some(format!("blocked {pod}: {message}")),
            Action::SetStatus(status) => self.set.status = Some(*status),
            Action::SyncAt(at) => return Some(format!("sync in {}s", at.as_second() - self.now.as_second())),
        }
        None
    }

    pub(crate) fn pod(&mut self, name: &str) -> &mut Pod {
        self.pods.iter_mut().find(|found| pod::name(found) == name).unwrap()
    }

    pub(crate) fn delete(&mut self, name: &str) {
        let now = self.now;
        self.pod(name).metadata.deletion_timestamp = Some(Time(now));
    }

    /// The pod is gone from the store.
    pub(crate) fn gone(&mut self, name: &str) {
        self.pods.retain(|found| pod::name(found) != name);
    }

    /// Finds nodes for all pods that have none; the answer is the message of those that get none.
    pub(crate) fn schedule(&mut self) -> Vec<String> {
        let mut messages = Vec::new();
        for position in 0..self.pods.len() {
            let waiting = self.pods[position].clone();
            if pod::node(&waiting).is_some() {
                continue;
            }
            let cluster =
                Cluster { nodes: &self.nodes, pods: &self.pods, claims: &self.claims, volumes: &self.volumes };
            match schedule::schedule(&waiting, cluster) {
                Ok(node) => self.pods[position].spec.as_mut().unwrap().node_name = Some(node),
                Err(why) => {
                    self.pods[position].status = Some(pod_status::unschedulable(&waiting, &why.to_string(), self.now));
                    messages.push(why.to_string());
                }
            }
        }
        messages
    }

    /// The containers of a pod run.
    pub(crate) fn run(&mut self, name: &str) {
        let started_at = self.now;
        self.report(name, &State::Running { started_at });
    }

    /// The containers of a pod ended.
    pub(crate) fn crash(&mut self, name: &str, exit_code: i32) {
        let now = self.now;
        let ended = Ended {
            exit_code,
            signal: None,
            reason: "Error".into(),
            message: String::new(),
            started_at: now,
            finished_at: now,
        };
        self.report(name, &State::Ended(ended));
    }

    fn report(&mut self, name: &str, state: &State) {
        let now = self.now;
        let found = self.pod(name);
        let containers = found.spec.as_ref().unwrap().containers.iter().map(|container| Container {
            name: container.name.clone(),
            state: state.clone(),
            last: None,
            restarts: 0,
            is_probed_ready: true,
            is_probed_started: true,
            image_id: String::new(),
            id: None,
        });
        let observed = Observed {
            pod_ip: Some("10.0.0.1".to_owned()),
            host_ip: None,
            start_time: Some(now),
            containers: containers.collect(),
        };
        let status = pod_status::status(found, &observed, now);
        found.status = Some(status);
    }

    /// Everything runs its course until the set has nothing more to do; the answer is all it did.
    pub(crate) fn settle(&mut self) -> Vec<String> {
        let mut done = Vec::new();
        for _ in 0..100 {
            self.bind();
            let step = self.sync();
            self.schedule();
            let names: Vec<String> = self.pods.iter().map(|found| pod::name(found).to_owned()).collect();
            for name in names {
                if pod::is_terminating(self.pod(&name)) {
                    self.gone(&name);
                } else if pod::node(self.pod(&name)).is_some() {
                    self.run(&name);
                }
            }
            if step.is_empty() && self.sync().is_empty() {
                return done;
            }
            done.extend(step);
        }
        panic!("the set never comes to rest: {done:?}");
    }

    pub(crate) fn bind(&mut self) {
        for action in bind::plan(&self.volumes, &self.claims, self.now) {
            match action {
                bind::Action::UpdateVolume(volume) => {
                    let known = self.volumes.iter_mut().find(|known| known.metadata.name == volume.metadata.name);
                    *known.unwrap() = *volume;
                }
                bind::Action::UpdateClaim(claim) => {
                    let known = self.claims.iter_mut().find(|known| known.metadata.name == claim.metadata.name);
                    *known.unwrap() = *claim;
                }
                bind::Action::Event { .. } => {}
            }
        }
    }

    /// Names and nodes of all pods.
    pub(crate) fn placed(&self) -> Vec<(String, String)> {
        let mut placed: Vec<_> = self
            .pods
            .iter()
            .map(|found| (pod::name(found).to_owned(), pod::node(found).unwrap_or("-").to_owned()))
            .collect();
        placed.sort();
        placed
    }
}
