//! The flags and environment variables by which commands find their agent.

use std::env;
use std::fs;
use std::io;
use std::net::IpAddr;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_types::pod_context::{PROCONSUL_POD_CONTEXT, PodContext};
use serde::Deserialize;

use proconsul_api::{Address, Api, ApiError, Settings, cause};

/// The flags of every command that asks an agent.
pub(crate) const CLIENT: &[Flag] = &[
    Flag {
        name: "http-addr",
        takes: Takes::Text("address"),
        doc: "Address of the agent: host:port, http://host:port or unix:///path. CONSUL_HTTP_ADDR sets it too.",
        default: "http://127.0.0.1:8500",
    },
    Flag {
        name: "token",
        takes: Takes::Text("value"),
        doc: "ACL token to send. CONSUL_HTTP_TOKEN sets it too.",
        default: "",
    },
    Flag {
        name: "token-file",
        takes: Takes::Text("value"),
        doc: "File that holds the ACL token to send. CONSUL_HTTP_TOKEN_FILE sets it too.",
        default: "",
    },
    Flag { name: "ca-file", takes: Takes::Text("value"), doc: HTTPS, default: "" },
    Flag { name: "ca-path", takes: Takes::Text("value"), doc: HTTPS, default: "" },
    Flag { name: "client-cert", takes: Takes::Text("value"), doc: HTTPS, default: "" },
    Flag { name: "client-key", takes: Takes::Text("value"), doc: HTTPS, default: "" },
    Flag { name: "tls-server-name", takes: Takes::Text("value"), doc: HTTPS, default: "" },
];

const HTTPS: &str = "For HTTPS, which is not there in this version.";

/// The flags of commands whose question may be answered by any server of any datacenter.
pub(crate) const SERVER: &[Flag] = &[
    Flag {
        name: "datacenter",
        takes: Takes::Text("value"),
        doc: "Datacenter to ask; the agent's own unless given.",
        default: "",
    },
    Flag {
        name: "stale",
        takes: Takes::Switch,
        doc: "Lets any server answer, also one without a leader; the answer may be old. Has no effect on writes.",
        default: "false",
    },
];

/// The flag of commands on keys.
pub(crate) const NAMESPACE: &[Flag] = &[Flag {
    name: "namespace",
    takes: Takes::Text("default"),
    doc: "Namespace to ask. CONSUL_NAMESPACE sets it too. Namespaces are a feature of Consul Enterprise.",
    default: "",
}];

/// The flags of the connection that most commands have.
pub(crate) const BOTH: &[&[Flag]] = &[CLIENT, SERVER];

/// The agent that a command asks.
pub(crate) fn api(given: &Given) -> anyhow::Result<Api> {
    open(given).context("Error connecting to Consul agent")
}

/// The same, for commands with another word for what failed.
pub(crate) fn open(given: &Given) -> anyhow::Result<Api> {
    Ok(Api::new(settings(given, &environment)?)?)
}

/// The same, for a command that gets its token only now.
pub(crate) fn without_token(given: &Given) -> anyhow::Result<Api> {
    let settings = settings(given, &environment).context("Error connecting to Consul agent")?;
    Ok(Api::new(Settings { token: None, ..settings })?)
}

fn environment(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// What an agent says about itself.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Own {
    pub(crate) node_name: String,
    pub(crate) datacenter: String,
}

/// Who the agent is.
pub(crate) fn own(api: &Api) -> Result<Own, ApiError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Itself {
        config: Own,
    }
    Ok(api.json::<Itself>("/v1/agent/self", &[])?.config)
}

/// The name of the agent's node.
pub(crate) fn node_name(api: &Api) -> Result<String, ApiError> {
    Ok(own(api)?.node_name)
}

