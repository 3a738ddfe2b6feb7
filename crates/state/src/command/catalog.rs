//! The commands on nodes, services and checks.
//!
//! ```text
//! register            keep the node as it is u8, node, service (0 u8 | 1 u8 and service), checks u32, then each check
//! deregister-node     node text
//! deregister-service  node text, service id text
//! deregister-check    node text, check id text
//! ```
//!
//! The records have the forms of [`crate::record`].

use proconsul_types::check::Check;
use proconsul_types::node::Node;
use proconsul_types::service::Service;

use super::header;
use crate::record;
use crate::wire::{Body, put_count, put_flag, put_option, put_text};

pub(super) const VERSION: u8 = 1;
pub(super) const REGISTER: u16 = 0x0020;
const DEREGISTER_NODE: u16 = 0x0021;
const DEREGISTER_SERVICE: u16 = 0x0022;
pub(super) const DEREGISTER_CHECK: u16 = 0x0023;

/// Room for a registration of ordinary size.
const REGISTER_BYTES: usize = 512;

/// One change of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogCommand<'a> {
    /// Makes or changes a node and what is on it.
    Register(Box<Register>),
    /// Removes a node with all that is on it.
    DeregisterNode {
        /// Its name.
        node: &'a str,
    },
    /// Removes a service from a node, and its checks.
    DeregisterService {
        /// The node's name.
        node: &'a str,
        /// The id of the instance.
        id: &'a str,
    },
    /// Removes a check from a node.
    DeregisterCheck {
        /// The node's name.
        node: &'a str,
        /// The id of the check.
        id: &'a str,
    },
}

/// What is registered in one step. The records' indexes are not looked at, nor the names and tags that checks have from their
/// services: the catalog knows them. The records of one registration are all on its node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// The node.
    pub node: Node,
    /// A service on it.
    pub service: Option<Service>,
    /// Checks of the node, or of services on it.
    pub checks: Vec<Check>,
    /// Whether a node that exists stays as it is.
    pub skip_node_update: bool,
}

impl<'a> CatalogCommand<'a> {
    pub(super) fn decode(kind: u16, body: &'a [u8]) -> Option<Self> {
        let mut body = Body(body);
        let command = match kind {
            REGISTER => Self::Register(Box::new(Register::decode(&mut body)?)),
            DEREGISTER_NODE => Self::DeregisterNode { node: body.text()? },
            DEREGISTER_SERVICE => Self::DeregisterService { node: body.text()?, id: body.text()? },
            DEREGISTER_CHECK => Self::DeregisterCheck { node: body.text()?, id: body.text()? },
            _ => return None,
        };
        body.end()?;
        Some(command)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Register(register) => register.encode(),
            Self::DeregisterNode { node } => named(DEREGISTER_NODE, &[node]),
            Self::DeregisterService { node, id } => named(DEREGISTER_SERVICE, &[node, id]),
            Self::DeregisterCheck { node, id } => named(DEREGISTER_CHECK, &[node, id]),
        }
    }
}

impl Register {
    fn decode(body: &mut Body<'_>) -> Option<Self> {
        let skip_node_update = body.flag()?;
        let node = record::node::read(body)?;
        let service = body.option(|body| record::service::read(body, node.name.clone()))?;
        let count = body.u32()?;
        let checks: Option<_> = (0..count).map(|_| record::check::read(body, node.name.clone())).collect();
        Some(Self { node, service, checks: checks?, skip_node_update })
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = header(REGISTER, VERSION, REGISTER_BYTES);
        put_flag(&mut bytes, self.skip_node_update);
        record::node::append(&mut bytes, &self.node);
        put_option(&mut bytes, self.service.as_ref(), record::service::append);
        put_count(&mut bytes, self.checks.len());
        self.checks.iter().for_each(|check| record::check::append(&mut bytes, check));
        bytes
    }
}

fn named(kind: u16, names: &[&str]) -> Vec<u8> {
    let mut bytes = header(kind, VERSION, names.iter().map(|name| 4 + name.len()).sum());
    names.iter().for_each(|name| put_text(&mut bytes, name));
    bytes
}

#[cfg(test)]
pub(crate) mod tests;
