//! A DNS message as a value: what is answered, section by section. Knows no wire form.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::edns::Edns;
use crate::name::Name;

/// The numbers of the record types that are named here (RFC 1035 §3.2.2, 3596, 2782, 5936, 4034).
pub mod kind {
    /// An IPv4 address.
    pub const A: u16 = 1;
    /// A name server.
    pub const NS: u16 = 2;
    /// Another name.
    pub const CNAME: u16 = 5;
    /// The start of a zone.
    pub const SOA: u16 = 6;
    /// The name of an address.
    pub const PTR: u16 = 12;
    /// Text.
    pub const TXT: u16 = 16;
    /// An IPv6 address.
    pub const AAAA: u16 = 28;
    /// A service.
    pub const SRV: u16 = 33;
    /// EDNS.
    pub const OPT: u16 = 41;
    /// The digest of a zone's key, which its parent knows.
    pub const DS: u16 = 43;
    /// A whole zone.
    pub const AXFR: u16 = 252;
    /// Whatever there is.
    pub const ANY: u16 = 255;
}

/// How it went (RFC 1035 §4.1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// Answered, perhaps with nothing.
    #[default]
    Success = 0,
    /// The packet cannot be read.
    FormatError = 1,
    /// Somebody who was needed did not answer.
    ServerFailure = 2,
    /// There is no such name.
    NameError = 3,
    /// Not done here.
    NotImplemented = 4,
    /// Not for this client.
    Refused = 5,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name, as the client spells it.
    pub name: Name,
    /// The type of record, one of [`kind`] or any other number.
    pub kind: u16,
    /// The class; 1 for the internet. It is repeated and not looked at, as in Consul.
    pub class: u16,
}

/// A message to a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The number the client gave its question.
    pub id: u16,
    /// The kind of message, as the client gave it.
    pub opcode: u8,
    /// Whether the answer is that of the zone's own server.
    pub authoritative: bool,
    /// Whether there is more than fits.
    pub truncated: bool,
    /// The client's wish, repeated.
    pub recursion_desired: bool,
    /// Whether other servers are asked for names of other zones.
    pub recursion_available: bool,
    /// The client's wish, repeated.
    pub checking_disabled: bool,
    /// How it went.
    pub code: Code,
    /// The question, repeated.
    pub question: Option<Question>,
    /// The answer section.
    pub answers: Vec<Record>,
    /// The authority section.
    pub authorities: Vec<Record>,
    /// The additional section, without EDNS.
    pub additionals: Vec<Record>,
    /// EDNS, written at the end of the additional section.
    pub edns: Option<Edns>,
}

/// One record of class IN.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// What it is about.
    pub name: Name,
    /// How long it may be kept, in seconds.
    pub ttl: u32,
    /// What it says.
    pub data: Data,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Data {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// The name's other name.
    Cname(Name),
    /// A server of the zone.
    Ns(Name),
    /// The address's name.
    Ptr(Name),
    /// Where a service is.
    Srv {
        /// Lower ones are asked first.
        priority: u16,
        /// The share among those of one priority.
        weight: u16,
        /// The port.
        port: u16,
        /// The name of the machine.
        target: Name,
    },
    /// Text; in pieces of at most 255 bytes on the wire.
    Txt(Box<[u8]>),
    /// The start of a zone.
    Soa {
        /// The zone's first server.
        server: Name,
        /// Who looks after it, as a name.
        contact: Name,
        /// The zone's version.
        serial: u32,
        /// Refresh, retry, expire and minimum TTL, in seconds.
        times: [u32; 4],
    },
}

impl Data {
    /// The number of its type.
    pub fn kind(&self) -> u16 {
        match self {
            Self::A(_) => kind::A,
            Self::Aaaa(_) => kind::AAAA,
            Self::Cname(_) => kind::CNAME,
            Self::Ns(_) => kind::NS,
            Self::Ptr(_) => kind::PTR,
            Self::Srv { .. } => kind::SRV,
            Self::Txt(_) => kind::TXT,
            Self::Soa { .. } => kind::SOA,
        }
    }
}

impl From<IpAddr> for Data {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::A(address),
            IpAddr::V6(address) => Self::Aaaa(address),
        }
    }
}
