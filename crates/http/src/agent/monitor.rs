//! `/v1/agent/monitor`: the log as it is written, for as long as somebody reads it.

use proconsul_calls::agent::MonitorCalls;
use proconsul_calls::door::Door;
use proconsul_types::log_level::LogLevel;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

pub(crate) async fn monitor<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let level = match cx.query.filled("loglevel") {
        None => LogLevel::Info,
        Some(name) => LogLevel::from_name(name).ok_or_else(|| HttpError::LogLevel(name.to_owned()))?,
    };
    // As in Consul, that the parameter is there is enough, whatever it says.
    Ok(reply::stream(cx.door.agent().monitor(level, cx.query.has("logjson"))))
}
