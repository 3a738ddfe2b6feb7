//! `watch`: follows something in the cluster, and prints it once or runs a program for each change.

use std::process::ExitStatus;

use anyhow::{Context, anyhow, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_agent::watch::{Parameters, Plan, Words};
use proconsul_api::Api;
use proconsul_watch::{Follower, Script, Told, pause};
use serde_json::Value;

use crate::command::{Call, Command, Exit, Misuse};
use crate::connection;
use crate::out::Out;
use crate::wait::Stopped;

pub(crate) const COMMAND: Command = Command {
    words: "watch",
    usage: "[options] [child...]",
    synopsis: "Watch for changes in Consul",
    about: "  Follows what -type names. With a child program, that is run for what is there now and for each
  change, with the news as JSON on its standard input. Without one, what is there now is printed.

      $ consul watch -type=key -key=foo/bar
      $ consul watch -type=service -service=web /usr/bin/handler",
    connection: &[connection::CLIENT, connection::SERVER],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "key", takes: Takes::Text("string"), doc: "The key to watch. Only for the type key.", default: "" },
    Flag {
        name: "name",
        takes: Takes::Text("string"),
        doc: "The name of the events to watch; all unless given. Only for the type event.",
        default: "",
    },
    Flag {
        name: "passingonly",
        takes: Takes::Text("[true|false]"),
        doc: "Whether only instances count whose checks all pass. Only for the type service.",
        default: "false",
    },
    Flag {
        name: "prefix",
        takes: Takes::Text("string"),
        doc: "The prefix of the keys to watch. Only for the type keyprefix.",
        default: "",
    },
    Flag {
        name: "service",
        takes: Takes::Text("string"),
        doc: "The service to watch. For the type service, and for checks unless -state is given.",
        default: "",
    },
    Flag {
        name: "shell",
        takes: Takes::Switch,
        doc: "Runs the child by a shell: the one in SHELL, else /bin/sh.",
        default: "true",
    },
    Flag {
        name: "state",
        takes: Takes::Text("string"),
        doc: "The state of the checks to watch; any unless given. Only for the type checks.",
        default: "",
    },
    Flag {
        name: "tag",
        takes: Takes::Text("value"),
        doc: "A tag that instances must have; may be given more than once. Only for the type service.",
        default: "",
    },
    Flag {
        name: "type",
        takes: Takes::Text("string"),
        doc: "What to watch: key, keyprefix, services, nodes, service, checks or event.",
        default: "",
    },
];

/// Types that agents watch, and this command does not, as in Consul.
const OF_AGENTS: [&str; 3] = ["connect_roots", "connect_leaf", "agent_service"];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let plan = plan(&call.given)?;
    let child = child(&call.given);
    let api = connection::api(&call.given)?;
    api.json::<Value>("/v1/agent/self", &[]).context("Error querying Consul agent")?;
    api.block_on(follow(&api, &plan, child, call.out))
}

fn plan(given: &Given) -> anyhow::Result<Plan> {
    let named = ["key", "name", "prefix", "service", "state", "type"];
    let mut parameters: Vec<(String, Value)> =
        named.into_iter().filter_map(|name| Some((name.to_owned(), Value::from(given.text(name)?)))).collect();
    let tags: Vec<&str> = given.all("tag").collect();
    if !tags.is_empty() {
        parameters.push(("tag".to_owned(), Value::from(tags)));
    }
    if let Some(text) = given.text("passingonly").filter(|text| !text.is_empty()) {
        let truth = match text {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
            "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
            _ => bail!("Failed to parse passingonly flag: strconv.ParseBool: parsing {text:?}: invalid syntax"),
        };
        parameters.push(("passingonly".to_owned(), Value::from(truth)));
    }
    if given.text("type").is_none_or(str::is_empty) {
        bail!(Misuse::Explained("Watch type must be specified"));
    }
    if let Some(name) = given.text("type").filter(|name| OF_AGENTS.contains(name)) {
        bail!("Type {name} is not supported in the CLI tool");
    }
    Ok(Parameters::new(parameters).plan()?)
}

fn child(given: &Given) -> Option<Script> {
    let words = given.rest.clone();
    let by_shell = given.text("shell") != Some("false");
    (!words.is_empty()).then(|| Script(if by_shell { Words::Shell(words.join(" ")) } else { Words::Arguments(words) }))
}

async fn follow(api: &Api, plan: &Plan, child: Option<Script>, out: &mut Out) -> anyhow::Result<Exit> {
    let mut stopped = Stopped::listen()?;
    let mut follower = Follower::new(api.client().clone(), plan);
    let mut failures = 0;
    loop {
        let next = tokio::select! {
            next = follower.next() => next,
            () = stopped.wait() => return Ok(Exit::Success),
        };
        match next {
            Ok(told) => {
                failures = 0;
                let Some(child) = &child else {
                    out.say(&told.pretty()?);
                    return Ok(Exit::Success);
                };
                tokio::select! {
                    handled = handle(child, &told) => handled?,
                    () = stopped.wait() => return Ok(Exit::Success),
                }
            }
            Err(error) => {
                failures += 1;
                let retry = pause(failures);
                out.complain(&format!("Watch errored: {error}; asking again in {retry:?}"));
                tokio::select! {
                    () = tokio::time::sleep(retry) => {}
                    () = stopped.wait() => return Ok(Exit::Success),
                }
            }
        }
    }
}

/// Runs the child; one that ends badly ends the watch.
async fn handle(child: &Script, told: &Told) -> anyhow::Result<()> {
    let status = child.tell_openly(told).await.context("Error executing handler")?;
    if status.success() { Ok(()) } else { Err(anyhow!("Error executing handler: {}", ended(status))) }
}

/// How a program ended, in Go's words.
pub(crate) fn ended(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal: {}", signal_name(signal)),
        (None, None) => status.to_string(),
    }
}

/// The words of Go's `syscall.Signal`.
fn signal_name(signal: i32) -> String {
    use nix::sys::signal::Signal;
    match Signal::try_from(signal) {
        Ok(Signal::SIGHUP) => "hangup".to_owned(),
        Ok(Signal::SIGINT) => "interrupt".to_owned(),
        Ok(Signal::SIGQUIT) => "quit".to_owned(),
        Ok(Signal::SIGABRT) => "aborted".to_owned(),
        Ok(Signal::SIGKILL) => "killed".to_owned(),
        Ok(Signal::SIGSEGV) => "segmentation fault".to_owned(),
        Ok(Signal::SIGPIPE) => "broken pipe".to_owned(),
        Ok(Signal::SIGTERM) => "terminated".to_owned(),
        _ => format!("signal {signal}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_watched_is_refused_in_consuls_words() {
        for (line, expected) in [
            ("", "Watch type must be specified"),
            ("-type=foo", "Unsupported watch type: foo"),
            ("-type=service", "Must specify a single service to watch"),
            ("-type=connect_roots", "Type connect_roots is not supported in the CLI tool"),
            (
                "-type=service -service=a -passingonly=foo",
                "Failed to parse passingonly flag: strconv.ParseBool: parsing \"foo\": invalid syntax",
            ),
        ] {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let given = proconsul_agent::flag::parse(&[FLAGS], &words).unwrap();
            assert_eq!(plan(&given).unwrap_err().to_string(), expected, "{line:?}");
        }
    }
}
