//! Every record reads what Consul 1.8.7 sent and writes the same again, field by field. The order inside maps is random in Go, and
//! whole numbers in free documents lose the form of floats.

#![expect(clippy::unwrap_used, reason = "traffic that cannot be read ends the test")]

use proconsul_gopack::{from_slice, to_vec};
use proconsul_records::{
    Empty, Read, Reply, catalog, chain, config_entry, coordinate, event, intention, kv, operator, query, session, txn,
};
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

#[test]
fn transactions_have_consuls_records() {
    check::<txn::TxnRequest, txn::TxnOutcome>(&["Txn.Apply"]);
    check::<Read<txn::TxnRead>, Reply<txn::TxnOutcome>>(&["Txn.Read"]);
}

#[test]
fn places_and_events_have_consuls_records() {
    check::<coordinate::CoordinateUpdateRequest, Empty>(&["Coordinate.Update"]);
    check::<Read<catalog::DcSpecific>, Reply<coordinate::Coordinates>>(&["Coordinate.ListNodes"]);
    check::<Read<catalog::NodeSpecific>, Reply<coordinate::Coordinates>>(&["Coordinate.Node"]);
    check::<Empty, Vec<coordinate::DatacenterMap>>(&["Coordinate.ListDatacenters"]);
    check::<Read<event::EventFireRequest>, Reply<Empty>>(&["Internal.EventFire"]);
}

#[test]
fn prepared_queries_have_consuls_records() {
    check::<query::PreparedQueryRequest, String>(&["PreparedQuery.Apply"]);
    check::<Read<query::PreparedQuerySpecific>, Reply<query::PreparedQueries>>(&["PreparedQuery.Get"]);
    check::<Read<catalog::DcSpecific>, Reply<query::PreparedQueries>>(&["PreparedQuery.List"]);
    check::<Read<query::PreparedQueryExecute>, Reply<query::PreparedQueryExecuted>>(&["PreparedQuery.Execute"]);
    check::<Read<query::PreparedQueryExecute>, Reply<query::Explained>>(&["PreparedQuery.Explain"]);
}

#[test]
fn intentions_have_consuls_records() {
    check::<intention::IntentionRequest, String>(&["Intention.Apply"]);
    check::<Read<intention::IntentionQuery>, Reply<intention::Intentions>>(&["Intention.Get"]);
    check::<Read<catalog::DcSpecific>, Reply<intention::Intentions>>(&["Intention.List"]);
    check::<Read<intention::IntentionQuery>, Reply<intention::IntentionMatches>>(&["Intention.Match"]);
    check::<Read<intention::IntentionQuery>, intention::IntentionAllowed>(&["Intention.Check"]);
}

#[test]
fn what_operators_ask_has_consuls_records() {
    check::<Read<catalog::DcSpecific>, operator::AutopilotConfig>(&["Operator.AutopilotGetConfiguration"]);
    check::<operator::AutopilotSetConfigRequest, bool>(&["Operator.AutopilotSetConfiguration"]);
    check::<Read<catalog::DcSpecific>, operator::ServersHealth>(&["Operator.ServerHealth"]);
    check::<Read<catalog::DcSpecific>, operator::RaftConfiguration>(&["Operator.RaftGetConfiguration"]);
    check::<operator::RaftRemovePeerRequest, Empty>(&["Operator.RaftRemovePeerByAddress"]);
}

/// Config entries and chains leave out what is empty: they mean the same, in fewer bytes.
fn means_the_same<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(method: &str, sent: &[u8]) {
    let record: T = from_slice(sent).unwrap_or_else(|error| panic!("{method}: {error}"));
    assert_eq!(from_slice::<T>(&to_vec(&record).unwrap()).unwrap(), record, "{method}");
}

#[test]
fn config_entries_are_read_in_each_of_their_forms() {
    let mut seen = 0;
    for Call { method, request, reply } in calls() {
        match method {
            "ConfigEntry.Apply" | "ConfigEntry.Delete" => {
                means_the_same::<config_entry::ConfigEntryRequest>(method, &request);
            }
            "ConfigEntry.Get" => means_the_same::<config_entry::ConfigEntryReply>(method, &reply.unwrap()),
            "ConfigEntry.List" => means_the_same::<config_entry::ConfigEntries>(method, &reply.unwrap()),
            "DiscoveryChain.Get" => {
                same::<Read<chain::DiscoveryChainRequest>>(method, &request);
                means_the_same::<Reply<chain::DiscoveryChain>>(method, &reply.unwrap());
            }
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen > 12, "{seen}");
}

#[test]
fn a_resolver_is_what_its_user_wrote() {
    let resolvers = calls().filter(|call| call.method == "ConfigEntry.Apply").filter_map(|call| {
        let request: config_entry::ConfigEntryRequest = from_slice(&call.request).unwrap();
        (request.record.entry.kind().as_str() == "service-resolver").then_some(request)
    });
    let request = resolvers.last().unwrap();
    assert_eq!((&*request.op, &*request.datacenter), ("upsert", "dc1"));
    let text = request.record.entry.to_text().unwrap();
    let expected = concat!(
        r#"{"ConnectTimeout":"3s","Kind":"service-resolver","Name":"web","DefaultSubset":"v1","#,
        r#""Subsets":{"v1":{"Filter":"Service.Meta.v == 1","OnlyPassing":true}},"Failover":{"*":{"Datacenters":["dc2"]}}}"#
    );
    assert_eq!(text, expected);
}
