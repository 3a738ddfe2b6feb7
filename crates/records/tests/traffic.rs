//! Every record reads what Consul 1.8.7 sent and writes the same again, field by field. The order inside maps is random in Go, and
//! whole numbers in free documents lose the form of floats.

use proconsul_gopack::{from_slice, to_vec};
use proconsul_records::{Empty, Read, Reply, catalog, kv, session};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

struct Call {
    method: &'static str,
    request: Vec<u8>,
    reply: Option<Vec<u8>>,
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn calls() -> impl Iterator<Item = Call> {
    let lines = include_str!("data/traffic.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let mut parts = line.splitn(3, ' ');
        let (method, request, reply) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        Call { method, request: bytes(request), reply: (!reply.starts_with("error")).then(|| bytes(reply)) }
    })
}

fn same<T: Serialize + DeserializeOwned>(method: &str, sent: &[u8]) {
    let record: T = from_slice(sent).unwrap_or_else(|error| panic!("{method}: {error}"));
    let written = to_vec(&record).unwrap();
    let (sent, again): (Value, Value) = (from_slice(sent).unwrap(), from_slice(&written).unwrap());
    assert_eq!(again, sent, "{method}");
}

fn check<Q: Serialize + DeserializeOwned, R: Serialize + DeserializeOwned>(methods: &[&str]) {
    for method in methods {
        let calls: Vec<_> = calls().filter(|call| call.method == *method).collect();
        assert!(!calls.is_empty(), "nothing was caught of {method}");
        for Call { request, reply, .. } in calls {
            same::<Q>(method, &request);
            if let Some(reply) = reply {
                same::<R>(method, &reply);
            }
        }
    }
}

#[test]
fn the_catalog_has_consuls_records() {
    check::<catalog::RegisterRequest, Empty>(&["Catalog.Register"]);
    check::<catalog::DeregisterRequest, Empty>(&["Catalog.Deregister"]);
    check::<Read<catalog::DcSpecific>, Reply<catalog::Nodes>>(&["Catalog.ListNodes"]);
    check::<Read<catalog::DcSpecific>, Reply<catalog::Services>>(&["Catalog.ListServices"]);
    check::<Read<catalog::ServiceSpecific>, Reply<catalog::ServiceNodes>>(&["Catalog.ServiceNodes"]);
    check::<Read<catalog::NodeSpecific>, Reply<catalog::OfNode>>(&["Catalog.NodeServices"]);
    check::<Read<catalog::NodeSpecific>, Reply<catalog::ListOfNode>>(&["Catalog.NodeServiceList"]);
    check::<Read<catalog::ServiceSpecific>, Reply<catalog::GatewayServices>>(&["Catalog.GatewayServices"]);
    check::<Read<Empty>, Vec<String>>(&["Catalog.ListDatacenters"]);
}

#[test]
fn health_has_consuls_records() {
    check::<Read<catalog::NodeSpecific>, Reply<catalog::HealthChecks>>(&["Health.NodeChecks"]);
    check::<Read<catalog::ServiceSpecific>, Reply<catalog::HealthChecks>>(&["Health.ServiceChecks"]);
    check::<Read<catalog::ChecksInState>, Reply<catalog::HealthChecks>>(&["Health.ChecksInState"]);
    check::<Read<catalog::ServiceSpecific>, Reply<catalog::CheckServiceNodes>>(&["Health.ServiceNodes"]);
}

#[test]
fn what_the_web_page_asks_has_consuls_records() {
    check::<Read<catalog::DcSpecific>, Reply<catalog::NodeDump>>(&["Internal.NodeDump"]);
    check::<Read<catalog::NodeSpecific>, Reply<catalog::NodeDump>>(&["Internal.NodeInfo"]);
    check::<Read<catalog::ServiceDump>, Reply<catalog::CheckServiceNodes>>(&["Internal.ServiceDump"]);
    check::<Read<catalog::ServiceSpecific>, Reply<catalog::BehindGateway>>(&["Internal.GatewayServiceDump"]);
}

#[test]
fn keys_have_consuls_records() {
    check::<kv::KvsRequest, bool>(&["KVS.Apply"]);
    check::<Read<kv::KeyRequest>, Reply<kv::DirEntries>>(&["KVS.Get", "KVS.List"]);
    check::<Read<kv::KeyListRequest>, Reply<kv::KeyList>>(&["KVS.ListKeys"]);
}

#[test]
fn sessions_have_consuls_records() {
    check::<session::SessionRequest, String>(&["Session.Apply"]);
    check::<Read<session::SessionSpecific>, Reply<session::Sessions>>(&[
        "Session.Get",
        "Session.List",
        "Session.Renew",
    ]);
    check::<Read<catalog::NodeSpecific>, Reply<session::Sessions>>(&["Session.NodeSessions"]);
}
