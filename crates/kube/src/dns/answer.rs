//! DNS as a pure function: a zone and a question in, a message out. Knows no socket and no clock.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_proto::op::{Edns, Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, PTR, SOA, SRV, TXT};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use proconsul_base::rand::Rng;

use crate::dns::zone::{Named, Port, Zone};

/// The zone's name.
pub const DOMAIN: &str = "cluster.local";
/// How long an answer, positive or not, may be kept, in seconds. Short, since pods come back with other addresses.
const TTL_SECONDS: u32 = 5;
/// The largest answer to a client that names no size (RFC 1035 §4.2.1), and ours to one that does, in bytes.
const PLAIN_BYTES: u16 = 512;
const EDNS_BYTES: u16 = 4096;

/// What to do with a question.
#[derive(Debug)]
pub enum Verdict {
    /// This is the answer.
    Answer(Box<Message>),
    /// The name is outside the zone: ask the host's resolvers.
    Forward,
}

/// Answers a query message from the zone.
pub fn answer(zone: &Zone, query: &Message, rng: &mut Rng) -> Verdict {
    let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
    reply.metadata.recursion_desired = query.metadata.recursion_desired;
    reply.metadata.recursion_available = true;
    if query.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(EDNS_BYTES);
        reply.set_edns(edns);
    }
    let [question] = query.queries.as_slice() else {
        reply.metadata.response_code = ResponseCode::FormErr;
        return Verdict::Answer(Box::new(reply));
    };
    reply.add_query(question.clone());
    if query.metadata.op_code != OpCode::Query || question.query_class() != DNSClass::IN {
        reply.metadata.response_code = ResponseCode::NotImp;
        return Verdict::Answer(Box::new(reply));
    }
    match find(zone, question) {
        Found::Outside => return Verdict::Forward,
        Found::Nothing => reply.metadata.response_code = ResponseCode::NXDomain,
        Found::Records { mut answers, additionals } => {
            rng.shuffle(&mut answers);
            reply.add_answers(answers);
            reply.add_additionals(additionals);
        }
    }
    reply.metadata.authoritative = true;
    if reply.answers.is_empty() {
        reply.authorities.extend(start_of_authority());
    }
    Verdict::Answer(Box::new(reply))
}

/// A refusal for a name outside the zone when the host has no resolver to ask.
pub fn refused(query: &Message) -> Message {
    let mut reply = Message::error_msg(query.metadata.id, query.metadata.op_code, ResponseCode::Refused);
    reply.metadata.recursion_desired = query.metadata.recursion_desired;
    reply.add_queries(query.queries.iter().cloned());
    reply
}

/// The bytes of an answer, cut to what the client takes over UDP; a cut one tells it to ask again over TCP.
pub fn datagram(query: &Message, reply: &Message) -> Option<Vec<u8>> {
    let most = query.edns.as_ref().map_or(PLAIN_BYTES, |edns| edns.max_payload().clamp(PLAIN_BYTES, EDNS_BYTES));
    let bytes = reply.to_vec().ok()?;
    if bytes.len() <= usize::from(most) { Some(bytes) } else { reply.truncate().to_vec().ok() }
}

enum Found {
    Outside,
    Nothing,
    /// The name exists; there may be no record of the type (NODATA).
    Records {
        answers: Vec<Record>,
        additionals: Vec<Record>,
    },
}

impl Found {
    fn answers(answers: Vec<Record>) -> Self {
        Self::Records { answers, additionals: Vec::new() }
    }
}

fn find(zone: &Zone, question: &Query) -> Found {
    let text = question.name().to_ascii().to_lowercase();
    let text = text.trim_end_matches('.');
    if let Some(address) = reverse_address(question.name(), text) {
        return find_reverse(zone, question, address);
    }
    let Some(below) =
        text.strip_suffix(DOMAIN).and_then(|rest| rest.strip_suffix('.').or(rest.is_empty().then_some("")))
    else {
        return Found::Outside;
    };
    let labels: Vec<&str> = below.split('.').filter(|label| !label.is_empty()).collect();
    match labels.as_slice() {
        [] | ["svc"] => Found::answers(Vec::new()),
        ["dns-version"] => find_version(question),
        [namespace, "svc"] if zone.has_namespace(namespace) => Found::answers(Vec::new()),
        [rest @ .., service, namespace, "svc"] => match zone.service(namespace, service) {
            Some(named) => find_below(named, rest, &format!("{service}.{namespace}.svc.{DOMAIN}."), question),
            None => Found::Nothing,
        },
        [dashed, _namespace, "pod"] => find_pod(dashed, question),
        _ => Found::Nothing,
    }
}

/// The records of a service (`rest` empty), one of its pods, or one of its ports.
fn find_below(named: &Named, rest: &[&str], service: &str, question: &Query) -> Found {
    match (named, rest) {
        (Named::External(target), []) => found_external(target, question),
        (Named::Headless(endpoints), []) if endpoints.is_empty() => Found::Nothing,
        // As CoreDNS does: programs look for their peers so.
        (_, []) if question.query_type() == RecordType::SRV => {
            found_targets(targets(named, |_| true, service), question)
        }
        (Named::Cluster { addresses, .. }, []) => Found::answers(address_records(question, addresses)),
        (Named::Headless(endpoints), []) => {
            let addresses: Vec<IpAddr> = endpoints.iter().map(|endpoint| endpoint.address).collect();
            Found::answers(address_records(question, &addresses))
        }
        (Named::Headless(endpoints), [host]) if !host.starts_with('_') => {
            let named = endpoints.iter().filter(|endpoint| endpoint.host == *host);
            let addresses: Vec<IpAddr> = named.map(|endpoint| endpoint.address).collect();
            if addresses.is_empty() { Found::Nothing } else { Found::answers(address_records(question, &addresses)) }
        }
        (_, [port, protocol]) => match (port.strip_prefix('_'), protocol.strip_prefix('_')) {
            (Some(port), Some(protocol)) => find_port(named, port, protocol, service, question),
            _ => Found::Nothing,
        },
        _ => Found::Nothing,
    }
}

