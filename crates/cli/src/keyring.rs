//! `keyring`: the keys that encrypt gossip, on all members at once.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::{Api, Method};
use serde::Deserialize;
use serde_json::json;

use crate::command::{Call, Command, Exit, Misuse};
use crate::connection;
use crate::out::Out;

pub(crate) const COMMAND: Command = Command {
    words: "keyring",
    usage: "[options]",
    synopsis: "Manages the keys that encrypt gossip",
    about: "  Lists the keys that encrypt gossip, installs one, begins to use one, or removes one, on
  all members of the cluster. Ends with 1 when any member has not done it.

      $ consul keyring -list",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "install", takes: Takes::Text("string"), doc: "Gives this key to all members.", default: "" },
    Flag { name: "list", takes: Takes::Switch, doc: "Lists all keys.", default: "false" },
    Flag { name: "list-primary", takes: Takes::Switch, doc: "Lists the keys that encrypt.", default: "false" },
    Flag {
        name: "local-only",
        takes: Takes::Switch,
        doc: "With -list, asks no server of another datacenter.",
        default: "false",
    },
    Flag {
        name: "relay-factor",
        takes: Takes::Integer,
        doc: "Members that pass each answer on besides sending it, 0 to 5.",
        default: "0",
    },
    Flag { name: "remove", takes: Takes::Text("string"), doc: "Takes this key from all members.", default: "" },
    Flag {
        name: "use",
        takes: Takes::Text("string"),
        doc: "Encrypts with this key from now on; it must be installed.",
        default: "",
    },
];

/// The most members that may pass an answer on.
const RELAY_FACTOR_MAX: i64 = 5;

/// The one thing to do.
#[derive(Debug, PartialEq, Eq)]
enum Action {
    List,
    ListPrimary,
    Install(String),
    Use(String),
    Remove(String),
}

/// What one pool of members answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Pool {
    #[serde(rename = "WAN", default)]
    wan: bool,
    datacenter: String,
    #[serde(default)]
    segment: String,
    messages: Option<BTreeMap<String, String>>,
    keys: Option<BTreeMap<String, u64>>,
    #[serde(default)]
    primary_keys: Option<BTreeMap<String, u64>>,
    num_nodes: u64,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let action = action(&call.given)?;
    let relay: i64 = call.given.text("relay-factor").and_then(|text| text.parse().ok()).unwrap_or(0);
    if !(0..=RELAY_FACTOR_MAX).contains(&relay) {
        bail!("Error parsing relay factor: Relay factor must be in range: [0, 5]");
    }
    let local = call.given.switch("local-only");
    if local && action != Action::List {
        bail!("Error validating local-only: local-only can only be set for list requests");
    }
    let api = connection::api(&call.given)?;
    let mut query = Vec::new();
    query.extend((relay > 0).then(|| ("relay-factor", relay.to_string())));
    query.extend(local.then(|| ("local-only", "true".to_owned())));
    carry_out(&api, &action, &query, call.out)?;
    Ok(Exit::Success)
}

fn action(given: &Given) -> anyhow::Result<Action> {
    let listed = [("list", Action::List), ("list-primary", Action::ListPrimary)];
    let listed = listed.into_iter().filter(|(flag, _)| given.switch(flag)).map(|(_, action)| action);
    let key = |flag: &str, action: fn(String) -> Action| {
        given.text(flag).filter(|key| !key.is_empty()).map(|key| action(key.to_owned()))
    };
    let keyed = [key("install", Action::Install), key("use", Action::Use), key("remove", Action::Remove)];
    let mut actions = listed.chain(keyed.into_iter().flatten());
    match (actions.next(), actions.next()) {
        (None, _) => bail!(Misuse::Bare),
        (Some(action), None) => Ok(action),
        (Some(_), Some(_)) => bail!("Only a single action is allowed"),
    }
}

fn carry_out(api: &Api, action: &Action, query: &[(&str, String)], out: &mut Out) -> anyhow::Result<()> {
    let (text, method, key) = match action {
        Action::List => return list(api, "Gathering installed encryption keys...", |pool| &pool.keys, query, out),
        Action::ListPrimary => {
            return list(api, "Gathering installed primary encryption keys...", |pool| &pool.primary_keys, query, out);
        }
        Action::Install(key) => ("Installing new gossip encryption key...", Method::POST, key),
        Action::Use(key) => ("Changing primary gossip encryption key...", Method::PUT, key),
        Action::Remove(key) => ("Removing gossip encryption key...", Method::DELETE, key),
    };
    out.say(&format!("==> {text}"));
    api.tell(&method, "/v1/operator/keyring", query, json!({ "Key": key }).to_string()).context("error")?;
    Ok(())
}

fn list(
    api: &Api,
    text: &str,
    keys: fn(&Pool) -> &Option<BTreeMap<String, u64>>,
    query: &[(&str, String)],
    out: &mut Out,
) -> anyhow::Result<()> {
    out.say(&format!("==> {text}"));
    let pools: Vec<Pool> = api.json("/v1/operator/keyring", query).context("error")?;
    pools.iter().for_each(|pool| out.say(&shown(pool, keys(pool))));
    Ok(())
}

fn shown(pool: &Pool, keys: &Option<BTreeMap<String, u64>>) -> String {
    let name = if pool.wan { "WAN".to_owned() } else { format!("{} (LAN)", pool.datacenter) };
    let segment = if pool.segment.is_empty() { String::new() } else { format!(" [{}]", pool.segment) };
    let messages = pool.messages.iter().flatten().map(|(from, message)| format!("\n  ===> {from}: {message}"));
    let keys = keys.iter().flatten().map(|(key, count)| format!("\n  {key} [{count}/{}]", pool.num_nodes));
    format!("\n{name}{segment}:{}", messages.chain(keys).collect::<String>())
}

#[cfg(test)]
mod tests {
    use proconsul_agent::flag::parse;

    use super::*;

    #[test]
    fn exactly_one_action_is_taken() {
        let action = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            super::action(&parse(&[FLAGS], &words).unwrap())
        };
        assert_eq!(action(&["-use=k"]).unwrap(), Action::Use("k".to_owned()));
        assert_eq!(action(&["-list", "-remove=k"]).unwrap_err().to_string(), "Only a single action is allowed");
        assert!(action(&["-install="]).unwrap_err().is::<Misuse>());
    }

    #[test]
    fn pools_are_shown_with_messages_and_counted_keys() {
        let json =
            r#"{"WAN":false,"Datacenter":"dc1","Segment":"","Messages":{"n2":"no"},"Keys":{"abc=":2},"NumNodes":3}"#;
        let pool: Pool = serde_json::from_str(json).unwrap();
        assert_eq!(shown(&pool, &pool.keys), "\ndc1 (LAN):\n  ===> n2: no\n  abc= [2/3]");
        let wan = Pool { wan: true, messages: None, ..pool };
        assert_eq!(shown(&wan, &wan.primary_keys), "\nWAN:");
    }
}
