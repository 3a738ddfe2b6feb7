//! The body of an intention.

use proconsul_types::intention::Intention;

use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::decode::{DecodeError, Named, named, record};
use crate::error::HttpError;

/// Reads the intention that a request brings; `wrong` says how a body is told that cannot be read.
pub(super) async fn read<D>(cx: &mut Cx<'_, D>, wrong: fn(DecodeError) -> HttpError) -> Result<Intention, HttpError> {
    let Body { intention, source_type, action, .. } = cx.decoded(BodyLimit::ANY, wrong).await?;
    Ok(Intention { source_type: source_type.text.as_ref().into(), action: action.text.as_ref().into(), ..intention })
}

/// An intention as a user sends it: also with what only the server says.
#[derive(Debug, Default)]
struct Body {
    intention: Intention,
    source_type: Named<SourceType>,
    action: Named<Action>,
    create_index: u64,
    modify_index: u64,
}

named!(SourceType = "structs.IntentionSourceType", Action = "structs.IntentionAction");

record!(Body, "struct { Hash string; CreatedAt string; UpdatedAt string; *structs.Alias }", strict {
    "ID" => intention.id,
    "Description" => intention.description,
    "SourceNS" => intention.source_ns,
    "SourceName" => intention.source_name,
    "DestinationNS" => intention.destination_ns,
    "DestinationName" => intention.destination_name,
    "SourceType" => source_type,
    "Action" => action,
    "DefaultAddr" => intention.default_addr,
    "DefaultPort" => intention.default_port,
    "Permissions" => intention.permissions,
    "Meta" => intention.meta,
    "Precedence" => intention.precedence,
    "CreatedAt" => intention.created_at,
    "UpdatedAt" => intention.updated_at,
    "Hash" => intention.hash,
    "CreateIndex" => create_index,
    "ModifyIndex" => modify_index,
});
