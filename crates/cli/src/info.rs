//! `info`: the figures that an agent keeps about itself.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;

use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "info",
    usage: "[options]",
    synopsis: "Provides debugging information for operators.",
    about: "  Prints the figures that the agent keeps about itself, section by section.",
    connection: &[connection::CLIENT],
    flags: command::no_flags,
    run,
};

/// The part of the agent's answer that is printed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct About {
    #[serde(default)]
    stats: BTreeMap<String, BTreeMap<String, String>>,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let about: About = connection::api(&call.given)?.json("/v1/agent/self", &[]).context("Error querying agent")?;
    call.out.say(&sections(&about));
    Ok(Exit::Success)
}

fn sections(about: &About) -> String {
    let mut text = String::new();
    for (section, figures) in &about.stats {
        text.push_str(&format!("{section}:\n"));
        for (name, value) in figures {
            text.push_str(&format!("\t{name} = {value}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_sorted_below_their_section() {
        let about =
            serde_json::from_str(r#"{"Stats":{"raft":{"term":"2","state":"Leader"},"agent":{"checks":"0"}}}"#).unwrap();
        assert_eq!(sections(&about), "agent:\n\tchecks = 0\nraft:\n\tstate = Leader\n\tterm = 2\n");
    }
}
