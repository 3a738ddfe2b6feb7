//! `operator autopilot get-config`: what autopilot goes by.

use anyhow::Context;
use proconsul_base::text::duration;
use serde::Deserialize;

use super::CONFIGURATION;
use crate::command::{self, Call, Command, Exit};
use crate::connection;
use crate::operator::api;

pub(crate) const COMMAND: Command = Command {
    words: "operator autopilot get-config",
    usage: "[options]",
    synopsis: "Shows what autopilot goes by",
    about: "  Prints the configuration of autopilot.",
    connection: connection::BOTH,
    flags: command::no_flags,
    run,
};

/// The agent's answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    cleanup_dead_servers: bool,
    last_contact_threshold: String,
    max_trailing_logs: u64,
    #[serde(default)]
    min_quorum: u64,
    server_stabilization_time: String,
    #[serde(default)]
    redundancy_zone_tag: String,
    #[serde(default)]
    disable_upgrade_migration: bool,
    #[serde(default)]
    upgrade_version_tag: String,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let configuration = api(&call.given)?.json(CONFIGURATION, &[]);
    let configuration: Configuration = configuration.context("Error querying Autopilot configuration")?;
    call.out.say(&shown(&configuration));
    Ok(Exit::Success)
}

fn shown(configuration: &Configuration) -> String {
    [
        format!("CleanupDeadServers = {}", configuration.cleanup_dead_servers),
        format!("LastContactThreshold = {}", length(&configuration.last_contact_threshold)),
        format!("MaxTrailingLogs = {}", configuration.max_trailing_logs),
        format!("MinQuorum = {}", configuration.min_quorum),
        format!("ServerStabilizationTime = {}", length(&configuration.server_stabilization_time)),
        format!("RedundancyZoneTag = {:?}", configuration.redundancy_zone_tag),
        format!("DisableUpgradeMigration = {}", configuration.disable_upgrade_migration),
        format!("UpgradeVersionTag = {:?}", configuration.upgrade_version_tag),
    ]
    .join("\n")
}

/// As Go writes it: `90s` is `1m30s`.
fn length(text: &str) -> String {
    duration::parse_signed(text).map_or_else(|_| text.to_owned(), duration::format_signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_written_as_go_writes_them() {
        let json = r#"{"CleanupDeadServers":true,"LastContactThreshold":"200ms","MaxTrailingLogs":250,"ServerStabilizationTime":"90s"}"#;
        let text = shown(&serde_json::from_str(json).unwrap());
        assert!(
            text.contains("\nMinQuorum = 0\nServerStabilizationTime = 1m30s\nRedundancyZoneTag = \"\"\n"),
            "{text}"
        );
    }
}
