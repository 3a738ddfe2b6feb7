//! Keeps one listener for every port of every cluster-IP service, its targets following the service's endpoints.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use serde_json::Value;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::events::{Happening, Recorder};
use crate::kind::Kind;
use crate::object::{Fields, Key, Object};
use crate::proxy::{Targets, tcp, udp};
use crate::store::Store;

/// One port of one address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Front {
    address: SocketAddr,
    is_udp: bool,
}

struct Open {
    targets: watch::Sender<Arc<[SocketAddr]>>,
    task: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Follows the store and serves until dropped.
pub async fn run(store: Arc<Store>) {
    let recorder = Recorder::new(Arc::clone(&store), "kube-proxy");
    let mut changes = store.changes();
    let mut open: BTreeMap<Front, Option<Open>> = BTreeMap::new();
    loop {
        changes.borrow_and_update();
        let wanted = fronts(&store);
        open.retain(|front, _| wanted.contains_key(front));
        for (front, (service, targets)) in wanted {
            if let Some(known) = open.get(&front) {
                known.iter().for_each(|open| publish(&open.targets, targets.clone()));
                continue;
            }
            let opened = listen(&front, targets).await;
            if let Err(error) = &opened {
                let message = format!("cannot listen on {} for the service: {error}", front.address);
                recorder.record(&service, &Happening::warning("FailedToStartServiceProxy", message));
            }
            open.insert(front, opened.ok());
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn publish(sender: &watch::Sender<Arc<[SocketAddr]>>, targets: Arc<[SocketAddr]>) {
    sender.send_if_modified(|now| {
        let is_other = *now != targets;
        *now = targets;
        is_other
    });
}

async fn listen(front: &Front, targets: Arc<[SocketAddr]>) -> std::io::Result<Open> {
    let (sender, receiver): (_, Targets) = watch::channel(targets);
    let task = if front.is_udp {
        tokio::spawn(udp::serve(UdpSocket::bind(front.address).await?, receiver))
    } else {
        tokio::spawn(tcp::serve(TcpListener::bind(front.address).await?, receiver))
    };
    Ok(Open { targets: sender, task })
}

fn fronts(store: &Store) -> BTreeMap<Front, (Object, Arc<[SocketAddr]>)> {
    let mut fronts = BTreeMap::new();
    for service in store.list(Kind::Service, None) {
        let Ok(address) = service.text("/spec/clusterIP").parse::<IpAddr>() else { continue };
        for port in service.list("/spec/ports") {
            let Some(number) = port.number("/port").and_then(|port| u16::try_from(port).ok()) else { continue };
            let front = Front { address: SocketAddr::new(address, number), is_udp: port["protocol"] == "UDP" };
            let targets = ready_targets(store, &service, port);
            fronts.insert(front, (Arc::clone(&service), targets));
        }
    }
    fronts
}

/// Where one port of a service leads now.
pub(crate) fn ready_targets(store: &Store, service: &Value, port: &Value) -> Arc<[SocketAddr]> {
    let key = Key::new(Kind::Endpoints, service.namespace(), service.name());
    let Some(endpoints) = store.get(&key) else { return Arc::from([]) };
    let protocol = if port["protocol"] == "UDP" { "UDP" } else { "TCP" };
    let mut targets = Vec::new();
    for subset in endpoints.list("/subsets") {
        let same = |one: &&Value| one.text("/name") == port.text("/name") && one.text("/protocol") == protocol;
        let Some(number) = subset.list("/ports").iter().find(same).and_then(|one| one.number("/port")) else {
            continue;
        };
        let Ok(number) = u16::try_from(number) else { continue };
        let addresses = subset.list("/addresses").iter().filter_map(|entry| entry.text("/ip").parse::<IpAddr>().ok());
        targets.extend(addresses.map(|address| SocketAddr::new(address, number)));
    }
    targets.into()
}
