//! `validate`: reads configuration as the agent would, and starts nothing.

use anyhow::{Context, bail};
use proconsul_agent::config;
use proconsul_agent::flag::{Flag, Given, Takes};

use crate::agent::machine::Machine;
use crate::command::{Call, Command, Exit};

pub(crate) const COMMAND: Command = Command {
    words: "validate",
    usage: "[options] FILE_OR_DIRECTORY...",
    synopsis: "Validate config files/directories",
    about: "  Reads configuration files as the agent would and reports every mistake. Give the whole
  configuration: a part of it is refused for what it lacks.",
    connection: &[],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag {
        name: "config-format",
        takes: Takes::Text("string"),
        doc: "Form of all files: 'hcl' or 'json'.",
        default: "by their names",
    },
    Flag {
        name: "quiet",
        takes: Takes::Switch,
        doc: "Prints nothing when the configuration is valid.",
        default: "false",
    },
];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    if call.given.rest.is_empty() {
        bail!("Must specify at least one config file or directory");
    }
    let format = call.given.text("config-format").map(|format| ("config-format", format.to_owned()));
    let files = call.given.rest.iter().map(|path| ("config-file", path.clone()));
    let given = Given { flags: format.into_iter().chain(files).collect(), rest: Vec::new() };
    let machine = Machine::look()?;
    let config = config::load(&given, &machine.environment()?).context("Config validation failed")?;
    for warning in &config.warnings {
        call.out.complain(&format!("warning: {warning}"));
    }
    if !call.given.switch("quiet") {
        call.out.say("Configuration is valid!");
    }
    Ok(Exit::Success)
}
