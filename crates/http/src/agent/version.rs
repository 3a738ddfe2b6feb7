//! `/v1/agent/version`, which Consul has since 1.13: what `self` says about the program, without the rest.

use proconsul_calls::agent::SelfCalls;
use proconsul_calls::door::Door;
use serde::Serialize;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

/// What Consul says of a build without a date. Ours carry none, so that the same source gives the same program.
const UNKNOWN_DATE: &str = "1970-01-01T00:00:01Z";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    #[serde(rename = "SHA")]
    revision: String,
    build_date: &'static str,
    human_version: String,
}

pub(crate) async fn version<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let config = cx.door.agent().describe().config;
    cx.record(&Version { revision: config.revision, build_date: UNKNOWN_DATE, human_version: config.version })
}
