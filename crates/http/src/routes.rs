//! The whole surface on one page: a line for each route, a block for each family.
//!
//! A line has the path after `/v1/`, the methods as `Allow` tells them, and the handler. A path that ends in a slash leads on to
//! everything under it; one with a `*` stands for what comes in its place. The first fitting line of a family counts, so longer
//! paths stand before shorter ones. Blocks that are asked for most stand first.

use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;
use crate::{agent, catalog, coordinate, kv, operator, session, status};

pub(crate) mod surface;

use surface::{Route, surface};

surface! {
    // Keys.
    kv {
        Kv: "kv/" "OPTIONS,GET,PUT,DELETE" => kv::answer;
    }
    // Health.
    health {
    }
    // Catalog.
    catalog {
        CatalogDatacenters: "catalog/datacenters" "OPTIONS,GET" => catalog::datacenters;
    }
    // Transactions.
    txn {
    }
    // Sessions.
    session {
        SessionCreate: "session/create" "OPTIONS,PUT" => session::create;
        SessionDestroy: "session/destroy/" "OPTIONS,PUT" => session::destroy;
        SessionRenew: "session/renew/" "OPTIONS,PUT" => session::renew;
        SessionInfo: "session/info/" "OPTIONS,GET" => session::info;
        SessionNode: "session/node/" "OPTIONS,GET" => session::node;
        SessionList: "session/list" "OPTIONS,GET" => session::list;
    }
    // Prepared queries.
    query {
    }
    // User events.
    event {
    }
    // Coordinates.
    coordinate {
        CoordinateDatacenters: "coordinate/datacenters" "OPTIONS,GET" => coordinate::datacenters;
        CoordinateNodes: "coordinate/nodes" "OPTIONS,GET" => coordinate::nodes;
        CoordinateNode: "coordinate/node/" "OPTIONS,GET" => coordinate::node;
        CoordinateUpdate: "coordinate/update" "OPTIONS,PUT" => coordinate::update;
    }
    // Who leads.
    status {
        StatusLeader: "status/leader" "OPTIONS,GET" => status::leader;
        StatusPeers: "status/peers" "OPTIONS,GET" => status::peers;
    }
    // This agent.
    agent {
        AgentLeave: "agent/leave" "OPTIONS,PUT" => agent::leave;
        AgentMembers: "agent/members" "OPTIONS,GET" => agent::members;
        AgentSelf: "agent/self" "OPTIONS,GET" => agent::this_agent;
    }
    // Operators.
    operator {
        OperatorRaftConfiguration: "operator/raft/configuration" "OPTIONS,GET" => operator::raft_configuration;
    }
    // Access control.
    acl {
    }
    // Config entries.
    config {
    }
    // Mesh: intentions and certificates.
    connect {
    }
    // Discovery chains.
    discovery_chain "discovery-chain" {
    }
    // What the web page and other servers ask.
    internal {
    }
}
