//! DNS messages as text. Knows the types that Consul answers with; anything else is shown as bytes.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{KINDS, OPT};

/// A message that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: u16,
    /// Operation, answer's code and flags, in words.
    pub(crate) head: String,
    pub(crate) question: Vec<String>,
    /// Answer, authority, additional.
    pub(crate) sections: Vec<Section>,
}

/// Records in the order of the message.
pub(crate) type Section = Vec<Record>;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Such as `SRV`.
    pub(crate) kind: String,
    /// The whole of it.
    pub(crate) text: String,
}

const CODES: [&str; 6] = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
const FLAGS: [(&str, u16); 7] =
    [("qr", 1 << 15), ("aa", 1 << 10), ("tc", 1 << 9), ("rd", 1 << 8), ("ra", 1 << 7), ("ad", 1 << 5), ("cd", 1 << 4)];

/// Reads a message; nothing when it is malformed or longer than it says.
pub(super) fn message(bytes: &[u8]) -> Option<Message> {
    let mut reader = Reader { bytes, at: 0 };
    let (id, flags) = (reader.number()?, reader.number()?);
    let counts = [reader.number()?, reader.number()?, reader.number()?, reader.number()?];
    let code = usize::from(flags & 15);
    let set = FLAGS.iter().filter(|(_, bit)| flags & bit != 0).map(|(name, _)| *name);
    let set: Vec<&str> = set.collect();
    let code = CODES.get(code).map_or_else(|| code.to_string(), |name| (*name).to_owned());
    let head = format!("{code} opcode {} {}", flags >> 11 & 15, set.join(" "));
    let question = (0..counts[0]).map(|_| reader.question()).collect::<Option<_>>()?;
    let mut section = |count| (0..count).map(|_| reader.record()).collect::<Option<Section>>();
    let sections = vec![section(counts[1])?, section(counts[2])?, section(counts[3])?];
    (reader.at == bytes.len()).then_some(Message { id, head, question, sections })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let taken = self.bytes.get(self.at..self.at + length)?;
        self.at += length;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn long(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// A name, with jumps backwards as RFC 1035, section 4.1.4 allows them.
    fn name(&mut self) -> Option<String> {
        let (mut out, mut back) = (String::new(), None);
        loop {
            let length = self.take(1)?[0];
            match length {
                0 => break,
                192.. => {
                    let low = self.take(1)?[0];
                    let target = usize::from(u16::from_be_bytes([length & 63, low]));
                    back = back.or(Some(self.at));
                    if target + 2 >= self.at {
                        return None;
                    }
                    self.at = target;
                }
                _ => {
                    out.push_str(&String::from_utf8_lossy(self.take(usize::from(length))?));
                    out.push('.');
                }
            }
            if out.len() > 255 {
                return None;
            }
        }
        self.at = back.unwrap_or(self.at);
        Some(if out.is_empty() { ".".to_owned() } else { out })
    }

    fn question(&mut self) -> Option<String> {
        let (name, kind, class) = (self.name()?, self.number()?, self.number()?);
        Some(format!("{name} {} {}", class_name(class), kind_name(kind)))
    }

    fn record(&mut self) -> Option<Record> {
        let (name, kind, class, ttl) = (self.name()?, self.number()?, self.number()?, self.long()?);
        let length = usize::from(self.number()?);
        let end = self.at + length;
        let data = self.data(kind, length)?;
        if self.at != end {
            return None;
        }
        let kind_name = kind_name(kind);
        let text = if kind == OPT {
            format!("{name} OPT size {class} flags {ttl:08x} {data}")
        } else {
            format!("{name} {ttl} {} {kind_name} {data}", class_name(class))
        };
        Some(Record { kind: kind_name, text: text.trim_end().to_owned() })
    }

    fn data(&mut self, kind: u16, length: usize) -> Option<String> {
        Some(match kind_name(kind).as_str() {
            "A" => Ipv4Addr::from(<[u8; 4]>::try_from(self.take(length)?).ok()?).to_string(),
            "AAAA" => Ipv6Addr::from(<[u8; 16]>::try_from(self.take(length)?).ok()?).to_string(),
            "NS" | "CNAME" | "PTR" => self.name()?,
            "SRV" => format!("{} {} {} {}", self.number()?, self.number()?, self.number()?, self.name()?),
            "SOA" => {
                let (server, mailbox) = (self.name()?, self.name()?);
                // The serial is the time of the answer.
                self.long()?;
                let [refresh, retry, expire, minimum] = [self.long()?, self.long()?, self.long()?, self.long()?];
                format!("{server} {mailbox} «serial» {refresh} {retry} {expire} {minimum}")
            }
            "TXT" => {
                let mut rest = self.take(length)?;
                let mut texts = Vec::new();
                while let Some((size, after)) = rest.split_first() {
                    let (text, after) = after.split_at_checked(usize::from(*size))?;
                    texts.push(format!("{:?}", String::from_utf8_lossy(text)));
                    rest = after;
                }
                texts.join(" ")
            }
            _ => self.take(length)?.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

fn kind_name(kind: u16) -> String {
    KINDS.iter().find(|(_, number)| *number == kind).map_or_else(|| format!("TYPE{kind}"), |(name, _)| (*name).into())
}

fn class_name(class: u16) -> String {
    match class {
        1 => "IN".to_owned(),
        other => format!("CLASS{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_answer_is_read_to_its_end() {
        let mut bytes = vec![0, 7, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0];
        bytes.extend(b"\x01a\x06consul\x00\x00\x01\x00\x01");
        bytes.extend(b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x05\x00\x04\x0a\x00\x00\x01");
        let read = message(&bytes).unwrap();
        assert_eq!(read.head, "NOERROR opcode 0 qr aa");
        assert_eq!(read.sections[0][0].text, "a.consul. 5 IN A 10.0.0.1");
        for cut in 1..bytes.len() {
            assert_eq!(message(&bytes[..bytes.len() - cut]), None);
        }
    }

    #[test]
    fn a_name_that_points_at_itself_is_malformed() {
        assert_eq!(message(b"\x00\x07\x84\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"), None);
    }
}
