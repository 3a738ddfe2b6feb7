//! The watches of the configuration: each is followed through this agent's own HTTP API, and its handler told of changes.

use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use proconsul_agent::watch::Watch;
use proconsul_api::{Address, Client, Settings};
use proconsul_watch::{Follower, Handler, HandlerError, pause};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Follows these watches, and others as soon as there are others, through the API at this address.
pub(crate) async fn follow(agent: Option<SocketAddr>, mut watches: watch::Receiver<Arc<[Watch]>>) {
    loop {
        let now = Arc::clone(&watches.borrow_and_update());
        if agent.is_none() && !now.is_empty() {
            tracing::error!(target: "agent", "watch plans require an HTTP or HTTPS endpoint");
        }
        // Dropped with all its tasks, and with them the questions that wait, when the configuration changes.
        let mut followed = JoinSet::new();
        for watch in agent.into_iter().flat_map(|agent| now.iter().map(move |watch| (agent, watch))) {
            followed.spawn(one(client(watch.0), watch.1.clone()));
        }
        if watches.changed().await.is_err() {
            // Nobody can change them any more.
            pending::<()>().await;
        }
    }
}

/// A client of our own API, which listens at this address.
fn client(listener: SocketAddr) -> Client {
    let host = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) if ip.is_unspecified() => "::1".to_owned(),
        ip => ip.to_string(),
    };
    Client::new(Settings::new(Address::Tcp { host, port: Some(listener.port()) }))
}

async fn one(client: Client, watch: Watch) {
    let kind = watch.plan.kind.name();
    let handler = match Handler::try_from(&watch.handler) {
        Ok(handler) => handler,
        Err(error) => {
            tracing::error!(target: "agent", kind, %error, "the handler of a watch cannot be called; the watch is off");
            return;
        }
    };
    let mut follower = Follower::new(client, &watch.plan);
    let mut failures = 0;
    loop {
        match follower.next().await {
            Ok(told) => {
                failures = 0;
                match handler.tell(&told).await {
                    Ok(output) => tracing::debug!(target: "agent", kind, output, "watch handler output"),
                    Err(HandlerError::Status(status, output)) => {
                        tracing::error!(target: "agent", kind, %status, output, "Failed to run watch handler");
                    }
                    Err(error) => tracing::error!(target: "agent", kind, %error, "Failed to run watch handler"),
                }
            }
            Err(error) => {
                failures += 1;
                let retry = pause(failures);
                tracing::error!(target: "agent", kind, %error, ?retry, "Watch errored");
                tokio::time::sleep(retry).await;
            }
        }
    }
}
