//! The whole state out to a stream and in from one, table by table.
//!
//! ```text
//! +--------------------+-------------+-------------+---------+-----+------------+
//! | "proconsul state\n"| version u16 | applied u64 | section | ... | 0xffff u16 |
//! +--------------------+-------------+-------------+---------+-----+------------+
//! section: kind u16, head length u32, head, records u64, then each record: length u32, body
//! ```
//!
//! Numbers are little-endian. A section whose kind has the highest bit set may be skipped by who does not know it. Who keeps
//! or moves these bytes adds the checksum. One state has one form: the same commands give the same bytes on every server.

mod autopilot;
mod catalog;
mod config_entries;
mod coordinates;
mod intentions;
mod kv;
mod lock_delays;
mod queries;
mod restores;
mod section;
mod sessions;
mod tombstones;

use std::io::{self, BufWriter, Read, Write};

use proconsul_base::index::Index;
use proconsul_base::limit;

use crate::check::Broken;
use crate::command::SAFE_TO_SKIP;
use crate::store::View;
use crate::table::Tables;
use crate::table::autopilot::Autopilot;
use crate::table::checks::Checks;
use crate::table::config_entries::ConfigEntries;
use crate::table::coordinates::Coordinates;
use crate::table::intentions::Intentions;
use crate::table::kv::KvTable;
use crate::table::lock_delays::LockDelays;
use crate::table::nodes::Nodes;
use crate::table::queries::Queries;
use crate::table::restores::Restores;
use crate::table::services::Services;
use crate::table::sessions::Sessions;
use crate::table::tombstones::Tombstones;
use crate::wire::Body;
use section::{Records, Section};

const MARK: &[u8; 16] = b"proconsul state\n";
const VERSION: u16 = 1;
const END: u16 = 0xffff;

/// Why a stream gives no state.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The stream failed or ended too early.
    #[error("the snapshot of the state could not be read to its end")]
    Read(#[from] io::Error),
    /// It does not begin like a snapshot.
    #[error("this is no snapshot of the state: it does not begin with its mark")]
    Mark,
    /// Written by a newer program.
    #[error(
        "the snapshot of the state has version {0}, this program reads up to {VERSION}; run the version that wrote it"
    )]
    Version(u16),
    /// A table that must not be skipped.
    #[error(
        "the snapshot of the state has a table {0:#06x} that this program does not know; run the version that wrote it"
    )]
    Section(u16),
    /// A record that does not have the form of its table.
    #[error("the snapshot of the state has a malformed record in table {0:#06x}; take it from another server")]
    Record(u16),
    /// The records do not make a whole state.
    #[error("the snapshot of the state breaks an invariant; take it from another server")]
    Broken(#[from] Broken),
}

impl View {
    /// Writes the state as [`read`] takes it.
    pub fn write_to(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut to = BufWriter::with_capacity(64 * 1024, to);
        let Tables {
            applied,
            kv,
            tombstones,
            catalog,
            queries,
            autopilot,
            coordinates,
            sessions,
            lock_delays,
            config_entries,
            intentions,
            restores,
        } = &self.tables;
        to.write_all(MARK)?;
        to.write_all(&VERSION.to_le_bytes())?;
        to.write_all(&applied.0.to_le_bytes())?;
        write_section(&mut to, restores)?;
        write_section(&mut to, kv)?;
        write_section(&mut to, tombstones)?;
        write_section(&mut to, queries)?;
        write_section(&mut to, autopilot)?;
        write_section(&mut to, config_entries)?;
        write_section(&mut to, intentions)?;
        write_section(&mut to, coordinates)?;
        write_section(&mut to, sessions)?;
        write_section(&mut to, lock_delays)?;
        write_section(&mut to, &catalog.nodes)?;
        write_section(&mut to, &catalog.services)?;
        write_section(&mut to, &catalog.checks)?;
        to.write_all(&END.to_le_bytes())?;
        to.flush()
    }
}

