//! A state as an archive, to a stream.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proconsul_state::store::View;

use crate::meta::{Meta, Server};
use crate::sums::{Counted, Sums, sum};
use crate::{META, STATE, SUMS, state, tar};

/// Where and when a state was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The term of its last write.
    pub term: u64,
    /// The servers that hold it.
    pub servers: Vec<Server>,
    /// The write that made them the servers.
    pub configuration_index: u64,
    /// The time, in milliseconds since 1970.
    pub milliseconds: u64,
}

/// Writes a state as an archive that Consul 1.8 reads. The state is gone through twice: its size and its digest stand before it,
/// and it is not held in memory.
pub fn write(view: &View, origin: &Origin, to: &mut dyn Write) -> io::Result<()> {
    let mut counted = Counted::new(io::sink());
    state::write(view, &mut counted)?;
    let (size, state_sum) = counted.finish();
    let meta = serde_json::to_vec(&Meta::new(view.applied().0, origin, size))?;
    let list = Sums { meta: sum(&meta), state: state_sum }.list();

    let mut files = tar::Writer::new(GzEncoder::new(to, Compression::default()), origin.milliseconds / 1000);
    files.file(META, meta.len() as u64, |to| to.write_all(&meta))?;
    files.file(STATE, size, |to| state::write(view, to))?;
    files.file(SUMS, list.len() as u64, |to| to.write_all(list.as_bytes()))?;
    files.finish()?.finish()?.flush()
}
