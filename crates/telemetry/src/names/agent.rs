//! What every agent tells of itself.

use crate::family::Family;
use crate::gauge::Gauge;
use crate::meter::Counter;

/// Tasks that are under way, where Consul counts goroutines.
pub static RUNTIME_NUM_GOROUTINES: Gauge = Gauge::new("runtime.num_goroutines");
/// Bytes of memory of its own that the process holds.
pub static RUNTIME_ALLOC_BYTES: Gauge = Gauge::new("runtime.alloc_bytes");
/// Bytes of memory that the process takes up on the machine.
pub static RUNTIME_SYS_BYTES: Gauge = Gauge::new("runtime.sys_bytes");

/// Calls that this agent made to servers, itself included.
pub static CLIENT_RPC: Counter = Counter::new("client.rpc");
/// Calls that were refused, for the agent may make no more of them now.
pub static CLIENT_RPC_EXCEEDED: Counter = Counter::new("client.rpc.exceeded");
/// Calls to servers that failed.
pub static CLIENT_RPC_FAILED: Counter = Counter::new("client.rpc.failed");

/// How often an agent was asked for something; the label is its node's name.
#[derive(Debug)]
pub struct Api {
    /// Requests.
    pub asked: &'static Family,
    /// Requests that were answered.
    pub succeeded: &'static Family,
    /// Requests that no server answered.
    pub failed: &'static Family,
}

/// What Consul counts requests of at the agent that is asked.
pub mod api {
    use super::{Api, Family};

    macro_rules! apis {
        ($($(#[doc = $doc:literal])* $static:ident: $asked:literal $succeeded:literal $failed:literal;)*) => {
            $(
                $(#[doc = $doc])*
                pub static $static: Api = {
                    static ASKED: Family = Family::counters($asked, "node");
                    static SUCCEEDED: Family = Family::counters($succeeded, "node");
                    static FAILED: Family = Family::counters($failed, "node");
                    Api { asked: &ASKED, succeeded: &SUCCEEDED, failed: &FAILED }
                };
            )*
        };
    }

    apis! {
        /// `/v1/catalog/register`.
        CATALOG_REGISTER: "client.api.catalog_register" "client.api.success.catalog_register" "client.rpc.error.catalog_register";
        /// `/v1/catalog/deregister`.
        CATALOG_DEREGISTER: "client.api.catalog_deregister" "client.api.success.catalog_deregister" "client.rpc.error.catalog_deregister";
        /// `/v1/catalog/datacenters`.
        CATALOG_DATACENTERS: "client.api.catalog_datacenters" "client.api.success.catalog_datacenters" "client.rpc.error.catalog_datacenters";
        /// `/v1/catalog/nodes`.
        CATALOG_NODES: "client.api.catalog_nodes" "client.api.success.catalog_nodes" "client.rpc.error.catalog_nodes";
        /// `/v1/catalog/services`.
        CATALOG_SERVICES: "client.api.catalog_services" "client.api.success.catalog_services" "client.rpc.error.catalog_services";
        /// `/v1/catalog/service/`.
        CATALOG_SERVICE_NODES: "client.api.catalog_service_nodes" "client.api.success.catalog_service_nodes" "client.rpc.error.catalog_service_nodes";
        /// `/v1/catalog/node/`.
        CATALOG_NODE_SERVICES: "client.api.catalog_node_services" "client.api.success.catalog_node_services" "client.rpc.error.catalog_node_services";
    }
}
