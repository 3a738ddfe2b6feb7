//! `operator autopilot set-config`: changes what autopilot goes by, unless somebody else has changed it meanwhile.

use anyhow::{Context, anyhow};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::Method;
use proconsul_base::text::duration;
use serde_json::{Map, Value};

use super::CONFIGURATION;
use crate::command::{Call, Command, Exit};
use crate::connection;
use crate::operator::api;

pub(crate) const COMMAND: Command = Command {
    words: "operator autopilot set-config",
    usage: "[options]",
    synopsis: "Changes what autopilot goes by",
    about: "  Changes those parts of autopilot's configuration that are given, and leaves the rest.

      $ consul operator autopilot set-config -cleanup-dead-servers=false",
    connection: connection::BOTH,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag {
        name: "cleanup-dead-servers",
        takes: Takes::Switch,
        doc: "Whether dead servers are removed when others have come.",
        default: "",
    },
    Flag { name: "disable-upgrade-migration", takes: Takes::Switch, doc: ENTERPRISE, default: "" },
    Flag {
        name: "last-contact-threshold",
        takes: Takes::Text("200ms"),
        doc: "How long a server may not hear from the leader and still be healthy.",
        default: "",
    },
    Flag {
        name: "max-trailing-logs",
        takes: Takes::Unsigned,
        doc: "Log entries that a server may be behind and still be healthy.",
        default: "",
    },
    Flag {
        name: "min-quorum",
        takes: Takes::Unsigned,
        doc: "Servers that are left alone however dead they are.",
        default: "",
    },
    Flag { name: "redundancy-zone-tag", takes: Takes::Text("value"), doc: ENTERPRISE, default: "" },
    Flag {
        name: "server-stabilization-time",
        takes: Takes::Text("10s"),
        doc: "How long a new server must be healthy before it votes.",
        default: "",
    },
    Flag { name: "upgrade-version-tag", takes: Takes::Text("value"), doc: ENTERPRISE, default: "" },
];

const ENTERPRISE: &str = "A feature of Consul Enterprise.";

/// Flags and the fields they set.
const FIELDS: &[(&str, &str)] = &[
    ("cleanup-dead-servers", "CleanupDeadServers"),
    ("disable-upgrade-migration", "DisableUpgradeMigration"),
    ("last-contact-threshold", "LastContactThreshold"),
    ("max-trailing-logs", "MaxTrailingLogs"),
    ("min-quorum", "MinQuorum"),
    ("redundancy-zone-tag", "RedundancyZoneTag"),
    ("server-stabilization-time", "ServerStabilizationTime"),
    ("upgrade-version-tag", "UpgradeVersionTag"),
];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let changes = changes(&call.given)?;
    let api = api(&call.given)?;
    let current = api.json(CONFIGURATION, &[]);
    let mut configuration: Map<String, Value> = current.context("Error querying Autopilot configuration")?;
    configuration.extend(changes);
    let unchanged = configuration.get("ModifyIndex").and_then(Value::as_u64).unwrap_or(0);
    let query = [("cas", unchanged.to_string())];
    let body = Value::Object(configuration).to_string();
    let answer = api.tell(&Method::PUT, CONFIGURATION, &query, body);
    if answer.and_then(|answer| answer.truth()).context("Error setting Autopilot configuration")? {
        call.out.say("Configuration updated!");
        return Ok(Exit::Success);
    }
    call.out.say("Configuration could not be atomically updated, please try again");
    Ok(Exit::Failure)
}

/// The fields that were given, in the API's form.
fn changes(given: &Given) -> anyhow::Result<Map<String, Value>> {
    let mut changes = Map::new();
    for &(flag, field) in FIELDS {
        let Some(text) = given.text(flag) else { continue };
        let takes = FLAGS.iter().find(|known| known.name == flag).map(|known| known.takes);
        let value = match takes {
            Some(Takes::Switch) => Value::from(given.switch(flag)),
            Some(Takes::Unsigned) => Value::from(given.unsigned(flag)),
            _ if matches!(flag, "last-contact-threshold" | "server-stabilization-time") => {
                let nanos = duration::parse_signed(text)
                    .map_err(|_| anyhow!("invalid value {text:?} for flag -{flag}: time: invalid duration {text:?}"))?;
                Value::from(duration::format_signed(nanos))
            }
            _ => Value::from(text),
        };
        changes.insert(field.to_owned(), value);
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use proconsul_agent::flag::parse;

    use super::*;

    #[test]
    fn only_what_is_given_is_changed() {
        let words = ["-cleanup-dead-servers=false", "-max-trailing-logs=300", "-last-contact-threshold=90s"];
        let given = parse(&[FLAGS], &words.map(str::to_owned)).unwrap();
        let expected = r#"{"CleanupDeadServers":false,"LastContactThreshold":"1m30s","MaxTrailingLogs":300}"#;
        assert_eq!(Value::Object(changes(&given).unwrap()).to_string(), expected);
        let given = parse(&[FLAGS], &["-server-stabilization-time=x".to_owned()]).unwrap();
        assert!(changes(&given).unwrap_err().to_string().starts_with("invalid value \"x\" for flag -server-stab"));
    }
}
