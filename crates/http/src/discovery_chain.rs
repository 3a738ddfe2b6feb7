//! `/v1/discovery-chain/:service`: the graph that a proxy follows, with what the caller wants otherwise.

use hyper::Method;
use proconsul_calls::config::GetChain;
use proconsul_calls::door::Door;
use proconsul_calls::read::Answer;
use proconsul_types::config_entry::{MeshGateway, Span};
use proconsul_types::discovery_chain::CompiledChain;
use serde::{Deserialize, Serialize};

use crate::body::BodyLimit;
use crate::config::ConfigRefusal;
use crate::cx::Cx;
use crate::decode::{self, DecodeError, Json};
use crate::error::HttpError;
use crate::reply::Reply;
use crate::weak;

/// What the caller wants otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Wishes {
    #[serde(alias = "override_mesh_gateway")]
    override_mesh_gateway: MeshGateway,
    #[serde(alias = "override_protocol")]
    override_protocol: String,
    #[serde(alias = "override_connect_timeout")]
    override_connect_timeout: Span,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    chain: CompiledChain,
}

pub(crate) async fn answer<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let asked = options.consistency;
    cx.default_namespace()?;
    if cx.rest.is_empty() {
        return Err(ConfigRefusal::NoChainName.into());
    }
    let wishes = if *cx.method == Method::POST { wishes(cx).await? } else { Wishes::default() };
    let chain = GetChain {
        service: cx.rest,
        compiled_for: cx.query.filled("compile-dc"),
        mesh_gateway: wishes.override_mesh_gateway.mode,
        protocol: wishes.override_protocol,
        connect_timeout: wishes.override_connect_timeout,
        options,
    };
    let Answer { index, contact, value } = cx.door.discovery_chain(chain).await.map_err(HttpError::Read)?;
    cx.discovered(asked, &Answer { index, contact, value: Shown { chain: value } })
}

async fn wishes<D: Door>(cx: &mut Cx<'_, D>) -> Result<Wishes, HttpError> {
    let body = cx.bytes(BodyLimit::ANY).await?;
    let json = decode::first(&body).map_err(|error| HttpError::DecodeDocument(error.into()))?;
    if !matches!(json, Json::Object(_) | Json::Null) {
        return Err(HttpError::DecodeDocument(DecodeError::of_map(&json)));
    }
    let wishes: Wishes = weak::lenient(&json).map_err(ConfigRefusal::Document)?;
    match &*wishes.override_mesh_gateway.mode {
        "" | "none" | "local" | "remote" => Ok(wishes),
        _ => Err(ConfigRefusal::MeshGatewayMode.into()),
    }
}
