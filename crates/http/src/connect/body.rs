//! The body of an intention.

use proconsul_types::intention::Intention;

use crate::decode::record;

/// An intention as a user sends it: also with what only the server says.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) intention: Intention,
    create_index: u64,
    modify_index: u64,
}

record!(Body, "struct { Hash string; CreatedAt string; UpdatedAt string; *structs.Alias }", strict {
    "ID" => intention.id,
    "Description" => intention.description,
    "SourceNS" => intention.source_ns,
    "SourceName" => intention.source_name,
    "DestinationNS" => intention.destination_ns,
    "DestinationName" => intention.destination_name,
    "SourceType" => intention.source_type,
    "Action" => intention.action,
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
