//! `version`: which Consul this behaves as, and which version of its own it is.

use anyhow::bail;
use proconsul_agent::flag::{Flag, Takes};
use proconsul_agent::version::{CONSUL, PROCONSUL};

use crate::command::{Call, Command, Exit};
use crate::out::Out;

pub(crate) const COMMAND: Command = Command {
    words: "version",
    usage: "[options]",
    synopsis: "Prints the Consul version",
    about: "  Prints the version of Consul that is reproduced, and the program's own.",
    connection: &[],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[Flag {
    name: "format",
    takes: Takes::Text("string"),
    doc: "Form of the output: pretty or json.",
    default: "pretty",
}];

/// The protocol of Consul's agents: what is spoken, and what is understood.
const PROTOCOL: (u8, u8, u8) = (2, 2, 3);

/// In which form.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Pretty,
    Json,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    match call.given.text("format").unwrap_or("pretty") {
        "pretty" => Ok(print(call.out, Form::Pretty)),
        "json" => Ok(print(call.out, Form::Json)),
        other => bail!("Unknown format: {other}"),
    }
}

/// Scripts read the first line, so Consul's version stands there; the own one is on the last.
pub(crate) fn print(out: &mut Out, form: Form) -> Exit {
    let (spoken, least, most) = PROTOCOL;
    out.say(&match form {
        Form::Pretty => format!(
            "Consul v{CONSUL}\nProtocol {spoken} spoken by default, understands {least} to {most} \
             (agent will automatically use protocol >{spoken} when speaking to compatible agents)\n\
             Reproduced by proconsul v{PROCONSUL}"
        ),
        Form::Json => format!(
            "{{\n   \"Version\": \"{CONSUL}\",\n   \"Revision\": \"\",\n   \"Prerelease\": \"\",\n   \"Proconsul\": \"{PROCONSUL}\",\n   \
             \"RPC\": {{\n      \"Default\": {spoken},\n      \"Min\": {least},\n      \"Max\": {most}\n   }}\n}}"
        ),
    });
    Exit::Success
}
