//! `services register`: gives services to the agent.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::Method;
use serde_json::{Map, Value, json};

use super::{CONNECTION, file, shape};
use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "services register",
    usage: "[options] [FILE...]",
    synopsis: "Registers services at the agent",
    about: "  Registers the services of configuration files in HCL or JSON, or one that the flags
  describe. They stay until `consul services deregister`.

      $ consul services register web.hcl
      $ consul services register -name=web -port=80",
    connection: CONNECTION,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "address", takes: Takes::Text("string"), doc: "Address of the service.", default: "" },
    Flag { name: "id", takes: Takes::Text("string"), doc: "Id of the service.", default: "its name" },
    Flag { name: "kind", takes: Takes::Text("string"), doc: "Kind of the service.", default: "" },
    Flag {
        name: "meta",
        takes: Takes::Text("key=value"),
        doc: "Metadata of the service. May be given more than once.",
        default: "",
    },
    Flag { name: "name", takes: Takes::Text("string"), doc: "Name of the service.", default: "" },
    Flag { name: "port", takes: Takes::Integer, doc: "Port of the service.", default: "" },
    Flag { name: "tag", takes: Takes::Text("value"), doc: "A tag. May be given more than once.", default: "" },
    Flag {
        name: "tagged-address",
        takes: Takes::Text("key=value"),
        doc: "Another address and port, by its purpose. May be given more than once.",
        default: "",
    },
];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let described = described(&call.given)?;
    let named = call.given.text("name").is_some_and(|name| !name.is_empty());
    let services = match (call.given.rest.as_slice(), named) {
        ([], false) => bail!("Service registration requires at least one argument or flags."),
        ([], true) => vec![Value::Object(described)],
        (_, true) => bail!("Service registration requires arguments or -id, not both."),
        (files, false) => file::services(files, call.out).context("Error")?.iter().map(shape::body).collect(),
    };
    let api = connection::api(&call.given)?;
    for service in services {
        let name = service["Name"].as_str().unwrap_or_default();
        let done = api.tell(&Method::PUT, "/v1/agent/service/register", &[], service.to_string());
        done.with_context(|| format!("Error registering service {name:?}"))?;
        call.out.say(&format!("Registered service: {name}"));
    }
    Ok(Exit::Success)
}

/// The service of the flags.
fn described(given: &Given) -> anyhow::Result<Map<String, Value>> {
    let mut service = Map::new();
    for (flag, field) in [("kind", "Kind"), ("id", "ID"), ("name", "Name"), ("address", "Address")] {
        if let Some(text) = given.text(flag).filter(|text| !text.is_empty()) {
            service.insert(field.to_owned(), text.into());
        }
    }
    let port: i64 = given.text("port").and_then(|port| port.parse().ok()).unwrap_or(0);
    let tags: Vec<&str> = given.all("tag").collect();
    let addresses = addresses(argument::pairs(given, "tagged-address")?).context("Invalid Tagged Address")?;
    let meta = argument::pairs(given, "meta")?;
    let rest = [
        ("Port", port != 0, json!(port)),
        ("Tags", !tags.is_empty(), json!(tags)),
        ("Meta", !meta.is_empty(), json!(meta)),
        ("TaggedAddresses", !addresses.is_empty(), Value::Object(addresses)),
    ];
    service.extend(rest.into_iter().filter(|(_, given, _)| *given).map(|(field, _, value)| (field.to_owned(), value)));
    Ok(service)
}

fn addresses(pairs: BTreeMap<String, String>) -> anyhow::Result<Map<String, Value>> {
    let mut addresses = Map::new();
    for (purpose, text) in pairs {
        let Some((host, port)) = text.rsplit_once(':').filter(|(host, _)| !host.contains(':') || host.ends_with(']'))
        else {
            bail!("address {text}: missing port in address")
        };
        let port: u16 = port.parse().with_context(|| format!("address {text}: the port is no number"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        addresses.insert(purpose, json!({ "Address": host, "Port": port }));
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use proconsul_agent::flag::parse;

    use super::*;

    #[test]
    fn flags_describe_a_service() {
        let line = "-name=web -port=80 -tag=a -tag=b -meta=k=v -tagged-address=lan=10.0.0.1:81";
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let service = described(&parse(&[FLAGS], &words).unwrap()).unwrap();
        assert_eq!(
            Value::Object(service).to_string(),
            r#"{"Meta":{"k":"v"},"Name":"web","Port":80,"TaggedAddresses":{"lan":{"Address":"10.0.0.1","Port":81}},"Tags":["a","b"]}"#
        );
    }

    #[test]
    fn an_address_needs_a_port() {
        let error = addresses([("lan".to_owned(), "10.0.0.1".to_owned())].into()).unwrap_err();
        assert_eq!(error.to_string(), "address 10.0.0.1: missing port in address");
    }
}
