//! What a person wants to know once everything is ready: who leads, where the pods are, how to look inside, how to stop.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use proconsul_base::text::table;
use proconsul_kube::kind::Kind;
use proconsul_kube::object::Fields;
use proconsul_kube_api::SUMMARY_PATH;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::progress::list;
use crate::kube::client::Client;
use crate::out::Out;

/// How long one question for the leader may take, and the wait before the next.
const ANSWER_WAIT: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_millis(100);
/// The reason of the event that tells of a folder in place of a server.
const STAND_IN: &str = "StandInFolder";

/// Prints the summary.
pub(super) async fn print(client: &Client, until: Instant, out: &mut Out) -> anyhow::Result<()> {
    let facts = client.get(SUMMARY_PATH).await?;
    let pods = list(client, Kind::Pod).await?;
    let is_builtin = |pod: &Value| {
        pod.list("/status/containerStatuses").iter().any(|one| one.text("/imageID").starts_with("builtin://"))
    };
    let servers: Vec<&Value> = pods.iter().filter(|pod| is_builtin(pod)).collect();
    let has_http = list(client, Kind::Service).await?.iter().any(has_http_port);
    out.say("");
    if has_http
        && !servers.is_empty()
        && let Some(leader) = leader(&facts, &pods, until).await
    {
        out.say(&format!("leader     {leader}"));
    }
    let rows: Vec<[String; 3]> = pods
        .iter()
        .map(|pod| [pod.name(), pod.text("/spec/nodeName"), pod.text("/status/podIP")].map(str::to_owned))
        .collect();
    for (place, line) in table::columns(&rows, 3).lines().enumerate() {
        out.say(&format!("{}{line}", if place == 0 { "pods       " } else { "           " }));
    }
    if has_http {
        out.say(&format!("http       http://{}/ (stays while pods change)", facts.text("/http")));
    }
    if let Some(note) = facts["httpNote"].as_str() {
        out.say(&format!("           {note}"));
    }
    if let Some(name) = pods.iter().find_map(stable_name) {
        let (port, address) = (&facts["resolver"]["port"], facts.text("/resolver/address"));
        out.say(&format!("dns        dig -p {port} @{address} {name}"));
    }
    out.say(&format!("isolation  {} ({})", facts.text("/isolation"), facts.text("/isolationReason")));
    for event in list(client, Kind::Event).await?.iter().filter(|event| event["reason"] == STAND_IN) {
        out.say(&format!("volume     {}", event.text("/message")));
    }
    if !servers.is_empty() {
        let version = facts.text("/version");
        out.say(&format!("image      {} is this program itself (builtin://proconsul@{version})", images(&servers)));
    }
    out.say(&format!("state      {}", facts.text("/stateDir")));
    let pod = pods.first().map_or("POD", |pod| pod.name());
    out.say(&format!("look       proconsul kube get pods -o wide, proconsul kube logs {pod}"));
    out.say("stop       proconsul kube down (volumes are kept)");
    Ok(())
}

fn has_http_port(service: &Value) -> bool {
    service.list("/spec/ports").iter().any(|port| port["name"] == "http" || port["port"] == 8500)
}

/// The name under which a pod is found wherever it runs.
fn stable_name(pod: &Value) -> Option<String> {
    let (host, service) = (pod.text("/spec/hostname"), pod.text("/spec/subdomain"));
    let is_named = !host.is_empty() && !service.is_empty();
    is_named.then(|| format!("{host}.{service}.{}.svc.cluster.local", pod.namespace()))
}

fn images(pods: &[&Value]) -> String {
    let containers = pods.iter().flat_map(|pod| pod.list("/spec/containers"));
    let mut images: Vec<&str> = containers.map(|container| container.text("/image")).collect();
    images.sort_unstable();
    images.dedup();
    images.join(", ")
}

/// The pod that leads, by asking `/v1/status/leader` until there is one.
async fn leader(facts: &Value, pods: &[Value], until: Instant) -> Option<String> {
    let address: SocketAddr = facts.text("/http").parse().ok()?;
    let ask = async {
        loop {
            match timeout(ANSWER_WAIT, ask_leader(address)).await {
                Ok(Ok(leader)) if !leader.is_empty() => return leader,
                _ => tokio::time::sleep(AGAIN).await,
            }
        }
    };
    let leader = timeout_at(until, ask).await.ok()?;
    let host = leader.rsplit_once(':').map_or(leader.as_str(), |(host, _)| host);
    let pod = pods.iter().find(|pod| pod.text("/status/podIP") == host);
    Some(pod.map_or(leader.clone(), |pod| format!("{} ({leader})", pod.name())))
}

async fn ask_leader(address: SocketAddr) -> anyhow::Result<String> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get("/v1/status/leader").header(HOST, address.to_string()).body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    anyhow::ensure!(response.status().is_success(), "no leader yet");
    Ok(serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?)
}
