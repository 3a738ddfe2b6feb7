//! What a name asks for: node, service, address, prepared query and the rest, in all their spellings.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::message::{Question, kind};
use crate::name::Name;
use crate::settings::Settings;

/// What a question asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A name of another zone.
    Outside,
    /// A whole zone, which is not handed out.
    Transfer,
    /// The zone's start (`is_soa`) or its servers.
    Zone {
        /// Whether the start is asked for.
        is_soa: bool,
    },
    /// The name of an address; `None` when the name spells none.
    Reverse(Option<IpAddr>),
    /// A node by its name.
    Node {
        /// The name, in lower case.
        name: String,
        /// The datacenter, when one is named.
        datacenter: Option<String>,
    },
    /// The instances of a service.
    Service(ServiceQuestion),
    /// The virtual address of a service in the mesh.
    Virtual {
        /// The service, in lower case.
        name: String,
    },
    /// What a prepared query finds.
    Query {
        /// Its name or id, in lower case.
        name: String,
        /// The datacenter, when one is named.
        datacenter: Option<String>,
    },
    /// An address spelled in the name.
    Address(IpAddr),
    /// A name that exists and has no records.
    Empty,
    /// A name that cannot exist.
    Unknown,
}

/// In which role a service is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// `service`: the instances of the name itself.
    #[default]
    Plain,
    /// `connect`: those that reach it through the mesh.
    Connect,
    /// `ingress`: the gateways that lead to it.
    Ingress,
}

/// A question for the instances of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceQuestion {
    /// The service, in lower case.
    pub name: String,
    /// A tag that they must have, in lower case.
    pub tag: Option<String>,
    /// In which role.
    pub role: Role,
    /// The datacenter, when one is named.
    pub datacenter: Option<String>,
}

/// The top of all names of addresses.
const ARPA: &[u8] = b"arpa";

/// Reads a question.
pub fn read(question: &Question, settings: &Settings) -> Asked {
    let Some(zone) = settings.zone_of(&question.name) else {
        let is_reverse = question.name.labels().next_back().is_some_and(|label| label.eq_ignore_ascii_case(ARPA));
        return if is_reverse { Asked::Reverse(reverse_address(&question.name)) } else { Asked::Outside };
    };
    match question.kind {
        kind::SOA => return Asked::Zone { is_soa: true },
        kind::NS => return Asked::Zone { is_soa: false },
        kind::AXFR => return Asked::Transfer,
        // The parent of the zone knows this one.
        kind::DS if settings.recursion => return Asked::Outside,
        _ => {}
    }
    let below = question.name.labels().count() - zone.labels().count();
    let labels: Vec<String> = question.name.labels().take(below).map(label_text).collect();
    read_labels(&labels, question.kind == kind::SRV)
}

/// The word nearest to the zone says what kind of name it is; in SRV questions an underscore stands for the word `service`.
fn read_labels(labels: &[String], is_service: bool) -> Asked {
    for (place, label) in labels.iter().enumerate().rev() {
        let (before, after) = (&labels[..place], &labels[place + 1..]);
        let joined = || before.join(".");
        let last = || before.last().cloned().unwrap_or_default();
        let is_named = !before.is_empty();
        return match (label.as_str(), datacenter(after)) {
            ("addr", _) => address(before),
            ("service" | "connect" | "ingress" | "node" | "query" | "virtual", _) if !is_named => Asked::Unknown,
            ("service" | "connect" | "ingress" | "node" | "query" | "virtual", None) => Asked::Unknown,
            ("service", Some(datacenter)) => service(before, datacenter),
            ("connect", Some(datacenter)) => in_role(last(), Role::Connect, datacenter),
            ("ingress", Some(datacenter)) => in_role(last(), Role::Ingress, datacenter),
            ("node", Some(datacenter)) => Asked::Node { name: joined(), datacenter },
            ("query", Some(datacenter)) => Asked::Query { name: joined(), datacenter },
            // Virtual addresses are unique in their own datacenter only.
            ("virtual", Some(None)) => Asked::Virtual { name: last() },
            ("virtual", Some(Some(_))) => Asked::Unknown,
            (label, datacenter) if is_service && label.starts_with('_') => match datacenter {
                Some(datacenter) => service(&labels[..=place], datacenter),
                None => Asked::Unknown,
            },
            _ => continue,
        };
    }
    Asked::Unknown
}

/// The labels between the kind of name and the zone: nothing, a datacenter, or a datacenter and `dc`. `None` for anything else.
fn datacenter(labels: &[String]) -> Option<Option<String>> {
    match labels {
        [] => Some(None),
        [datacenter] => Some(Some(datacenter.clone())),
        [datacenter, word] if word == "dc" => Some(Some(datacenter.clone())),
        _ => None,
    }
}

fn in_role(name: String, role: Role, datacenter: Option<String>) -> Asked {
    Asked::Service(ServiceQuestion { name, tag: None, role, datacenter })
}

/// `tag.name`, or `_name._tag` as in RFC 2782, where `_tcp` stands for any tag.
fn service(labels: &[String], datacenter: Option<String>) -> Asked {
    let (name, tag) = match labels {
        [name, tag] if name.starts_with('_') && tag.starts_with('_') => {
            (name[1..].to_owned(), if tag == "_tcp" { String::new() } else { tag[1..].to_owned() })
        }
        [tags @ .., name] => (name.clone(), tags.join(".")),
        [] => return Asked::Unknown,
    };
    let tag = Some(tag).filter(|tag| !tag.is_empty());
    Asked::Service(ServiceQuestion { name, tag, role: Role::Plain, datacenter })
}

/// Four or sixteen bytes in hexadecimal digits.
fn address(labels: &[String]) -> Asked {
    let [digits] = labels else { return Asked::Unknown };
    let read = |count: usize| (digits.len() == 2 * count).then(|| hexadecimal(digits)).flatten();
    match digits.len() / 2 {
        4 => read(4).map_or(Asked::Unknown, |bits| Asked::Address(Ipv4Addr::from_bits(bits as u32).into())),
        16 => read(16).map_or(Asked::Unknown, |bits| Asked::Address(Ipv6Addr::from_bits(bits).into())),
        _ => Asked::Empty,
    }
}

fn hexadecimal(digits: &str) -> Option<u128> {
    let is_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_digits { u128::from_str_radix(digits, 16).ok() } else { None }
}

/// The address whose name this is (RFC 1035 §3.5, RFC 3596 §2.5).
fn reverse_address(name: &Name) -> Option<IpAddr> {
    let labels: Vec<String> = name.labels().map(label_text).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    match labels.as_slice() {
        [d, c, b, a, "in-addr", "arpa"] => format!("{a}.{b}.{c}.{d}").parse().ok(),
        [nibbles @ .., "ip6", "arpa"] if nibbles.len() == 32 && nibbles.iter().all(|nibble| nibble.len() == 1) => {
            let digits: String = nibbles.iter().rev().copied().collect();
            hexadecimal(&digits).map(|bits| Ipv6Addr::from_bits(bits).into())
        }
        _ => None,
    }
}

/// A label in lower case as zone files spell it (RFC 1035 §5.1), so that a dot inside it is no boundary.
fn label_text(label: &[u8]) -> String {
    let mut text = String::with_capacity(label.len());
    for &byte in label {
        match byte {
            b'.' | b' ' | b'\'' | b'@' | b';' | b'(' | b')' | b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b'!'..=b'~' => text.push(char::from(byte.to_ascii_lowercase())),
            _ => text.push_str(&format!("\\{byte:03}")),
        }
    }
    text
}

#[cfg(test)]
mod tests;
