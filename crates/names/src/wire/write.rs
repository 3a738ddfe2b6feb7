//! Our messages as packets, names compressed (RFC 1035 §4.1.4) the way Consul's are: by the exact spelling, and never inside SRV.

use std::collections::BTreeMap;

use super::flag;
use crate::edns::Edns;
use crate::message::{Data, Message, Question, Record, kind};
use crate::name::Name;

/// The last place that a pointer can name.
const POINTER_MAX: usize = 0x3fff;
/// A header's length, in bytes.
const HEAD_BYTES: usize = 12;
/// Bytes of an OPT record without options.
const OPT_BYTES: usize = 11;
/// The longest piece of a text, in bytes.
const PIECE_BYTES: usize = 255;

/// The packet of a message.
pub fn packet(message: &Message, compress: bool) -> Vec<u8> {
    let mut writer = Writer::new(compress);
    writer.message(message);
    writer.bytes
}

/// The packet of a question of our own to another server; its number is to be filled in.
pub fn question(name: &Name, kind: u16) -> Vec<u8> {
    let mut writer = Writer::new(false);
    [0, flag::RECURSION_DESIRED, 1, 0, 0, 0].into_iter().for_each(|word| writer.u16(word));
    writer.name(name, false);
    writer.u16(kind);
    writer.u16(1);
    writer.bytes
}

/// The bytes that a message takes without compression, EDNS left out.
pub fn plain_length(message: &Message) -> usize {
    let question = message.question.as_ref().map_or(0, |question| question.name.as_bytes().len() + 4);
    let sections = [&message.answers, &message.authorities, &message.additionals];
    HEAD_BYTES + question + sections.into_iter().flatten().map(record_length).sum::<usize>()
}

fn record_length(record: &Record) -> usize {
    let length = |name: &Name| name.as_bytes().len();
    let data = match &record.data {
        Data::A(_) => 4,
        Data::Aaaa(_) => 16,
        Data::Cname(name) | Data::Ns(name) | Data::Ptr(name) => length(name),
        Data::Srv { target, .. } => 6 + length(target),
        Data::Txt(text) => text.len() + text.len().div_ceil(PIECE_BYTES).max(1),
        Data::Soa { server, contact, .. } => length(server) + length(contact) + 20,
    };
    length(&record.name) + 10 + data
}

struct Writer<'a> {
    bytes: Vec<u8>,
    /// Where a name, or the end of one, was written. `None` without compression.
    places: Option<BTreeMap<&'a [u8], u16>>,
    /// The question's name, which most records repeat; its ends are among the places only when another name was written.
    asked: Option<&'a Name>,
}

impl<'a> Writer<'a> {
    fn new(compress: bool) -> Self {
        Self { bytes: Vec::with_capacity(512), places: compress.then(BTreeMap::new), asked: None }
    }

    fn message(&mut self, message: &'a Message) {
        self.head(message);
        if let Some(question) = &message.question {
            self.question(question);
        }
        for record in message.answers.iter().chain(&message.authorities).chain(&message.additionals) {
            self.record(record);
        }
        if let Some(edns) = &message.edns {
            self.edns(edns);
        }
    }

    fn head(&mut self, message: &Message) {
        let set = |is_set: bool, bit: u16| if is_set { bit } else { 0 };
        let flags = flag::RESPONSE
            | u16::from(message.opcode & 0xf) << 11
            | set(message.authoritative, flag::AUTHORITATIVE)
            | set(message.truncated, flag::TRUNCATED)
            | set(message.recursion_desired, flag::RECURSION_DESIRED)
            | set(message.recursion_available, flag::RECURSION_AVAILABLE)
            | set(message.checking_disabled, flag::CHECKING_DISABLED)
            | message.code as u16;
        let additionals = message.additionals.len() + usize::from(message.edns.is_some());
        let questions = usize::from(message.question.is_some());
        self.u16(message.id);
        self.u16(flags);
        for count in [questions, message.answers.len(), message.authorities.len(), additionals] {
            // Trimmed long before: no packet has room for as many.
            self.u16(u16::try_from(count).unwrap_or(u16::MAX));
        }
    }

