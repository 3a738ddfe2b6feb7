//! Records into a state.

use std::io::Read;

use proconsul_base::index::Index;
use proconsul_gopack::from_slice;
use proconsul_records::catalog::RegisterRequest;
use proconsul_records::config_entry::ConfigEntryRequest;
use proconsul_records::coordinate::Coordinate;
use proconsul_records::intention::Intention;
use proconsul_records::kv::DirEntry;
use proconsul_records::operator::AutopilotConfig;
use proconsul_records::query::PreparedQuery;
use proconsul_records::session::Session;
use proconsul_state::import::Import;
use proconsul_state::store::View;

use super::index::IndexEntry;
use super::kind::{self, Skipped};
use super::stream::Stream;
use super::{Header, RecordError, StateError};

/// Higher indexes are a mistake: a log that grows by a million entries a second reaches this after 146 millennia.
const INDEX_MAX: u64 = 1 << 62;

/// Reads all records and puts the state together.
pub(crate) fn read(from: &mut dyn Read) -> Result<(View, Skipped), StateError> {
    let mut stream = Stream::new(from);
    let Header { last_index } = stream.header()?;
    let mut import = Import { applied: Index(last_index), ..Import::default() };
    let mut skipped = Skipped::default();
    while let Some((kind, value)) = stream.record()? {
        if !take(&mut import, kind, value).map_err(|reason| StateError::Record { kind, reason: Box::new(reason) })? {
            skipped.add(kind::without_place(kind).ok_or(StateError::Unknown(kind))?);
        }
    }
    let view = import.finish()?;
    match view.applied().0 {
        index if index > INDEX_MAX => Err(StateError::Index(index)),
        _ => Ok((view, skipped)),
    }
}

/// Takes one record in; false when its kind has no place here.
fn take(import: &mut Import, kind: u8, value: &[u8]) -> Result<bool, RecordError> {
    match kind {
        kind::REGISTER => register(import, from_slice(value)?)?,
        kind::KEY => import.keys.push(from_slice::<DirEntry>(value)?.try_into()?),
        kind::SESSION => import.sessions.push(from_slice::<Session>(value)?.try_into()?),
        kind::TOMBSTONE => {
            let DirEntry { key, modify_index, .. } = from_slice(value)?;
            import.tombstones.push((Index(modify_index), key));
        }
        kind::COORDINATES => {
            import.coordinates.extend(from_slice::<Vec<Coordinate>>(value)?.into_iter().map(Into::into))
        }
        kind::QUERY => import.queries.push(from_slice::<PreparedQuery>(value)?.into()),
        kind::AUTOPILOT => import.autopilot = Some(from_slice::<AutopilotConfig>(value)?.into()),
        kind::INTENTION => import.intentions.push(from_slice::<Intention>(value)?.into()),
        kind::CONFIG_ENTRY => import.config_entries.push(from_slice::<ConfigEntryRequest>(value)?.record),
        kind::INDEX => {
            let IndexEntry { key, value } = from_slice(value)?;
            import.indexes.insert(key, Index(value));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// A node, and with it perhaps an instance or checks on it.
fn register(import: &mut Import, mut request: RegisterRequest) -> Result<(), RecordError> {
    let (service, check, checks) = (request.service.take(), request.check.take(), request.checks.take());
    let node = request.node()?;
    // Each of a node's records tells the node again.
    if import.nodes.last() != Some(&node) {
        import.nodes.push(node);
    }
    if let Some(service) = service {
        import.services.push(service.on(request.node.clone())?);
    }
    import.checks.extend(check.into_iter().chain(checks.unwrap_or_default()).map(Into::into));
    Ok(())
}
