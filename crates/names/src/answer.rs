//! The answer to a question, from what was looked up for it. One kind of name per file.

pub(crate) mod instance;
mod node;
mod reverse;
mod service;
mod zone;

use proconsul_base::rand::Rng;

use crate::chase::Chased;
use crate::edns::Edns;
use crate::lookup::Found;
use crate::message::{Code, Data, Message, Question, Record, kind};
use crate::name::Name;
use crate::question::Asked;
use crate::settings::Settings;
use crate::trim::Transport;
use crate::wire::request::Request;

/// What to do about a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// This is the answer.
    Answer(Box<Message>),
    /// Others have to be asked: the name is not ours.
    Forward,
}

/// A question on its way to its answer.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The client's packet.
    pub request: &'a Request,
    /// How it came.
    pub transport: Transport,
    /// The operator's settings.
    pub settings: &'a Settings,
    /// What further names led to.
    pub chased: &'a Chased,
    /// The time, in seconds since 1970.
    pub unix_seconds: u64,
}

/// The answer to a question, or that others have to be asked.
pub fn answer(asking: &Asking<'_>, asked: &Asked, found: &Found<'_>, rng: &mut Rng) -> Verdict {
    let mut message = asking.begin();
    let mut is_for_all_networks = true;
    match asked {
        Asked::Outside if asking.settings.recursion => return Verdict::Forward,
        Asked::Outside => {
            let refused = Message { authoritative: false, recursion_available: false, code: Code::Refused, ..message };
            return Verdict::Answer(Box::new(refused));
        }
        Asked::Reverse(_) => match reverse::answer(asking, found, &mut message) {
            true => {}
            false if asking.settings.recursion => return Verdict::Forward,
            false => return Verdict::Answer(Box::new(failure(asking.request))),
        },
        Asked::Zone { is_soa } => zone::answer(asking, *is_soa, found, rng, &mut message),
        Asked::Transfer => message.code = Code::NotImplemented,
        Asked::Node { .. } => node::answer(asking, found, &mut message),
        Asked::Service(service) => service::answer(asking, service, found, rng, &mut message),
        Asked::Virtual { .. } => match found {
            Found::Virtual(address) => message.answers.push(asking.record(asking.settings.node_ttl, *address)),
            _ => asking.no_such_name(&mut message),
        },
        Asked::Query { .. } => {
            is_for_all_networks = false;
            service::answer_query(asking, found, &mut message);
        }
        Asked::Address(address) => message.answers.push(Record {
            name: asking.request.question.name.to_lowercase(),
            ttl: asking.settings.node_ttl,
            data: Data::from(*address),
        }),
        Asked::Empty => {}
        Asked::Unknown => asking.no_such_name(&mut message),
    }
    message.edns = edns(asking.request, is_for_all_networks, message.code);
    Verdict::Answer(Box::new(message))
}

/// What a client is told when nobody else could be asked.
pub fn failure(request: &Request) -> Message {
    Message {
        recursion_available: true,
        code: Code::ServerFailure,
        edns: edns(request, true, Code::ServerFailure),
        ..reply(request)
    }
}

/// The client's EDNS, repeated; with the networks that the answer holds for when it named one.
fn edns(request: &Request, is_for_all_networks: bool, code: Code) -> Option<Edns> {
    let mut edns = request.edns?;
    if let Some(subnet) = &mut edns.subnet {
        let is_for_all = is_for_all_networks || code != Code::Success;
        subnet.scope = if is_for_all { 0 } else { subnet.source };
    }
    Some(edns)
}

fn reply(request: &Request) -> Message {
    Message {
        id: request.id,
        opcode: request.opcode,
        recursion_desired: request.recursion_desired,
        checking_disabled: request.checking_disabled,
        question: Some(request.question.clone()),
        ..Message::default()
    }
}

impl<'a> Asking<'a> {
    fn begin(&self) -> Message {
        Message { authoritative: true, recursion_available: self.settings.recursion, ..reply(self.request) }
    }

    fn question(&self) -> &'a Question {
        &self.request.question
    }

    /// The domain that the names of the answer lie in.
    fn zone(&self) -> &'a Name {
        self.settings.zone(&self.request.question)
    }

    /// A record about the name that was asked for.
    fn record(&self, ttl: u32, data: impl Into<Data>) -> Record {
        Record { name: self.question().name.clone(), ttl, data: data.into() }
    }

    /// `NAME.KIND.DATACENTER.ZONE`; `None` when that is no name.
    fn name_of(&self, name: &str, kind: &str, datacenter: &str) -> Option<Name> {
        let words = name.split('.').chain([kind, datacenter]).map(str::as_bytes);
        Name::from_labels(words.chain(self.zone().labels())).ok()
    }

    fn no_such_name(&self, message: &mut Message) {
        message.code = Code::NameError;
        message.authorities.push(zone::start(self));
    }

    /// The addresses of a name, which are told with its alias.
    fn alias(&self, owner: &Name, ttl: u32, target: &Name) -> Record {
        Record { name: owner.clone(), ttl, data: Data::Cname(target.clone()) }
    }

    fn is_for(&self, kinds: &[u16]) -> bool {
        kinds.contains(&self.question().kind)
    }

    fn wants_meta_as_answer(&self) -> bool {
        self.is_for(&[kind::ANY, kind::TXT])
    }
}

#[cfg(test)]
mod tests;