    fn question(&mut self, question: &'a Question) {
        self.bytes.extend_from_slice(question.name.as_bytes());
        self.u16(question.kind);
        self.u16(question.class);
        self.asked = Some(&question.name);
    }

    fn record(&mut self, record: &'a Record) {
        self.name(&record.name, true);
        self.u16(record.data.kind());
        self.u16(1);
        self.u32(record.ttl);
        let length_at = self.bytes.len();
        self.u16(0);
        self.data(&record.data);
        let length = self.bytes.len() - length_at - 2;
        self.bytes[length_at..length_at + 2].copy_from_slice(&(length as u16).to_be_bytes());
    }

    fn data(&mut self, data: &'a Data) {
        match data {
            Data::A(address) => self.bytes.extend_from_slice(&address.octets()),
            Data::Aaaa(address) => self.bytes.extend_from_slice(&address.octets()),
            Data::Cname(name) | Data::Ns(name) | Data::Ptr(name) => self.name(name, true),
            Data::Srv { priority, weight, port, target } => {
                [priority, weight, port].into_iter().for_each(|&number| self.u16(number));
                self.name(target, false);
            }
            Data::Txt(text) if text.is_empty() => self.bytes.push(0),
            Data::Txt(text) => {
                for piece in text.chunks(PIECE_BYTES) {
                    self.bytes.push(piece.len() as u8);
                    self.bytes.extend_from_slice(piece);
                }
            }
            Data::Soa { server, contact, serial, times } => {
                self.name(server, true);
                self.name(contact, true);
                self.u32(*serial);
                times.iter().for_each(|&time| self.u32(time));
            }
        }
    }

    /// Writes a name. Where it may not be compressed itself, later names may still point into it.
    fn name(&mut self, name: &'a Name, may_point: bool) {
        if self.places.is_some() && may_point && self.asked == Some(name) && name.as_bytes().len() > 1 {
            self.u16(0xc000 | HEAD_BYTES as u16);
            return;
        }
        self.know_question();
        let mut rest = name.as_bytes();
        while let [length, ..] = rest
            && *length > 0
        {
            if let Some(places) = &mut self.places {
                match places.get(rest) {
                    Some(&place) if may_point => {
                        self.u16(0xc000 | place);
                        return;
                    }
                    None if self.bytes.len() <= POINTER_MAX => {
                        places.insert(rest, self.bytes.len() as u16);
                    }
                    _ => {}
                }
            }
            let (label, after) = rest.split_at(1 + usize::from(*length));
            self.bytes.extend_from_slice(label);
            rest = after;
        }
        self.bytes.push(0);
    }

    /// Lets later names point to the ends of the question's.
    fn know_question(&mut self) {
        let (Some(asked), Some(places)) = (self.asked, &mut self.places) else { return };
        if !places.is_empty() {
            return;
        }
        let mut rest = asked.as_bytes();
        while let [length, ..] = rest
            && *length > 0
        {
            // A name has at most 255 bytes.
            places.insert(rest, (HEAD_BYTES + asked.as_bytes().len() - rest.len()) as u16);
            rest = &rest[1 + usize::from(*length)..];
        }
    }

    fn edns(&mut self, edns: &Edns) {
        self.bytes.reserve(OPT_BYTES);
        self.bytes.push(0);
        self.u16(kind::OPT);
        self.u16(edns.size);
        self.u32(0);
        let Some(subnet) = &edns.subnet else { return self.u16(0) };
        let prefix = subnet.prefix();
        let length = 4 + prefix.len() as u16;
        for number in [4 + length, 8, length, subnet.family()] {
            self.u16(number);
        }
        self.bytes.extend_from_slice(&[subnet.source, subnet.scope]);
        self.bytes.extend_from_slice(&prefix);
    }

    fn u16(&mut self, number: u16) {
        self.bytes.extend_from_slice(&number.to_be_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.bytes.extend_from_slice(&number.to_be_bytes());
    }
}
