//! An archive, member by member, from a stream.

use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;
use proconsul_base::limit;
use proconsul_state::store::View;

use crate::error::{Broken, FileError, GzipError, ReadError};
use crate::meta::{Meta, VERSION};
use crate::state::{self, Skipped, StateError};
use crate::sums::{self, Counted, Sums};
use crate::tar::{self, Header};
use crate::{META, STATE, SUMS};

/// How a compressed stream begins: gzip, deflate.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
const GZIP_HEADER_BYTES: usize = 10;

/// What an archive holds.
#[derive(Debug)]
pub struct Contents {
    /// What it says about its state.
    pub meta: Meta,
    /// The state.
    pub view: View,
    /// The records that have no place here, by what they are.
    pub skipped: Skipped,
}

/// Reads a whole archive and checks everything about it.
pub fn read(from: &mut dyn Read) -> Result<Contents, ReadError> {
    let (meta, state) = walk(from, state::read)?;
    let (view, skipped) = state?;
    Ok(Contents { meta, view, skipped })
}

/// Reads a whole archive and checks all but the records of its state.
pub fn inspect(from: &mut dyn Read) -> Result<Meta, ReadError> {
    Ok(walk(from, |_state| Ok::<_, StateError>(()))?.0)
}

/// Goes through an archive. `take` reads the state, or as much of it as it wants; what it finds counts only when all the rest
/// is well.
fn walk<T>(
    from: &mut dyn Read,
    take: impl FnOnce(&mut dyn Read) -> Result<T, StateError>,
) -> Result<(Meta, Result<T, StateError>), ReadError> {
    let mut members = tar::Reader::new(MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, begin(from)?)));
    let (mut found, mut take, mut taken) = (Members::default(), Some(take), None);
    while let Some(header) = members.next().map_err(|error| ReadError::File(FileError::Tar(error)))? {
        match (&*header.name, take.take_if(|_| header.name == STATE)) {
            (STATE, Some(take)) => taken = Some(found.state(&header, &mut members, take).map_err(ReadError::File)?),
            _ => found.other(&header, &mut members).map_err(ReadError::File)?,
        }
    }
    let rest = io::copy(&mut members.into_inner().take(limit::ARCHIVE_META_BYTES), &mut io::sink());
    match rest.map_err(|error| ReadError::End(error.into()))? {
        0 => {}
        rest => return Err(ReadError::Trailing(rest)),
    }
    let meta = found.check().map_err(ReadError::File)?;
    // Both digests agree, so both members were there.
    let state = taken.unwrap_or(Err(StateError::Cut));
    if meta.version != VERSION {
        return Err(ReadError::Version(meta.version));
    }
    if meta.size != found.state_bytes {
        return Err(ReadError::Size { actual: found.state_bytes, told: meta.size });
    }
    Ok((meta, state))
}

/// The stream from its beginning, when that is gzip's.
fn begin(from: &mut dyn Read) -> Result<impl Read, ReadError> {
    let mut head = Vec::with_capacity(GZIP_HEADER_BYTES);
    let read = from.take(GZIP_HEADER_BYTES as u64).read_to_end(&mut head);
    let problem = match (read, &head[..]) {
        (Err(error), _) => GzipError::Broken(Broken::Read(error)),
        (_, []) => GzipError::Empty,
        (_, head) if head.len() < GZIP_HEADER_BYTES => GzipError::Broken(Broken::Cut),
        (_, head) if head.starts_with(&MAGIC) => return Ok(io::Cursor::new(head.to_vec()).chain(from)),
        _ => GzipError::Header,
    };
    Err(ReadError::Gzip(problem))
}

/// What has been found of the members.
#[derive(Default)]
struct Members {
    meta: Option<Vec<u8>>,
    list: Option<Vec<u8>>,
    sums: Sums,
    state_bytes: u64,
}

impl Members {
    fn state<T>(
        &mut self,
        header: &Header,
        from: &mut impl Read,
        take: impl FnOnce(&mut dyn Read) -> Result<T, StateError>,
    ) -> Result<Result<T, StateError>, FileError> {
        if header.size > limit::RESTORE_BYTES {
            return Err(FileError::StateTooLarge(header.size));
        }
        let mut counted = Counted::new(from);
        let taken = take(&mut counted);
        // The stream's own damage comes before what it did to a record.
        io::copy(&mut counted, &mut io::sink()).map_err(|error| FileError::Data(error.into()))?;
        (self.state_bytes, self.sums.state) = counted.finish();
        Ok(taken)
    }

    fn other(&mut self, header: &Header, from: &mut impl Read) -> Result<(), FileError> {
        let (name, place) = match &*header.name {
            META => (META, &mut self.meta),
            SUMS => (SUMS, &mut self.list),
            other => return Err(FileError::Unexpected(other.to_owned())),
        };
        if place.is_some() {
            return Err(FileError::Unexpected(name.to_owned()));
        }
        if header.size > limit::ARCHIVE_META_BYTES {
            return Err(FileError::TooLarge { name, bytes: header.size });
        }
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).map_err(|error| FileError::Data(error.into()))?;
        if name == META {
            self.sums.meta = sums::sum(&bytes);
        }
        *place = Some(bytes);
        Ok(())
    }

    fn check(&self) -> Result<Meta, FileError> {
        self.sums.check(self.list.as_deref().unwrap_or_default())?;
        Ok(serde_json::from_slice(self.meta.as_deref().unwrap_or_default())?)
    }
}
