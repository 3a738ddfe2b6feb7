//! The agent's log, as it is written.

use proconsul_types::log_level::LogLevel;

use crate::pieces::Pieces;

/// `/v1/agent/monitor`.
pub trait MonitorCalls {
    /// The lines from now on that are at least so important, as text or as JSON. Who reads more slowly than is logged loses lines
    /// and is told so.
    fn monitor(&self, level: LogLevel, json: bool) -> Box<dyn Pieces>;
}
