//! Shows pods as they become ready, and tells why the others are not.

use std::collections::BTreeSet;

use proconsul_kube::kind::Kind;
use proconsul_kube::object::Fields;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::kube::client::{Client, Lines, path};
use crate::out::Out;

/// Log lines shown of a pod that is not ready.
const LOG_LINES: usize = 10;

/// Prints each pod as it becomes ready; true when all are, false when the time is over or a pod waits for what will not come.
pub(super) async fn follow(client: &Client, until: Instant, out: &mut Out) -> anyhow::Result<bool> {
    let mut shown = BTreeSet::new();
    let mut pod_changes = watch(client, Kind::Pod).await?;
    let mut set_changes = watch(client, Kind::StatefulSet).await?;
    loop {
        // Sets first: what they count as ready is then among the pods.
        let sets = list(client, Kind::StatefulSet).await?;
        let pods = list(client, Kind::Pod).await?;
        for pod in pods.iter().filter(|pod| is_ready(pod)) {
            if shown.insert(pod.uid().to_owned()) {
                let (node, address) = (pod.text("/spec/nodeName"), pod.text("/status/podIP"));
                out.say(&format!("pod/{} ready on {node} at {address}", pod.name()));
            }
        }
        let own = pods.iter().filter(|pod| pod.controller().is_none());
        if sets.iter().all(is_complete) && own.clone().all(is_ready) {
            return Ok(true);
        }
        let mut others = pods.iter().filter(|pod| !is_ready(pod));
        if pods.iter().any(is_hopeless) && others.all(|pod| is_hopeless(pod) || is_held_up(pod)) {
            return Ok(false);
        }
        let changed = async {
            tokio::select! {
                change = pod_changes.next() => change,
                change = set_changes.next() => change,
            }
        };
        match timeout_at(until, changed).await {
            Ok(change) => anyhow::ensure!(change?.is_some(), "the runtime ended"),
            Err(_) => return Ok(false),
        }
    }
}

async fn watch(client: &Client, kind: Kind) -> anyhow::Result<Lines> {
    client.stream(&format!("{}?watch=true", path(kind, None, None))).await
}

pub(super) async fn list(client: &Client, kind: Kind) -> anyhow::Result<Vec<Value>> {
    Ok(client.get(&path(kind, None, None)).await?.list("/items").to_vec())
}

/// Whether a pod serves, or has done what it was for.
pub(super) fn is_ready(pod: &Value) -> bool {
    let is_ready = pod.list("/status/conditions").iter().any(|one| one["type"] == "Ready" && one["status"] == "True");
    !pod.is_deleting() && (is_ready || pod["status"]["phase"] == "Succeeded")
}

/// Whether waiting does not help: the image does not come, or the pod ended for good.
fn is_hopeless(pod: &Value) -> bool {
    pod["status"]["phase"] == "Failed" || waiting(pod).any(|(reason, _)| reason == "ImagePullBackOff")
}

/// Whether a pod waits with nothing under way.
fn is_held_up(pod: &Value) -> bool {
    let is_unplaced = pod.list("/status/conditions").iter().any(|one| one["reason"] == "Unschedulable");
    is_unplaced || waiting(pod).any(|(reason, _)| reason == "CrashLoopBackOff")
}

fn is_complete(set: &Value) -> bool {
    let wanted = set.number("/spec/replicas").unwrap_or(1);
    let count = |field: &str| set.number(&format!("/status/{field}")).unwrap_or(0);
    let is_seen = set.number("/status/observedGeneration") >= set.number("/metadata/generation");
    is_seen && count("replicas") == wanted && count("readyReplicas") == wanted && count("updatedReplicas") == wanted
}

/// Why containers of a pod wait: reason and message.
fn waiting(pod: &Value) -> impl Iterator<Item = (&str, &str)> {
    let statuses = pod.list("/status/initContainerStatuses").iter().chain(pod.list("/status/containerStatuses"));
    statuses.filter_map(|status| {
        let waiting = status.pointer("/state/waiting")?;
        Some((waiting.text("/reason"), waiting.text("/message")))
    })
}

