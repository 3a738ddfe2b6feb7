//! Records and questions for tests, and answers as lines of text.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_types::check::Check;
use proconsul_types::node::{Meta, Node};
use proconsul_types::service::{Service, ServiceAddress, ServiceInstance, ServiceKind, Weights};

use crate::answer::{self, Asking, Verdict};
use crate::chase::Chased;
use crate::edns::Edns;
use crate::lookup::Found;
use crate::message::{Data, Message, Question, Record};
use crate::name::Name;
use crate::question;
use crate::settings::Settings;
use crate::trim::Transport;
use crate::wire::request::Request;

pub(crate) fn name(text: &str) -> Name {
    Name::from_text(text).expect("a name")
}

pub(crate) fn settings() -> Settings {
    Settings::new("dc1", name("consul"))
}

pub(crate) fn map(pairs: &[(&str, &str)]) -> Meta {
    let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Some(Arc::new(pairs.collect::<BTreeMap<_, _>>()))
}

pub(crate) fn node(name: &str, address: &str) -> Node {
    Node {
        id: None,
        name: name.into(),
        address: address.into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index::default(),
        modify_index: Index::default(),
    }
}

/// An instance of `web` on port 80.
pub(crate) fn instance(node: Node, address: &str) -> ServiceInstance {
    let service = Service {
        kind: ServiceKind::Typical,
        id: "web".into(),
        name: "web".into(),
        node: node.name.clone(),
        tags: Arc::from([]),
        address: address.into(),
        tagged_addresses: None,
        meta: None,
        port: 80,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Arc::default(),
        connect_native: false,
        create_index: Index::default(),
        modify_index: Index::default(),
    };
    ServiceInstance { node: Arc::new(node), service: Arc::new(service), checks: Vec::new() }
}

/// The instance with these addresses of its own by purpose.
pub(crate) fn tagged(mut instance: ServiceInstance, tagged: &[(&str, &str)]) -> ServiceInstance {
    let entry =
        |(tag, address): &(&str, &str)| ((*tag).to_owned(), ServiceAddress { address: (*address).to_owned(), port: 9 });
    Arc::make_mut(&mut instance.service).tagged_addresses = Some(Arc::new(tagged.iter().map(entry).collect()));
    instance
}

/// The instance with a check of this status, of the service or of the node.
pub(crate) fn checked(mut instance: ServiceInstance, status: &str, id: &str, of_service: bool) -> ServiceInstance {
    instance.checks.push(Arc::new(Check {
        node: instance.node.name.clone(),
        id: id.into(),
        name: "check".into(),
        status: status.into(),
        notes: "".into(),
        output: "".into(),
        service_id: if of_service { instance.service.id.clone() } else { "".into() },
        service_name: if of_service { instance.service.name.clone() } else { "".into() },
        service_tags: Arc::from([]),
        kind: "".into(),
        definition: None,
        create_index: Index::default(),
        modify_index: Index::default(),
    }));
    instance
}

/// As many instances as are asked for, on nodes with metadata.
pub(crate) fn many(count: usize) -> Vec<ServiceInstance> {
    let one = |number: usize| {
        let mut node = node(&format!("big{number}"), &format!("10.10.{}.{}", number / 250, number % 250 + 1));
        node.meta = map(&[("m", "x")]);
        instance(node, "")
    };
    (0..count).map(one).collect()
}

pub(crate) fn request(text: &str, kind: u16) -> Request {
    Request {
        id: 7,
        opcode: 0,
        recursion_desired: true,
        checking_disabled: false,
        question: Question { name: name(text), kind, class: 1 },
        edns: None,
    }
}

pub(crate) fn with_edns(request: Request, size: u16) -> Request {
    Request { edns: Some(Edns { size, subnet: None }), ..request }
}

/// Everything that an answer is made of.
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) chased: Chased,
    pub(crate) transport: Transport,
    pub(crate) rng: Rng,
}

impl Default for World {
    fn default() -> Self {
        let chased = Chased::default();
        Self { settings: settings(), chased, transport: Transport::Udp, rng: Rng::seeded(1) }
    }
}

impl World {
    pub(crate) fn verdict(&mut self, request: &Request, found: &Found<'_>) -> Verdict {
        let asked = question::read(&request.question, &self.settings);
        let (settings, chased, transport) = (&self.settings, &self.chased, self.transport);
        let asking = Asking { request, transport, settings, chased, unix_seconds: 99 };
        answer::answer(&asking, &asked, found, &mut self.rng)
    }

    pub(crate) fn message(&mut self, request: &Request, found: &Found<'_>) -> Message {
        match self.verdict(request, found) {
            Verdict::Answer(message) => *message,
            Verdict::Forward => panic!("others were to be asked"),
        }
    }

    /// Code and records, a line each, sections marked.
    pub(crate) fn lines(&mut self, text: &str, kind: u16, found: &Found<'_>) -> Vec<String> {
        lines(&self.message(&request(text, kind), found))
    }
}

pub(crate) fn lines(message: &Message) -> Vec<String> {
    let mut lines = vec![format!("{:?}", message.code)];
    for (section, records) in [("an", &message.answers), ("ns", &message.authorities), ("ar", &message.additionals)] {
        lines.extend(records.iter().map(|record| format!("{section} {}", line(record))));
    }
    lines
}

fn line(record: &Record) -> String {
    let data = match &record.data {
        Data::A(address) => format!("A {address}"),
        Data::Aaaa(address) => format!("AAAA {address}"),
        Data::Cname(name) => format!("CNAME {name}"),
        Data::Ns(name) => format!("NS {name}"),
        Data::Ptr(name) => format!("PTR {name}"),
        Data::Srv { priority, weight, port, target } => format!("SRV {priority} {weight} {port} {target}"),
        Data::Txt(text) => format!("TXT {}", text.escape_ascii()),
        Data::Soa { server, contact, serial, times } => format!("SOA {server} {contact} {serial} {times:?}"),
    };
    format!("{} {} {data}", record.name, record.ttl)
}

pub(crate) fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}
