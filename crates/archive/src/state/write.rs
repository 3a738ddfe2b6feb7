//! A state as records, in Consul's order.

use std::io::{self, Write};

use proconsul_base::blake2b;
use proconsul_base::id::IntentionId;
use proconsul_gopack::{append, to_vec};
use proconsul_records::catalog::RegisterRequest;
use proconsul_records::config_entry::ConfigEntryRequest;
use proconsul_records::coordinate::Coordinate;
use proconsul_records::intention::Intention;
use proconsul_records::kv::DirEntry;
use proconsul_records::operator::AutopilotConfig;
use proconsul_records::query::PreparedQuery;
use proconsul_records::session::Session;
use proconsul_state::store::View;
use proconsul_types::config_entry::{ConfigRecord, Kind};
use proconsul_types::intention::{IntentionRecord, Pair};
use serde::Serialize;

use super::{Header, index, kind};

/// Writes all records: the same state gives the same bytes.
pub(crate) fn write(view: &View, to: &mut dyn Write) -> io::Result<()> {
    let header = to_vec(&Header { last_index: view.applied().0 }).map_err(io::Error::other)?;
    to.write_all(&header)?;
    let mut records = Records { to, bytes: Vec::new() };
    nodes(view, &mut records)?;
    let coordinates: Vec<Coordinate> = view.coordinates().map(|place| (&**place).into()).collect();
    if !coordinates.is_empty() {
        records.put(kind::COORDINATES, &coordinates)?;
    }
    view.sessions().try_for_each(|session| records.put(kind::SESSION, &Session::from(&**session)))?;
    view.kv_list("").try_for_each(|entry| records.put(kind::KEY, &DirEntry::from(&**entry)))?;
    for (key, index) in view.tombstones() {
        let deleted = DirEntry { key: key.clone(), modify_index: index.0, ..DirEntry::default() };
        records.put(kind::TOMBSTONE, &deleted)?;
    }
    view.queries().try_for_each(|query| records.put(kind::QUERY, &PreparedQuery::from((**query).clone())))?;
    view.autopilot().into_iter().try_for_each(|kept| records.put(kind::AUTOPILOT, &AutopilotConfig::from(&**kept)))?;
    view.intentions().iter().try_for_each(|record| records.put(kind::INTENTION, &intention(record)))?;
    let entries = Kind::ALL.into_iter().filter(|kind| *kind != Kind::ServiceIntentions);
    for entry in entries.flat_map(|kind| view.config_entries(Some(kind))) {
        let (datacenter, op, token) = Default::default();
        let record = ConfigRecord::clone(&entry);
        records.put(kind::CONFIG_ENTRY, &ConfigEntryRequest { datacenter, record, op, token })?;
    }
    index::entries(view).iter().try_for_each(|entry| records.put(kind::INDEX, entry))
}

/// Each node before what is on it.
fn nodes(view: &View, records: &mut Records<'_>) -> io::Result<()> {
    for node in view.nodes() {
        let alone = RegisterRequest::of_node(node);
        records.put(kind::REGISTER, &alone)?;
        for service in view.services_on(&node.name) {
            let service = Some((&**service).into());
            records.put(kind::REGISTER, &RegisterRequest { service, ..alone.clone() })?;
        }
        for check in view.checks_on(&node.name) {
            let check = Some((&**check).into());
            records.put(kind::REGISTER, &RegisterRequest { check, ..alone.clone() })?;
        }
    }
    Ok(())
}

/// An intention that came with a config entry has no id, which Consul 1.8.7 does not survive: it is given one made of its pair.
fn intention(record: &IntentionRecord) -> Intention {
    let mut written = Intention::from(record);
    if written.id.is_empty() {
        let Pair { source_ns, source_name, destination_ns, destination_name } = record.intention.pair();
        let texts = [source_ns, source_name, destination_ns, destination_name].join("\0");
        let digest = blake2b::digest(texts.as_bytes());
        written.id = IntentionId::from_bytes(std::array::from_fn(|place| digest[place])).to_string();
    }
    written
}

struct Records<'a> {
    to: &'a mut dyn Write,
    bytes: Vec<u8>,
}

impl Records<'_> {
    fn put<T: Serialize + ?Sized>(&mut self, kind: u8, record: &T) -> io::Result<()> {
        self.bytes.clear();
        self.bytes.push(kind);
        append(&mut self.bytes, record).map_err(io::Error::other)?;
        self.to.write_all(&self.bytes)
    }
}
