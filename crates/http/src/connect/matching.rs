//! `/v1/connect/intentions/match` and `check`: what concerns a service, and whether a call may be made.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_calls::door::Door;
use proconsul_calls::intention::{Check, Match, Name};
use proconsul_types::config_entry::DEFAULT_NAMESPACE;
use proconsul_types::intention::{CONSUL, IntentionRecord};
use serde::Serialize;

use super::IntentionRefusal;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

/// Nothing is shown as `null`.
type Matched<'a> = BTreeMap<&'a str, Option<Vec<Arc<IntentionRecord>>>>;

pub(crate) async fn matching<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let by_source = match cx.query.get("by").ok_or(IntentionRefusal::NotSet("by"))? {
        "source" => true,
        "destination" => false,
        _ => return Err(IntentionRefusal::By.into()),
    };
    let asked: Vec<&str> = cx.query.all("name").collect();
    if asked.is_empty() {
        return Err(IntentionRefusal::NotSet("name").into());
    }
    let names = asked.iter().map(|text| name("name", text)).collect::<Result<_, _>>()?;
    let lists = cx.door.intention_match(Match { by_source, names, options }).await?.value;
    let lists = lists.into_iter().map(|list| Some(list).filter(|list| !list.is_empty()));
    let matched: Matched<'_> = asked.into_iter().zip(lists).collect();
    cx.record(&matched)
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Allowed {
    allowed: bool,
}

pub(crate) async fn check<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let source = name("source", cx.query.get("source").ok_or(IntentionRefusal::NotSet("source"))?)?;
    let destination = name("destination", cx.query.get("destination").ok_or(IntentionRefusal::NotSet("destination"))?)?;
    let source_type = cx.query.filled("source-type").unwrap_or(CONSUL);
    let allowed = cx.door.intention_check(Check { source, source_type, destination, options }).await?;
    cx.record(&Allowed { allowed })
}

/// A service, perhaps with its namespace in front: `web`, `default/web`.
pub(super) fn name<'t>(parameter: &'static str, text: &'t str) -> Result<Name<'t>, HttpError> {
    let (namespace, service) = text.split_once('/').unwrap_or((DEFAULT_NAMESPACE, text));
    if service.contains('/') {
        return Err(IntentionRefusal::Slashes(parameter, text.to_owned()).into());
    }
    Ok(Name { namespace, service })
}
