//! Which of its addresses a node or service is told by: the family that is asked for wins over the main address.

use std::net::IpAddr;

use proconsul_types::node::Node;
use proconsul_types::service::Service;

use crate::message::kind;

/// The tagged addresses of each family.
const V4: &str = "lan_ipv4";
const V6: &str = "lan_ipv6";

/// An address as it was registered: a number or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    /// An address of a machine.
    Ip(IpAddr),
    /// The name of one.
    Name(&'a str),
}

/// The address of a node for a type of record.
pub(crate) fn of_node(node: &Node, kind: u16) -> Option<&str> {
    let tagged = |tag: &str| Some(node.tagged_addresses.as_ref()?.get(tag)?.as_str());
    choose(kind, &node.address, tagged)
}

/// The address of a service for a type of record; `None` when it has none of its own.
pub(crate) fn of_service(service: &Service, kind: u16) -> Option<&str> {
    let tagged = |tag: &str| Some(service.tagged_addresses.as_ref()?.get(tag)?.address.as_str());
    choose(kind, &service.address, tagged)
}

fn choose<'a>(kind: u16, main: &'a str, tagged: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
    let tagged = |tag| tagged(tag).filter(|address| !address.is_empty());
    let found = match kind {
        kind::A => tagged(V4),
        kind::AAAA => tagged(V6),
        _ => tagged(V6).or_else(|| tagged(V4)),
    };
    found.or(Some(main).filter(|main| !main.is_empty()))
}

/// What an address is. IPv4 in IPv6's form is IPv4.
pub(crate) fn read(text: &str) -> Address<'_> {
    match text.parse::<IpAddr>() {
        Ok(address) => Address::Ip(address.to_canonical()),
        Err(_) => Address::Name(text),
    }
}

/// Whether an address is an answer to a question for this type. Types that have nothing to do with addresses take both.
pub(crate) fn is_wanted(address: IpAddr, kind: u16) -> bool {
    match kind {
        kind::SRV | kind::ANY | kind::NS | kind::TXT => true,
        kind::A => address.is_ipv4(),
        kind::AAAA => address.is_ipv6(),
        _ => false,
    }
}
