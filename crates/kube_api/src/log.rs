//! A container's log, at `pods/NAME/log`.

use bytes::Bytes;
use proconsul_kube::object::Fields;
use proconsul_kube::store::StoreError;
use proconsul_pods::logs::{LogError, LogOptions, LogReader, Which};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::object::Place;
use crate::query::Query;
use crate::reply::{Refusal, Reply, Response};
use crate::serve::Desk;

/// Pieces of a log that wait for a slow client.
const QUEUE: usize = 16;

pub(crate) async fn read(desk: &Desk, place: &Place<'_>, name: &str, query: &Query) -> Result<Response, Refusal> {
    let key = place.key(name);
    let pod = desk.runtime.store().get(&key).ok_or(StoreError::NotFound(key))?;
    let container = container(&pod, query.get("container"))?;
    let options = LogOptions {
        which: if query.is_true("previous") { Which::Previous } else { Which::Current },
        tail: query.number("tailLines")?.map(|lines| usize::try_from(lines).unwrap_or(usize::MAX)),
        since: None,
        timestamps: query.is_true("timestamps"),
        limit_bytes: query.number("limitBytes")?,
        follow: query.is_true("follow"),
    };
    let opened = LogReader::open(&desk.runtime.pod_dir(pod.uid()), &container, options).await;
    let reader = opened.map_err(|error| refusal(&pod, &container, &error))?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        tokio::select! {
            () = send_all(reader, &sender) => {}
            () = sender.closed() => {}
        }
    });
    Ok(Reply::stream("text/plain", receiver))
}

async fn send_all(mut reader: LogReader, sender: &mpsc::Sender<Bytes>) {
    loop {
        match reader.next().await {
            Ok(Some(lines)) => {
                if sender.send(Bytes::from(lines)).await.is_err() {
                    return;
                }
            }
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "a log could not be read to its end");
                return;
            }
        }
    }
}

/// The container that is meant: the named one, the annotated one, or the only one.
fn container(pod: &Value, asked: Option<&str>) -> Result<String, Refusal> {
    let all = ["/spec/initContainers", "/spec/containers"].into_iter().flat_map(|list| pod.list(list));
    let names: Vec<&str> = all.map(|container| container.text("/name")).collect();
    let default = pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"].as_str();
    match (asked.or(default), pod.list("/spec/containers")) {
        (Some(name), _) if names.contains(&name) => Ok(name.to_owned()),
        (Some(name), _) => Err(Refusal::bad_request(format!("container {name} is not valid for pod {}", pod.name()))),
        (None, [only]) => Ok(only.text("/name").to_owned()),
        (None, _) => Err(Refusal::bad_request(format!(
            "a container name must be specified for pod {}, choose one of: [{}]",
            pod.name(),
            names.join(" ")
        ))),
    }
}

fn refusal(pod: &Value, container: &str, error: &LogError) -> Refusal {
    match error {
        LogError::NotStarted { .. } => {
            let statuses =
                pod.list("/status/containerStatuses").iter().chain(pod.list("/status/initContainerStatuses"));
            let mut own = statuses.filter(|status| status["name"] == *container);
            let waiting = own.next().map(|status| status.text("/state/waiting/reason"));
            let reason = match waiting.unwrap_or_default() {
                "" => "ContainerCreating",
                // The kubelet's words.
                "ImagePullBackOff" => "trying and failing to pull image",
                reason => reason,
            };
            Refusal::bad_request(format!(
                "container \"{container}\" in pod \"{}\" is waiting to start: {reason}",
                pod.name()
            ))
        }
        LogError::NoPrevious { .. } => Refusal::bad_request(format!(
            "previous terminated container \"{container}\" in pod \"{}\" not found",
            pod.name()
        )),
        LogError::Read { .. } | LogError::Shim(_) => Refusal::internal(error),
    }
}
