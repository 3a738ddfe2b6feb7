//! One DNS question over UDP or TCP, and its answer as lines of text. A reader of its own: what is tested must not check itself.

mod read;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use crate::scenario::Question;
pub(crate) use read::{Message, Record};

const PATIENCE: Duration = Duration::from_secs(10);

/// Any will do: there is one question at a time on a socket.
const ID: u16 = 0x2a17;

const OPT: u16 = 41;

/// Types by the names that scenarios use.
pub(crate) const KINDS: [(&str, u16); 12] = [
    ("A", 1),
    ("NS", 2),
    ("CNAME", 5),
    ("SOA", 6),
    ("PTR", 12),
    ("MX", 15),
    ("TXT", 16),
    ("AAAA", 28),
    ("SRV", 33),
    ("OPT", OPT),
    ("AXFR", 252),
    ("ANY", 255),
];

/// Asks and reads the answer.
///
/// # Errors
/// There is no answer, or one that is not well formed.
pub(crate) fn ask(server: SocketAddr, question: &Question) -> io::Result<Message> {
    let packet = packet(question)?;
    let answer = if question.tcp { over_tcp(server, &packet)? } else { over_udp(server, &packet)? };
    let malformed = || io::Error::new(ErrorKind::InvalidData, format!("the answer is malformed: {answer:02x?}"));
    let message = read::message(&answer).ok_or_else(malformed)?;
    if message.id == ID { Ok(message) } else { Err(malformed()) }
}

fn over_udp(server: SocketAddr, packet: &[u8]) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.connect(server)?;
    socket.send(packet)?;
    let mut buffer = vec![0; usize::from(u16::MAX)];
    let length = socket.recv(&mut buffer)?;
    buffer.truncate(length);
    Ok(buffer)
}

fn over_tcp(server: SocketAddr, packet: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = u16::try_from(packet.len()).map_err(io::Error::other)?.to_be_bytes();
    stream.write_all(&[&length, packet].concat())?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

/// RFC 1035, section 4; RFC 6891 for the OPT record; RFC 7871 for the asker's network.
fn packet(question: &Question) -> io::Result<Vec<u8>> {
    let with_opt = question.edns.is_some() || question.subnet.is_some();
    let flags = u16::from(question.opcode.unwrap_or_default()) << 11 | u16::from(question.recursion) << 8;
    let mut out = Vec::new();
    for number in [ID, flags, 1, 0, 0, u16::from(with_opt)] {
        out.extend(number.to_be_bytes());
    }
    for label in question.name.split('.').filter(|label| !label.is_empty()) {
        out.push(u8::try_from(label.len()).ok().filter(|length| *length < 64).ok_or(ErrorKind::InvalidInput)?);
        out.extend(label.as_bytes());
    }
    out.push(0);
    let kind = KINDS.iter().find(|(name, _)| *name == question.kind).ok_or(ErrorKind::InvalidInput)?.1;
    out.extend(kind.to_be_bytes());
    out.extend(question.class.unwrap_or(1).to_be_bytes());
    if with_opt {
        out.push(0);
        out.extend(OPT.to_be_bytes());
        out.extend(question.edns.unwrap_or(4096).to_be_bytes());
        out.extend([0; 4]);
        let option = question.subnet.as_deref().map(subnet).transpose()?.unwrap_or_default();
        out.extend(u16::try_from(option.len()).map_err(io::Error::other)?.to_be_bytes());
        out.extend(option);
    }
    Ok(out)
}

/// `a.b.c.d/24` as an option: only the bytes that the length covers are sent.
fn subnet(text: &str) -> io::Result<Vec<u8>> {
    let (address, length) = text.split_once('/').ok_or(ErrorKind::InvalidInput)?;
    let address: Ipv4Addr = address.parse().map_err(io::Error::other)?;
    let length: u8 = length.parse().map_err(io::Error::other)?;
    let bytes = &address.octets()[..usize::from(length.div_ceil(8)).min(4)];
    let mut out = vec![0, 8, 0, u8::try_from(bytes.len()).map_err(io::Error::other)? + 4, 0, 1, length, 0];
    out.extend(bytes);
    Ok(out)
}
