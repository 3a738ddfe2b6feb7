//! Cutting an answer to what the client takes, without a half answer: additional records go with the answers they belong to.
//!
//! The limits are Consul's: three answers over UDP to a client without EDNS, the client's own size less seven bytes to one with
//! it, and nearly 64 KiB over TCP. EDNS itself is not counted.

use std::collections::{HashMap, HashSet};

use crate::answer::Asking;
use crate::message::{Data, Message, Record, kind};
use crate::name::Name;
use crate::wire::write;

/// How a question came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In a datagram.
    Udp,
    /// On a connection.
    Tcp,
}

/// What every client takes over UDP, in bytes (RFC 1035 §4.2.1).
const PLAIN_BYTES: usize = 512;
/// Bytes that stay free below a client's size.
const UDP_SPARE_BYTES: usize = 7;
/// The largest message over TCP, in bytes.
const TCP_BYTES: usize = 65523;
/// The most answers over TCP: more addresses, or SRV records, never fit.
const TCP_ADDRESSES: usize = 4096;
const TCP_SERVICES: usize = 1024;
/// The most answers to a client without EDNS, whatever the setting.
const PLAIN_ANSWERS_MAX: usize = 8;
/// The shortest answer: a pointer, the head of a record, an IPv4 address; in bytes.
const ANSWER_BYTES: usize = 16;
/// The largest datagram, in bytes.
const DATAGRAM_BYTES: usize = 65507;
/// An answer that is too long by more than this is cut once more with all its answers and fewer additional records, in bytes.
const CLEAR_EXCESS_BYTES: usize = 100;

/// The limits of one answer.
struct Limits {
    answers: usize,
    bytes: usize,
    spare: usize,
    /// Whether answers over the limit are simply not there, rather than cut.
    is_silent: bool,
}

fn limits(asking: &Asking<'_>) -> Limits {
    let size = asking.request.edns.map_or(0, |edns| usize::from(edns.size)).min(DATAGRAM_BYTES);
    match asking.transport {
        Transport::Tcp => {
            let answers = if asking.request.question.kind == kind::SRV { TCP_SERVICES } else { TCP_ADDRESSES };
            Limits { answers, bytes: TCP_BYTES, spare: 0, is_silent: true }
        }
        Transport::Udp if size > PLAIN_BYTES => {
            Limits { answers: usize::MAX, bytes: size, spare: UDP_SPARE_BYTES, is_silent: false }
        }
        Transport::Udp => {
            let answers = asking.settings.udp_answer_limit.min(PLAIN_ANSWERS_MAX);
            Limits { answers, bytes: PLAIN_BYTES, spare: UDP_SPARE_BYTES, is_silent: false }
        }
    }
}

/// How many answers there can be any use for: with one more it is certain that some are cut.
pub(crate) fn answers_of_use(asking: &Asking<'_>) -> usize {
    let limits = limits(asking);
    limits.answers.min(limits.bytes / ANSWER_BYTES)
}

/// Cuts a message; whether any answer was cut.
pub(crate) fn trim(asking: &Asking<'_>, message: &mut Message) -> bool {
    let limits = limits(asking);
    let is_over = message.answers.len() > limits.answers;
    // To clients that may hand the answer on without compression, as Consul supposes of them, it has to fit without.
    let is_plain = is_over && !limits.is_silent;
    if !is_over && fits_for_sure(message, &limits) {
        return false;
    }
    let cut = Cut::new(message, asking.settings.compress && !is_plain);
    if is_over {
        cut.keep(message, limits.answers, is_plain);
    }
    let had = if limits.is_silent { message.answers.len() } else { cut.answers.len() };
    let length = cut.length(message);
    if message.answers.len() > 1 && length > limits.bytes - limits.spare {
        let most = message.answers.len();
        let is_clear = length > limits.bytes + CLEAR_EXCESS_BYTES;
        cut.shorten(message, if is_clear { most } else { most - 1 }, limits.bytes - limits.spare, is_clear);
    }
    message.answers.len() < had
}

/// Whether a message fits although nobody counted its bytes exactly.
fn fits_for_sure(message: &Message, limits: &Limits) -> bool {
    write::plain_length(message) <= limits.bytes - limits.spare
}

/// A message under the knife.
struct Cut {
    answers: Vec<Record>,
    /// The first additional record of each name.
    additionals: HashMap<Name, Record>,
    compress: bool,
}

impl Cut {
    fn new(message: &Message, compress: bool) -> Self {
        let mut additionals = HashMap::new();
        for record in &message.additionals {
            additionals.entry(record.name.to_lowercase()).or_insert_with(|| record.clone());
        }
        Self { answers: message.answers.clone(), additionals, compress }
    }

    fn length(&self, message: &Message) -> usize {
        if self.compress { write::packet(message, true).len() } else { write::plain_length(message) }
    }

    /// Keeps the first answers, and with `sync` only the additional records that they need.
    fn keep(&self, message: &mut Message, count: usize, sync: bool) {
        message.answers.clear();
        message.answers.extend_from_slice(&self.answers[..count.min(self.answers.len())]);
        if sync && !message.additionals.is_empty() {
            message.additionals = self.needed(&message.answers);
        }
    }

    /// The first address of each target; of an alias, what it leads to.
    fn needed(&self, answers: &[Record]) -> Vec<Record> {
        let mut needed = Vec::with_capacity(answers.len());
        let mut seen: HashSet<Name> = HashSet::new();
        for answer in answers {
            let Data::Srv { target, .. } = &answer.data else { continue };
            let mut target = target.to_lowercase();
            while seen.insert(target.clone()) {
                let Some(record) = self.additionals.get(&target) else { break };
                needed.push(record.clone());
                let Data::Cname(next) = &record.data else { break };
                target = next.to_lowercase();
            }
        }
        needed
    }

    /// Keeps as many answers as fit into these bytes: at least one, or none when `may_empty`.
    fn shorten(&self, message: &mut Message, most: usize, bytes: usize, may_empty: bool) {
        let (mut fits, mut fits_not) = (usize::from(!may_empty), most + 1);
        while fits_not - fits > 1 {
            let middle = fits + (fits_not - fits) / 2;
            self.keep(message, middle, true);
            if self.length(message) <= bytes { fits = middle } else { fits_not = middle }
        }
        self.keep(message, fits, true);
    }
}

#[cfg(test)]
mod tests;
