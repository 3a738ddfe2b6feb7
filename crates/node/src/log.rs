//! The agent's log: Consul's line layout or JSON, on standard output and in files that are changed by size and age.
//!
//! Whoever logs never waits: lines go through a bounded queue to one thread that writes. Knows nothing of what is logged.

mod file;
mod line;
mod room;
mod writer;

use std::io;
use std::sync::Arc;

use proconsul_agent::config::{LogConfig, Place};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use self::file::LogFile;
use self::line::Lines;
use self::room::Room;
pub(crate) use self::room::{listen, set_level};
pub use self::writer::Log;

/// Why the log cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The first log file cannot be made.
    #[error("failed to open the log file {0}; name a directory that can be written to with -log-file")]
    File(Place, #[source] io::Error),
    /// The thread that writes cannot be made.
    #[error("failed to start the thread that writes the log")]
    Thread(#[source] io::Error),
    /// This process logs already.
    #[error("the log of this process is started for the second time")]
    Twice,
}

/// Starts the log of this process. It ends, with everything written, when the returned [`Log`] is dropped.
pub fn start(config: &LogConfig) -> Result<Log, LogError> {
    let file = config
        .file
        .as_ref()
        .map(|place| LogFile::open(config, place).map_err(|error| LogError::File(place.clone(), error)));
    let log = Log::start(io::stdout(), file.transpose()?).map_err(LogError::Thread)?;
    let room = Room::new(config.level);
    let lines = Lines::new(Arc::clone(&room), config.json, log.queue());
    tracing::subscriber::set_global_default(Registry::default().with(lines)).map_err(|_| LogError::Twice)?;
    if !room.open() {
        return Err(LogError::Twice);
    }
    Ok(log)
}
