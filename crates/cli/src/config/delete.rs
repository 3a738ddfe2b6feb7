//! `config delete`: removes one config entry.

use anyhow::Context;
use proconsul_api::Method;

use super::{CONNECTION, KIND, NAME, api, required};
use crate::command::{Call, Command, Exit};

pub(crate) const COMMAND: Command = Command {
    words: "config delete",
    usage: "[options] -kind <config kind> -name <config name>",
    synopsis: "Removes a config entry",
    about: "  Removes the config entry of this kind and name. It is no error when there is none.

    $ consul config delete -kind service-defaults -name web",
    connection: CONNECTION,
    flags: || &[KIND, NAME],
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let (kind, name) = (required(&call.given, "kind")?, required(&call.given, "name")?);
    let done = api(&call.given)?.tell(&Method::DELETE, &format!("/v1/config/{kind}/{name}"), &[], Vec::new());
    done.with_context(|| format!("Error deleting config entry {kind}/{name}"))?;
    call.out.say(&format!("Config entry deleted: {kind}/{name}"));
    Ok(Exit::Success)
}