/// A table as it was made leaves no trace: a snapshot without a family can be read by versions from before it.
fn write_section<T: Section + Default + PartialEq>(to: &mut impl Write, table: &T) -> io::Result<()> {
    if *table == T::default() {
        return Ok(());
    }
    let mut head = Vec::new();
    table.head(&mut head);
    if table.len() == 0 && head.iter().all(|byte| *byte == 0) {
        // Never written: as good as absent.
        return Ok(());
    }
    to.write_all(&T::KIND.to_le_bytes())?;
    to.write_all(&(head.len() as u32).to_le_bytes())?;
    to.write_all(&head)?;
    to.write_all(&(table.len() as u64).to_le_bytes())?;
    table.write(&mut Records::new(to))
}

/// Reads a state and checks that it is whole. Reads no byte past its end.
pub fn read(from: &mut dyn Read) -> Result<View, SnapshotError> {
    let mut from = Stream { from, body: Vec::new() };
    if &from.array::<16>()? != MARK {
        return Err(SnapshotError::Mark);
    }
    let version = u16::from_le_bytes(from.array()?);
    if version != VERSION {
        return Err(SnapshotError::Version(version));
    }
    let mut tables = Tables { applied: Index(u64::from_le_bytes(from.array()?)), ..Tables::default() };
    loop {
        let kind = u16::from_le_bytes(from.array()?);
        if kind == END {
            tables.check()?;
            return Ok(View { tables });
        }
        read_section(&mut from, kind, &mut tables)?;
    }
}

fn read_section(from: &mut Stream<'_>, kind: u16, tables: &mut Tables) -> Result<(), SnapshotError> {
    match kind {
        KvTable::KIND => tables.kv = read_table(from)?,
        Tombstones::KIND => tables.tombstones = read_table(from)?,
        Autopilot::KIND => tables.autopilot = read_table(from)?,
        Queries::KIND => tables.queries = read_table(from)?,
        ConfigEntries::KIND => tables.config_entries = read_table(from)?,
        Intentions::KIND => tables.intentions = read_table(from)?,
        Coordinates::KIND => tables.coordinates = read_table(from)?,
        Restores::KIND => tables.restores = read_table(from)?,
        Sessions::KIND => tables.sessions = read_table(from)?,
        LockDelays::KIND => tables.lock_delays = read_table(from)?,
        Nodes::KIND => tables.catalog.nodes = read_table(from)?,
        Services::KIND => tables.catalog.services = read_table(from)?,
        Checks::KIND => tables.catalog.checks = read_table(from)?,
        _ if kind & SAFE_TO_SKIP != 0 => skip_section(from, kind)?,
        _ => return Err(SnapshotError::Section(kind)),
    }
    Ok(())
}

fn read_table<T: Section>(from: &mut Stream<'_>) -> Result<T, SnapshotError> {
    let malformed = || SnapshotError::Record(T::KIND);
    let mut table = T::begin(Body(from.record(T::KIND)?)).ok_or_else(malformed)?;
    for _ in 0..u64::from_le_bytes(from.array()?) {
        table.restore(from.record(T::KIND)?).ok_or_else(malformed)?;
    }
    Ok(table)
}

fn skip_section(from: &mut Stream<'_>, kind: u16) -> Result<(), SnapshotError> {
    from.record(kind)?;
    for _ in 0..u64::from_le_bytes(from.array()?) {
        from.record(kind)?;
    }
    Ok(())
}

struct Stream<'a> {
    from: &'a mut dyn Read,
    body: Vec<u8>,
}

impl Stream<'_> {
    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// A head or a record, with its length before it.
    fn record(&mut self, kind: u16) -> Result<&[u8], SnapshotError> {
        let length = u32::from_le_bytes(self.array()?) as usize;
        if length > limit::SNAPSHOT_RECORD_BYTES {
            return Err(SnapshotError::Record(kind));
        }
        self.body.resize(length, 0);
        self.from.read_exact(&mut self.body)?;
        Ok(&self.body)
    }
}

#[cfg(test)]
mod tests;