fn settings(given: &Given, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Settings> {
    for flag in ["ca-file", "ca-path", "client-cert", "client-key", "tls-server-name"] {
        if given.text(flag).is_some() {
            bail!(
                "-{flag} asks for HTTPS, which is not there in this version, it comes with TLS; take it out to use HTTP"
            );
        }
    }
    let pod = variable(PROCONSUL_POD_CONTEXT).map(|text| PodContext::from_json(&text)).transpose();
    let pod = pod.with_context(|| format!("{PROCONSUL_POD_CONTEXT} is not readable"))?;
    let address = given.text("http-addr").map(str::to_owned).or_else(|| variable("CONSUL_HTTP_ADDR"));
    let secure =
        variable("CONSUL_HTTP_SSL").is_some_and(|value| !matches!(value.as_str(), "0" | "f" | "F" | "false" | "FALSE"));
    let mut address = Address::parse(address.as_deref().unwrap_or("127.0.0.1:8500"), secure)?;
    if let Some(pod) = &pod {
        address.in_pod(pod);
    }
    let mut query = Vec::new();
    if let Some(datacenter) = given.text("datacenter").filter(|datacenter| !datacenter.is_empty()) {
        query.push(("dc", datacenter.to_owned()));
    }
    if given.switch("stale") {
        query.push(("stale", String::new()));
    }
    if let Some(namespace) = given.text("namespace").map(str::to_owned).or_else(|| variable("CONSUL_NAMESPACE")) {
        query.push(("ns", namespace));
    }
    let source: Option<IpAddr> = pod.map(|pod| pod.address);
    Ok(Settings { address, token: token(given, variable)?, user: variable("CONSUL_HTTP_AUTH"), query, source })
}

/// The token of the first that has one: flag, file, and the variables of both.
fn token(given: &Given, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Option<String>> {
    let file = given.text("token-file").map(str::to_owned).or_else(|| variable("CONSUL_HTTP_TOKEN_FILE"));
    let token = given.text("token").map(str::to_owned).or_else(|| variable("CONSUL_HTTP_TOKEN"));
    match (given.text("token"), file) {
        (None, Some(file)) => {
            let text = fs::read_to_string(&file)
                .map_err(|error| open_error(&file, &error))
                .context("Error loading token file")?;
            Ok(Some(text.trim().to_owned()).filter(|token| !token.is_empty()))
        }
        _ => Ok(token.filter(|token| !token.is_empty())),
    }
}

/// `open /path: no such file or directory`
pub(crate) fn open_error(path: &str, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!("open {path}: {}", cause(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], variables: &[(&str, &str)], expected: &str) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let given = proconsul_agent::flag::parse(&[CLIENT, SERVER, NAMESPACE], &words).unwrap();
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let shown = match settings(&given, &variable) {
            Ok(settings) => described(&settings),
            Err(error) => format!("{error:#}"),
        };
        assert_eq!(shown, expected);
    }

    fn described(settings: &Settings) -> String {
        let token = settings.token.iter().map(|token| format!(" token={token}"));
        let source = settings.source.iter().map(|source| format!(" from {source}"));
        let query = settings.query.iter().map(|(name, value)| format!(" {name}={value}"));
        settings.address.to_string() + &token.chain(source).chain(query).collect::<String>()
    }

    #[test]
    fn flags_come_before_variables_and_variables_before_defaults() {
        check(&[], &[], "http://127.0.0.1:8500");
        check(&[], &[("CONSUL_HTTP_ADDR", "http://a:1"), ("CONSUL_HTTP_TOKEN", "t")], "http://a:1 token=t");
        check(
            &["-http-addr=b:2", "-token=u"],
            &[("CONSUL_HTTP_ADDR", "a:1"), ("CONSUL_HTTP_TOKEN", "t")],
            "http://b:2 token=u",
        );
        check(&["-stale", "-datacenter=dc2"], &[], "http://127.0.0.1:8500 dc=dc2 stale=");
        check(&[], &[("CONSUL_HTTP_ADDR", "unix:///run/x.sock")], "http://%2Frun%2Fx.sock");
    }

    #[test]
    fn what_cannot_be_had_is_said() {
        check(&["-http-addr=bogus://x"], &[], "Unknown protocol scheme: bogus");
        let https = "HTTPS is not there in this version, it comes with TLS; use http://a:1, or reach the agent through a proxy that ends TLS";
        check(&["-http-addr=https://a:1"], &[], https);
        check(&["-http-addr=a:1"], &[("CONSUL_HTTP_SSL", "true")], https);
        check(
            &["-ca-file=x"],
            &[],
            "-ca-file asks for HTTPS, which is not there in this version, it comes with TLS; take it out to use HTTP",
        );
        check(&["-token-file=/none"], &[], "Error loading token file: open /none: no such file or directory");
    }

    #[test]
    fn in_a_pod_the_local_agent_is_the_pods() {
        let pod = r#"{"hostname":"consul-0","address":"127.24.0.2"}"#;
        check(&[], &[(PROCONSUL_POD_CONTEXT, pod)], "http://127.24.0.2:8500 from 127.24.0.2");
        check(&["-http-addr=localhost:1"], &[(PROCONSUL_POD_CONTEXT, pod)], "http://127.24.0.2:1 from 127.24.0.2");
        check(&["-http-addr=10.0.0.1:1"], &[(PROCONSUL_POD_CONTEXT, pod)], "http://10.0.0.1:1 from 127.24.0.2");
    }
}