/// Says of each pod that is not ready why, with the last lines it wrote; and of sets without pods what happened to them.
pub(super) async fn explain(client: &Client, out: &mut Out) -> anyhow::Result<()> {
    out.complain("not everything became ready:");
    let pods = list(client, Kind::Pod).await?;
    for pod in pods.iter().filter(|pod| !is_ready(pod)) {
        out.complain(&format!("\npod/{}: {}", pod.name(), reason(pod)));
        for end in ends(pod) {
            out.complain(&format!("    {end}"));
        }
        let log = path(Kind::Pod, Some(pod.namespace()), Some(pod.name()));
        let Ok(mut lines) = client.stream(&format!("{log}/log?tailLines={LOG_LINES}")).await else { continue };
        while let Some(line) = lines.next().await? {
            out.complain(&format!("    {}", String::from_utf8_lossy(&line)));
        }
    }
    let events = list(client, Kind::Event).await?;
    for set in list(client, Kind::StatefulSet).await?.iter().filter(|set| !is_complete(set)) {
        let about = |event: &&Value| event.text("/involvedObject/uid") == set.uid() && event["type"] == "Warning";
        for event in events.iter().filter(about) {
            out.complain(&format!("\nstatefulset.apps/{}: {}", set.name(), event.text("/message")));
        }
    }
    out.complain("\nMore: proconsul kube get events, proconsul kube logs POD");
    Ok(())
}

/// How containers of a pod ended that do not run now.
fn ends(pod: &Value) -> impl Iterator<Item = String> {
    pod.list("/status/containerStatuses").iter().filter_map(|status| {
        let state = status.pointer("/state/terminated").or_else(|| {
            status.pointer("/state/waiting")?;
            status.pointer("/lastState/terminated")
        })?;
        let (name, reason, message) = (status.text("/name"), state.text("/reason"), state.text("/message"));
        let code = state.number("/exitCode").unwrap_or_default();
        let colon = if message.is_empty() { "" } else { ": " };
        Some(format!("container {name} ended with exit code {code} ({reason}){colon}{message}"))
    })
}

fn reason(pod: &Value) -> String {
    if let Some((reason, message)) = waiting(pod).next() {
        return if message.is_empty() { reason.to_owned() } else { format!("{reason}: {message}") };
    }
    let unmet =
        pod.list("/status/conditions").iter().find(|one| one["status"] == "False" && !one.text("/message").is_empty());
    let phase = pod.text("/status/phase");
    unmet.map_or_else(|| phase.to_owned(), |one| format!("{phase}: {}", one.text("/message")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pod_that_waits_says_what_for() {
        let image = json!({"status": {"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "why"}}}]}});
        assert_eq!(reason(&image), "ImagePullBackOff: why");
        let pending = json!({"status": {"phase": "Pending", "conditions": [
            {"type": "PodScheduled", "status": "False", "message": "0/2 nodes are available: …"}]}});
        assert_eq!(reason(&pending), "Pending: 0/2 nodes are available: …");
    }

    #[test]
    fn a_container_that_does_not_run_says_how_it_ended() {
        let ended = json!({"exitCode": 128, "reason": "StartError", "message": "no such program"});
        let pod = json!({"status": {"containerStatuses": [
            {"name": "a", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": ended}},
            {"name": "b", "state": {"running": {}}, "lastState": {"terminated": ended}},
            {"name": "c", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}]}});
        assert_eq!(
            ends(&pod).collect::<Vec<_>>(),
            [
                "container a ended with exit code 128 (StartError): no such program",
                "container c ended with exit code 3 (Error)"
            ]
        );
    }

    #[test]
    fn only_a_pod_that_can_come_no_more_is_hopeless() {
        let waits =
            |reason: &str| json!({"status": {"containerStatuses": [{"state": {"waiting": {"reason": reason}}}]}});
        assert!(is_hopeless(&waits("ImagePullBackOff")) && is_hopeless(&json!({"status": {"phase": "Failed"}})));
        assert!(!is_hopeless(&waits("CrashLoopBackOff")) && is_held_up(&waits("CrashLoopBackOff")));
        assert!(!is_hopeless(&waits("ContainerCreating")) && !is_held_up(&waits("ContainerCreating")));
    }

    #[test]
    fn a_set_is_complete_when_all_replicas_are_ready_at_the_newest_template() {
        let set = |ready: i64, seen: i64| {
            json!({"metadata": {"generation": 2}, "spec": {"replicas": 3},
                   "status": {"observedGeneration": seen, "replicas": 3, "readyReplicas": ready, "updatedReplicas": 3}})
        };
        assert!(is_complete(&set(3, 2)));
        assert!(!is_complete(&set(2, 2)));
        assert!(!is_complete(&set(3, 1)));
    }
}
