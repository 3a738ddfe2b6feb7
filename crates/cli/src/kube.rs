//! `proconsul kube …`: manifests on this machine, in `kubectl`'s words. GNU-style flags here, unlike Consul's commands.
//!
//! Every command but the runtime itself is a client of the control socket in the state directory.

mod client;
mod cordon;
mod daemon;
mod delete;
mod down;
mod flags;
mod get;
mod logs;
mod reference;
mod settings;
mod state;
mod up;

use std::process::ExitCode;

use anyhow::bail;
use proconsul_base::text::nearest::nearest;
use tokio::runtime::Runtime;

use crate::out::Out;

/// The hidden command that is the runtime of `kube up --detach`.
const RUNTIME_COMMAND: &str = "kube-runtime";

const COMMANDS: [&str; 7] = ["up", "get", "logs", "delete", "cordon", "uncordon", "down"];

const USAGE: &str = "\
Usage: proconsul kube <command>

Runs Kubernetes manifests of stateful applications on this machine.

    up [FILE|DIR|-]...        apply manifests and run them; without a file: a three-server cluster
    get KIND [NAME]...        show objects (-o wide|yaml|json)
    logs POD                  show a pod's log (-f, --tail N, --previous, -c CONTAINER)
    delete KIND NAME...       delete objects
    cordon NODE               put no new pods on a node; uncordon opens it again
    down                      stop the pods, keep the volumes (--volumes removes them too)

All take --state DIR; else PROCONSUL_STATE or the user's own state directory is used.
Flags of a command: proconsul kube <command> --help";

/// Runs a command of this family; `None` when the words are of another.
pub(crate) fn run(words: &[String], out: &mut Out) -> Option<ExitCode> {
    let (first, rest) = words.split_first()?;
    match first.as_str() {
        proconsul_pods::SHIM_COMMAND => Some(proconsul_pods::shim_main(rest.iter().cloned())),
        proconsul_pods::INIT_COMMAND => Some(proconsul_pods::init_main(rest.iter().cloned())),
        RUNTIME_COMMAND => Some(finish(daemon::run(rest), out)),
        "kube" => Some(finish(command(rest, out), out)),
        _ => None,
    }
}

fn finish(done: anyhow::Result<ExitCode>, out: &mut Out) -> ExitCode {
    done.unwrap_or_else(|error| {
        out.complain(&format!("error: {error:#}"));
        ExitCode::FAILURE
    })
}

fn command(words: &[String], out: &mut Out) -> anyhow::Result<ExitCode> {
    let Some((name, rest)) = words.split_first() else {
        out.complain(USAGE);
        return Ok(ExitCode::FAILURE);
    };
    match name.as_str() {
        "up" => up::run(rest, out),
        "get" => get::run(rest, out),
        "logs" => logs::run(rest, out),
        "delete" => delete::run(rest, out),
        "cordon" => cordon::run(rest, true, out),
        "uncordon" => cordon::run(rest, false, out),
        "down" => down::run(rest, out),
        "-h" | "--help" | "help" => {
            out.say(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        unknown => {
            let hint = nearest(unknown, COMMANDS).map(|known| format!("; did you mean {known:?}?")).unwrap_or_default();
            bail!("unknown command {unknown:?} for \"proconsul kube\"{hint}")
        }
    }
}

/// The threads that asynchronous commands run on.
fn threads() -> anyhow::Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
