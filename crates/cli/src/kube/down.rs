//! `kube down`: stops the pods in reverse order; with `--volumes` their data goes too, after a question.

use std::io::{BufRead, IsTerminal, stdin};
use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use proconsul_kube_api::STOP_PATH;
use serde_json::json;

use super::client::Client;
use super::flags::{self, Flag, STATE, switch};
use super::{state, threads};
use crate::out::Out;

const FLAGS: [Flag; 3] = [
    switch("volumes", "remove volumes, claims and their data too"),
    switch("yes", "remove without asking").short('y'),
    STATE,
];

pub(super) fn run(words: &[String], out: &mut Out) -> anyhow::Result<ExitCode> {
    let given = flags::parse(&FLAGS, words)?;
    if given.is_help {
        out.say(&flags::help("down [--volumes [--yes]]", &FLAGS));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(word) = given.words.first() {
        bail!("down takes no names, but {word:?} was given: it stops everything; `kube delete` removes single objects");
    }
    let state_dir = state::directory(&given)?;
    let takes_volumes = given.is("volumes");
    if takes_volumes && !given.is("yes") && !is_confirmed(&state_dir, out)? {
        out.say("nothing was removed");
        return Ok(ExitCode::FAILURE);
    }
    let client = Client::new(&state_dir);
    threads()?.block_on(async {
        let extent = if takes_volumes { "volumes" } else { "objects" };
        client.post(STOP_PATH, &json!({ "extent": extent })).await?;
        super::daemon::wait_until_ended(&state_dir).await?;
        out.say(if takes_volumes {
            "stopped; volumes and their data are removed"
        } else {
            "stopped; volumes and their data are kept"
        });
        Ok(ExitCode::SUCCESS)
    })
}

fn is_confirmed(state_dir: &Path, out: &mut Out) -> anyhow::Result<bool> {
    if !stdin().is_terminal() {
        bail!("--volumes removes data and nobody can be asked here: add --yes");
    }
    out.say(&format!("This removes all volumes of {} with their data. Type yes to go on:", state_dir.display()));
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