fn find_port(named: &Named, port: &str, protocol: &str, service: &str, question: &Query) -> Found {
    match targets(named, |one| one.name == port && one.protocol == protocol, service) {
        none if none.is_empty() => Found::Nothing,
        targets => found_targets(targets, question),
    }
}

/// Name, port and address of whatever a service has on the wanted ports.
fn targets(named: &Named, wanted: impl Fn(&Port) -> bool, service: &str) -> Vec<(String, u16, IpAddr)> {
    let at = |host: &str, address: IpAddr, ports: &[Port]| -> Vec<_> {
        let wanted = ports.iter().filter(|port| wanted(port));
        wanted.map(|port| (host.to_owned(), port.port, address)).collect()
    };
    match named {
        Named::External(_) => Vec::new(),
        Named::Cluster { addresses, ports } => {
            addresses.iter().flat_map(|&address| at(service, address, ports)).collect()
        }
        Named::Headless(endpoints) => endpoints
            .iter()
            .flat_map(|endpoint| at(&format!("{}.{service}", endpoint.host), endpoint.address, &endpoint.ports))
            .collect(),
    }
}

fn found_targets(targets: Vec<(String, u16, IpAddr)>, question: &Query) -> Found {
    if !matches!(question.query_type(), RecordType::SRV | RecordType::ANY) {
        return Found::answers(Vec::new());
    }
    let weight = u16::try_from(100 / targets.len().max(1)).unwrap_or(1).max(1);
    let (mut answers, mut additionals) = (Vec::new(), Vec::new());
    for (target, port, address) in targets {
        let Ok(target) = Name::from_ascii(&target) else { continue };
        answers.push(record(question.name(), RData::SRV(SRV::new(0, weight, port, target.clone()))));
        let glue = record(&target, address_data(address));
        if !additionals.contains(&glue) {
            additionals.push(glue);
        }
    }
    Found::Records { answers, additionals }
}

fn found_external(target: &str, question: &Query) -> Found {
    let target = Name::from_ascii(format!("{}.", target.trim_end_matches('.')));
    Found::answers(target.map(|name| record(question.name(), RData::CNAME(CNAME(name)))).into_iter().collect())
}

/// `10-0-0-5.default.pod.cluster.local` spells its own answer.
fn find_pod(dashed: &str, question: &Query) -> Found {
    match dashed.replace('-', ".").parse::<Ipv4Addr>() {
        Ok(address) => Found::answers(address_records(question, &[address.into()])),
        Err(_) => Found::Nothing,
    }
}

fn find_version(question: &Query) -> Found {
    let is_asked = matches!(question.query_type(), RecordType::TXT | RecordType::ANY);
    let version = is_asked.then(|| record(question.name(), RData::TXT(TXT::new(vec!["1.1.0".to_owned()]))));
    Found::answers(version.into_iter().collect())
}

fn reverse_address(name: &Name, text: &str) -> Option<IpAddr> {
    if !text.ends_with(".in-addr.arpa") && !text.ends_with(".ip6.arpa") {
        return None;
    }
    let net = name.parse_arpa_name().ok()?;
    let full: IpAddr = if net.addr().is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let whole = if full.is_ipv4() { 32 } else { 128 };
    (net.prefix_len() == whole).then(|| net.addr())
}

fn find_reverse(zone: &Zone, question: &Query, address: IpAddr) -> Found {
    let Some(name) = zone.name_of(address) else { return Found::Outside };
    let Ok(name) = Name::from_ascii(format!("{name}.{DOMAIN}.")) else { return Found::Nothing };
    let is_asked = matches!(question.query_type(), RecordType::PTR | RecordType::ANY);
    Found::answers(is_asked.then(|| record(question.name(), RData::PTR(PTR(name)))).into_iter().collect())
}

/// The records of the asked family; other families are NODATA, since some resolvers take NXDOMAIN for all types.
fn address_records(question: &Query, addresses: &[IpAddr]) -> Vec<Record> {
    let is_asked = |address: &&IpAddr| match question.query_type() {
        RecordType::A => address.is_ipv4(),
        RecordType::AAAA => address.is_ipv6(),
        RecordType::ANY => true,
        _ => false,
    };
    addresses.iter().filter(is_asked).map(|&address| record(question.name(), address_data(address))).collect()
}

fn address_data(address: IpAddr) -> RData {
    match address {
        IpAddr::V4(address) => RData::A(A(address)),
        IpAddr::V6(address) => RData::AAAA(AAAA(address)),
    }
}

fn record(name: &Name, data: RData) -> Record {
    Record::from_rdata(name.clone(), TTL_SECONDS, data)
}

fn start_of_authority() -> Option<Record> {
    let zone = Name::from_ascii(format!("{DOMAIN}.")).ok()?;
    let server = Name::from_ascii(format!("ns.dns.{DOMAIN}.")).ok()?;
    let contact = Name::from_ascii(format!("hostmaster.{DOMAIN}.")).ok()?;
    let data = SOA::new(server, contact, 1, 7200, 1800, 86400, TTL_SECONDS);
    Some(Record::from_rdata(zone, TTL_SECONDS, RData::SOA(data)))
}

#[cfg(test)]
mod tests;
