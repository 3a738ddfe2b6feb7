//! The whole surface on one page: a line for each route, a block for each family.
//!
//! A line has the path after `/v1/`, the methods as `Allow` tells them, and the handler. A path that ends in a slash leads on to
//! everything under it; one with a `*` stands for what comes in its place. The first fitting line of a family counts, so longer
//! paths stand before shorter ones. Blocks that are asked for most stand first; those that many wait in are `hot`, the others `boxed`.

use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::operator::{autopilot, keyring};
use crate::reply::Reply;
use crate::{
    acl, agent, catalog, config, connect, coordinate, discovery_chain, event, gateways, health, kv, operator, prepared,
    session, snapshot, status, txn, ui,
};

pub(crate) mod surface;

use surface::{Route, surface};

surface! {
    // Keys.
    hot kv {
        Kv: "kv/" "OPTIONS,GET,PUT,DELETE" => kv::answer;
    }
    // Health.
    hot health {
        HealthService: "health/service/" "OPTIONS,GET" => health::service;
        HealthConnect: "health/connect/" "OPTIONS,GET" => health::connect;
        HealthIngress: "health/ingress/" "OPTIONS,GET" => health::ingress;
        HealthNode: "health/node/" "OPTIONS,GET" => health::node;
        HealthChecks: "health/checks/" "OPTIONS,GET" => health::checks;
        HealthState: "health/state/" "OPTIONS,GET" => health::state;
    }
    // Catalog.
    boxed catalog {
        CatalogService: "catalog/service/" "OPTIONS,GET" => catalog::service;
        CatalogConnect: "catalog/connect/" "OPTIONS,GET" => catalog::connect;
        CatalogServices: "catalog/services" "OPTIONS,GET" => catalog::services;
        CatalogNodes: "catalog/nodes" "OPTIONS,GET" => catalog::nodes;
        CatalogNode: "catalog/node/" "OPTIONS,GET" => catalog::node;
        CatalogNodeServices: "catalog/node-services/" "OPTIONS,GET" => catalog::node_services;
        CatalogRegister: "catalog/register" "OPTIONS,PUT" => catalog::register;
        CatalogDeregister: "catalog/deregister" "OPTIONS,PUT" => catalog::deregister;
        CatalogDatacenters: "catalog/datacenters" "OPTIONS,GET" => catalog::datacenters;
        CatalogGatewayServices: "catalog/gateway-services/" "OPTIONS,GET" => gateways::services;
    }
    // Transactions.
    boxed txn {
        Txn: "txn" "OPTIONS,PUT" => txn::answer;
    }
    // Sessions.
    boxed session {
        SessionCreate: "session/create" "OPTIONS,PUT" => session::create;
        SessionDestroy: "session/destroy/" "OPTIONS,PUT" => session::destroy;
        SessionRenew: "session/renew/" "OPTIONS,PUT" => session::renew;
        SessionInfo: "session/info/" "OPTIONS,GET" => session::info;
        SessionNode: "session/node/" "OPTIONS,GET" => session::node;
        SessionList: "session/list" "OPTIONS,GET" => session::list;
    }
    // Prepared queries.
    boxed query {
        QueryExecute: "query/*/execute" "OPTIONS,GET" => prepared::execute;
        QueryExplain: "query/*/explain" "OPTIONS,GET" => prepared::explain;
        QuerySpecific: "query/" "OPTIONS,GET,PUT,DELETE" => prepared::specific;
        QueryGeneral: "query" "OPTIONS,GET,POST" => prepared::general;
    }
    // User events.
    boxed event {
        EventFire: "event/fire/" "OPTIONS,PUT" => event::fire;
        EventList: "event/list" "OPTIONS,GET" => event::list;
    }
    // Coordinates.
    boxed coordinate {
        CoordinateDatacenters: "coordinate/datacenters" "OPTIONS,GET" => coordinate::datacenters;
        CoordinateNodes: "coordinate/nodes" "OPTIONS,GET" => coordinate::nodes;
        CoordinateNode: "coordinate/node/" "OPTIONS,GET" => coordinate::node;
        CoordinateUpdate: "coordinate/update" "OPTIONS,PUT" => coordinate::update;
    }
    // Who leads.
    hot status {
        StatusLeader: "status/leader" "OPTIONS,GET" => status::leader;
        StatusPeers: "status/peers" "OPTIONS,GET" => status::peers;
    }
    // This agent.
    boxed agent {
        AgentServices: "agent/services" "OPTIONS,GET" => agent::services;
        AgentServiceRegister: "agent/service/register" "OPTIONS,PUT" => agent::register_service;
        AgentServiceDeregister: "agent/service/deregister/" "OPTIONS,PUT" => agent::deregister_service;
        AgentServiceMaintenance: "agent/service/maintenance/" "OPTIONS,PUT" => agent::service_maintenance;
        AgentService: "agent/service/" "OPTIONS,GET" => agent::service;
        AgentChecks: "agent/checks" "OPTIONS,GET" => agent::checks;
        AgentCheckRegister: "agent/check/register" "OPTIONS,PUT" => agent::register_check;
        AgentCheckDeregister: "agent/check/deregister/" "OPTIONS,PUT" => agent::deregister_check;
        AgentCheckPass: "agent/check/pass/" "OPTIONS,PUT" => agent::pass;
        AgentCheckWarn: "agent/check/warn/" "OPTIONS,PUT" => agent::warn;
        AgentCheckFail: "agent/check/fail/" "OPTIONS,PUT" => agent::fail;
        AgentCheckUpdate: "agent/check/update/" "OPTIONS,PUT" => agent::update;
        AgentHealthById: "agent/health/service/id/" "OPTIONS,GET" => agent::by_id;
        AgentHealthByName: "agent/health/service/name/" "OPTIONS,GET" => agent::by_name;
        AgentHost: "agent/host" "OPTIONS,GET" => agent::host;
        AgentMaintenance: "agent/maintenance" "OPTIONS,PUT" => agent::node_maintenance;
        AgentMembers: "agent/members" "OPTIONS,GET" => agent::members;
        AgentMetrics: "agent/metrics" "OPTIONS,GET" => agent::metrics;
        AgentMetricsStream: "agent/metrics/stream" "OPTIONS,GET" => agent::metrics_stream;
        AgentMonitor: "agent/monitor" "OPTIONS,GET" => agent::monitor;
        AgentJoin: "agent/join/" "OPTIONS,PUT" => agent::join;
        AgentForceLeave: "agent/force-leave/" "OPTIONS,PUT" => agent::force_leave;
        AgentLeave: "agent/leave" "OPTIONS,PUT" => agent::leave;
        AgentReload: "agent/reload" "OPTIONS,PUT" => agent::reload;
        AgentSelf: "agent/self" "OPTIONS,GET" => agent::this_agent;
        AgentToken: "agent/token/" "OPTIONS,PUT" => acl::disabled;
        AgentVersion: "agent/version" "OPTIONS,GET" => agent::version;
        AgentConnectAuthorize: "agent/connect/authorize" "OPTIONS,POST" => agent::authorize;
        AgentConnectRoots: "agent/connect/ca/roots" "OPTIONS,GET" => connect::certificates;
        AgentConnectLeaf: "agent/connect/ca/leaf/" "OPTIONS,GET" => connect::certificates;
    }
    // Operators.
    boxed operator {
        OperatorAutopilotConfiguration: "operator/autopilot/configuration" "OPTIONS,GET,PUT" => autopilot::configuration;
        OperatorAutopilotHealth: "operator/autopilot/health" "OPTIONS,GET" => autopilot::health;
        OperatorAutopilotState: "operator/autopilot/state" "OPTIONS,GET" => autopilot::state;
        OperatorKeyring: "operator/keyring" "OPTIONS,GET,POST,PUT,DELETE" => keyring::answer;
        OperatorRaftConfiguration: "operator/raft/configuration" "OPTIONS,GET" => operator::raft_configuration;
        OperatorRaftPeer: "operator/raft/peer" "OPTIONS,DELETE" => operator::remove_peer;
        OperatorRaftTransferLeader: "operator/raft/transfer-leader" "OPTIONS,POST" => operator::transfer_leader;
        OperatorUsage: "operator/usage" "OPTIONS,GET" => operator::usage;
    }
    // The whole state.
    boxed snapshot {
        Snapshot: "snapshot" "OPTIONS,GET,PUT" => snapshot::answer;
    }
    // Access control, which is off: these are here to say so.
    boxed acl {
        AclAuthMethod: "acl/auth-method/" "OPTIONS,GET,PUT,DELETE" => acl::disabled;
        AclAuthMethodCreate: "acl/auth-method" "OPTIONS,PUT" => acl::disabled;
        AclAuthMethods: "acl/auth-methods" "OPTIONS,GET" => acl::disabled;
        AclBindingRule: "acl/binding-rule/" "OPTIONS,GET,PUT,DELETE" => acl::disabled;
        AclBindingRuleCreate: "acl/binding-rule" "OPTIONS,PUT" => acl::disabled;
        AclBindingRules: "acl/binding-rules" "OPTIONS,GET" => acl::disabled;
        AclBootstrap: "acl/bootstrap" "OPTIONS,PUT" => acl::disabled;
        AclClone: "acl/clone/" "OPTIONS,PUT" => acl::disabled;
        AclCreate: "acl/create" "OPTIONS,PUT" => acl::disabled;
        AclDestroy: "acl/destroy/" "OPTIONS,PUT" => acl::disabled;
        AclInfo: "acl/info/" "OPTIONS,GET" => acl::disabled;
        AclList: "acl/list" "OPTIONS,GET" => acl::disabled;
        AclLogin: "acl/login" "OPTIONS,POST" => acl::disabled;
        AclLogout: "acl/logout" "OPTIONS,POST" => acl::disabled;
        AclPolicies: "acl/policies" "OPTIONS,GET" => acl::disabled;
        AclPolicyByName: "acl/policy/name/" "OPTIONS,GET" => acl::disabled;
        AclPolicy: "acl/policy/" "OPTIONS,GET,PUT,DELETE" => acl::disabled;
        AclPolicyCreate: "acl/policy" "OPTIONS,PUT" => acl::disabled;
        AclReplication: "acl/replication" "OPTIONS,GET" => acl::disabled;
        AclRoleByName: "acl/role/name/" "OPTIONS,GET" => acl::disabled;
        AclRole: "acl/role/" "OPTIONS,GET,PUT,DELETE" => acl::disabled;
        AclRoleCreate: "acl/role" "OPTIONS,PUT" => acl::disabled;
        AclRoles: "acl/roles" "OPTIONS,GET" => acl::disabled;
        AclRulesTranslateToken: "acl/rules/translate/" "OPTIONS,GET" => acl::disabled;
        AclRulesTranslate: "acl/rules/translate" "OPTIONS,POST" => acl::disabled;
        AclTokenSelf: "acl/token/self" "OPTIONS,GET" => acl::disabled;
        AclToken: "acl/token/" "OPTIONS,GET,PUT,DELETE" => acl::disabled;
        AclTokenCreate: "acl/token" "OPTIONS,PUT" => acl::disabled;
        AclTokens: "acl/tokens" "OPTIONS,GET" => acl::disabled;
        AclUpdate: "acl/update" "OPTIONS,PUT" => acl::disabled;
    }
    // Config entries.
    boxed config {
        Config: "config" "OPTIONS,PUT" => config::set;
        ConfigEntry: "config/" "OPTIONS,GET,DELETE" => config::entry;
    }
    // Mesh: intentions and certificates.
    boxed connect {
        Intentions: "connect/intentions" "OPTIONS,GET,POST" => connect::intentions;
        IntentionMatch: "connect/intentions/match" "OPTIONS,GET" => connect::matching;
        IntentionCheck: "connect/intentions/check" "OPTIONS,GET" => connect::check;
        IntentionExact: "connect/intentions/exact" "OPTIONS,GET,PUT,DELETE" => connect::exact;
        Intention: "connect/intentions/" "OPTIONS,GET,PUT,DELETE" => connect::intention;
        ConnectRoots: "connect/ca/roots" "OPTIONS,GET" => connect::roots;
        ConnectConfiguration: "connect/ca/configuration" "OPTIONS,GET,PUT" => connect::certificates;
    }
    // Discovery chains.
    boxed discovery_chain "discovery-chain" {
        DiscoveryChain: "discovery-chain/" "OPTIONS,GET,POST" => discovery_chain::answer;
    }
    // What the web page and other servers ask.
    boxed internal {
        InternalUiNodes: "internal/ui/nodes" "OPTIONS,GET" => ui::nodes;
        InternalUiNode: "internal/ui/node/" "OPTIONS,GET" => ui::node;
        InternalUiGateway: "internal/ui/gateway-services-nodes/" "OPTIONS,GET" => ui::gateway;
        InternalUiServices: "internal/ui/services" "OPTIONS,GET" => ui::services;
        InternalAclAuthorize: "internal/acl/authorize" "OPTIONS,POST" => acl::disabled;
    }
}
