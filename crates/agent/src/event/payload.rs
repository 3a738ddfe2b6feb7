//! A user event in the form in which Consul's agents pass it on inside of serf's events.
//!
//! A msgpack map: `ID`, `n` name, `p` payload, `nf` `sf` `tf` filters, `v` version; empty ones are left out. Texts and bytes are
//! written in msgpack's newer dialect, of which either is read.

use proconsul_swim::wire::msgpack::{ReadError, Reader};
use proconsul_types::event::UserEvent;

/// What stands before the name of a Consul event among the names of serf's.
const NAME_PREFIX: &str = "consul:event:";

/// The name of an event as serf carries it.
pub fn gossip_name(name: &str) -> String {
    format!("{NAME_PREFIX}{name}")
}

/// Whether a serf event carries an event of Consul.
pub fn is_consuls(gossip_name: &str) -> bool {
    gossip_name.starts_with(NAME_PREFIX)
}

/// As it travels.
pub fn encode(event: &UserEvent) -> Vec<u8> {
    let filters = [("nf", &event.node_filter), ("sf", &event.service_filter), ("tf", &event.tag_filter)];
    let filters = filters.into_iter().filter(|(_, filter)| !filter.is_empty());
    let fields = 3 + usize::from(!event.payload.is_empty()) + filters.clone().count();
    // Never more than seven: a map of this size has its length in its first byte.
    let mut to = vec![0x80 | fields as u8];
    text(&mut to, "ID");
    text(&mut to, &event.id);
    text(&mut to, "n");
    text(&mut to, &event.name);
    if !event.payload.is_empty() {
        text(&mut to, "p");
        sized(&mut to, [0xc4, 0xc5], &event.payload);
    }
    for (key, filter) in filters {
        text(&mut to, key);
        text(&mut to, filter);
    }
    text(&mut to, "v");
    // There is no other version, and a small number is its own byte.
    to.push(1);
    to
}

fn text(to: &mut Vec<u8>, text: &str) {
    if text.len() < 32 {
        to.push(0xa0 | text.len() as u8);
        to.extend_from_slice(text.as_bytes());
    } else {
        sized(to, [0xd9, 0xda], text.as_bytes());
    }
}

/// A length in one byte or in two, each after its mark, and what it counts. What is longer than two bytes can tell is longer than
/// any event may be: it is cut, and gossip refuses it.
fn sized(to: &mut Vec<u8>, marks: [u8; 2], bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(usize::from(u16::MAX))];
    match u8::try_from(bytes.len()) {
        Ok(length) => to.extend_from_slice(&[marks[0], length]),
        Err(_) => {
            to.push(marks[1]);
            to.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
        }
    }
    to.extend_from_slice(bytes);
}

/// From its form in gossip, heard at a Lamport time.
///
/// # Errors
/// It is no such map.
pub fn decode(bytes: &[u8], lamport_time: u64) -> Result<UserEvent, ReadError> {
    let mut event = UserEvent { lamport_time, ..UserEvent::default() };
    Reader::new(bytes).fields(|key, reader| {
        match key {
            b"ID" => event.id = reader.text()?.to_owned(),
            b"n" => event.name = reader.text()?.to_owned(),
            b"p" => event.payload = reader.raw()?.to_owned(),
            b"nf" => event.node_filter = reader.text()?.to_owned(),
            b"sf" => event.service_filter = reader.text()?.to_owned(),
            b"tf" => event.tag_filter = reader.text()?.to_owned(),
            b"v" => event.version = reader.uint()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> UserEvent {
        UserEvent {
            id: "b27f6bd6-5d4f-0151-a8c0-82d353a3904d".to_owned(),
            name: "big".to_owned(),
            version: 1,
            ..UserEvent::default()
        }
    }

    #[test]
    fn an_event_has_its_golden_bytes_and_reads_back() {
        let golden = b"\x83\xa2ID\xd9\x24b27f6bd6-5d4f-0151-a8c0-82d353a3904d\xa1n\xa3big\xa1v\x01";
        assert_eq!(encode(&event()), golden);
        assert_eq!(decode(golden, 0), Ok(event()));
        let [node_filter, service_filter, tag_filter] = ["n", "s", "t"].map(str::to_owned);
        let payload = vec![7; 300];
        let full = UserEvent { payload, node_filter, service_filter, tag_filter, lamport_time: 9, ..event() };
        assert_eq!(decode(&encode(&full), 9), Ok(full));
    }

    /// Measured on Consul 1.8.7: with this name, 440 bytes fit before serf encodes them and 441 do not.
    #[test]
    fn an_event_takes_as_much_room_as_consuls() {
        let of = |bytes| gossip_name("big").len() + encode(&UserEvent { payload: vec![0; bytes], ..event() }).len();
        assert_eq!((of(440), of(441)), (512, 513));
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for bytes in [&b""[..], b"\x81\xa2ID", b"\x81\xa2ID\x07", b"hello"] {
            assert!(decode(bytes, 0).is_err(), "{bytes:?}");
        }
    }
}
