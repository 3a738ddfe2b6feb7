//! `kube down`: stops the pods in reverse order; with `--volumes` their data goes too, after a question.

use std::io::{BufRead, IsTerminal, stdin};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use proconsul_kube::runtime::{Extent, RuntimeConfig};
use proconsul_kube_api::STOP_PATH;
use serde_json::json;

use super::client::Client;
use super::flags::{self, Flag, Given, STATE, switch};
use super::{daemon, settings, state, threads};
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
        if !client.is_served().await && (takes_volumes || has_pods(&state_dir)) && is_known(&state_dir) {
            let extent = if takes_volumes { Extent::Volumes } else { Extent::Objects };
            stop_without_runtime(&given, extent).await?;
        } else {
            let extent = if takes_volumes { "volumes" } else { "objects" };
            client.post(STOP_PATH, &json!({ "extent": extent })).await?;
            daemon::wait_until_ended(&state_dir).await?;
        }
        out.say(if takes_volumes {
            "stopped; volumes and their data are removed"
        } else {
            "stopped; volumes and their data are kept"
        });
        Ok(ExitCode::SUCCESS)
    })
}

/// Whether a runtime was ever there.
fn is_known(state_dir: &Path) -> bool {
    state_dir.join("store").is_dir()
}

/// Whether pods are left from a runtime that was killed.
fn has_pods(state_dir: &Path) -> bool {
    std::fs::read_dir(state_dir.join("pods")).is_ok_and(|mut pods| pods.next().is_some())
}

/// Takes over, for as long as it lasts to stop, what a runtime left that is gone.
async fn stop_without_runtime(given: &Given, extent: Extent) -> anyhow::Result<()> {
    let any_port = (Ipv4Addr::LOCALHOST, 0).into();
    let config = RuntimeConfig { http: any_port, ..settings::read(given)? };
    daemon::start(config).await?.stop(extent).await
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
