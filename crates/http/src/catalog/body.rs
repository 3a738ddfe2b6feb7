//! What `PUT /v1/catalog/register` and `deregister` take, field by field as Consul takes it.

mod check;
mod service;

use std::borrow::Cow;
use std::sync::Arc;

use proconsul_base::id::NodeId;
use proconsul_base::index::Index;
use proconsul_calls::catalog::{CatalogError, Deregister, NodeIdError, Register};
use proconsul_types::node::{Meta, Node};

pub(crate) use self::check::CheckBody;
use self::check::Checks;
pub(crate) use self::service::{AddressBody, Kind, ProxyBody, ServiceBody, WeightsBody};
use crate::decode::{DecodeError, FromJson, Json, record};
use crate::error::HttpError;

/// A registration.
#[derive(Clone, Debug, Default)]
pub(super) struct RegisterBody {
    datacenter: Box<str>,
    id: NodeIdBody,
    node: Arc<str>,
    address: Arc<str>,
    tagged_addresses: Meta,
    node_meta: Meta,
    service: Option<ServiceBody>,
    check: Option<CheckBody>,
    checks: Checks,
    skip_node_update: bool,
    token: String,
}

record!(RegisterBody, "structs.RegisterRequest", strict {
    "Datacenter" => datacenter,
    "ID" => id,
    "Node" => node,
    "Address" => address,
    "TaggedAddresses" => tagged_addresses,
    "NodeMeta" => node_meta,
    "Service" => service,
    "Check" => check,
    "Checks" => checks,
    "SkipNodeUpdate" => skip_node_update,
    "Token" => token,
});

impl TryFrom<RegisterBody> for Register {
    type Error = HttpError;

    fn try_from(body: RegisterBody) -> Result<Self, HttpError> {
        // These two are told before a wrong id.
        let id = match (&*body.node, &*body.address) {
            ("", _) => None,
            (_, "") if !body.skip_node_update => None,
            _ => body.id.read().map_err(|error| HttpError::Call(CatalogError::from(error).into()))?,
        };
        let node = Node {
            id,
            name: body.node,
            address: body.address,
            datacenter: Arc::from(""),
            tagged_addresses: body.tagged_addresses,
            meta: body.node_meta,
            create_index: Index::ZERO,
            modify_index: Index::ZERO,
        };
        Ok(Self {
            datacenter: Some(body.datacenter).filter(|name| !name.is_empty()),
            node,
            service: body.service.map(|service| service.try_into()).transpose()?,
            checks: body.checks.0.into_iter().chain(body.check).map(Into::into).collect(),
            skip_node_update: body.skip_node_update,
        })
    }
}

/// What is to go.
#[derive(Clone, Debug, Default)]
pub(super) struct DeregisterBody {
    datacenter: Box<str>,
    node: Box<str>,
    service_id: Box<str>,
    check_id: Box<str>,
    /// Taken from who still sends it, and not looked at.
    address: String,
    token: String,
}

record!(DeregisterBody, "struct { Address string; *structs.Alias }", strict {
    "Datacenter" => datacenter,
    "Node" => node,
    "ServiceID" => service_id,
    "CheckID" => check_id,
    "Address" => address,
    "Token" => token,
});

impl From<DeregisterBody> for Deregister {
    fn from(body: DeregisterBody) -> Self {
        let DeregisterBody { datacenter, node, service_id, check_id, .. } = body;
        Self { datacenter: Some(datacenter).filter(|name| !name.is_empty()), node, service_id, check_id }
    }
}

/// Where the hyphens of an id stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// A node's id as it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeIdBody(String);

impl FromJson for NodeIdBody {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("types.NodeID")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::Text(text) => Ok(Self(text.clone().into_owned())),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

impl NodeIdBody {
    /// The id, unless none is given.
    pub(crate) fn read(&self) -> Result<Option<NodeId>, NodeIdError> {
        node_id(&self.0)
    }
}

/// The id that a text means, unless it is empty.
pub(crate) fn node_id(text: &str) -> Result<Option<NodeId>, NodeIdError> {
    match text.len() {
        0 => return Ok(None),
        36 => {}
        _ => return Err(NodeIdError::Length),
    }
    let (hyphens, digits): (Vec<_>, Vec<_>) = text.bytes().enumerate().partition(|(place, _)| HYPHENS.contains(place));
    if hyphens.iter().any(|(_, byte)| *byte != b'-') {
        return Err(NodeIdError::Format);
    }
    let wrong = digits.iter().find(|(_, byte)| !byte.is_ascii_hexdigit());
    wrong.map_or(Ok(()), |(_, byte)| Err(NodeIdError::Digit(*byte)))?;
    text.parse().map(Some).map_err(|_| NodeIdError::Format)
}
