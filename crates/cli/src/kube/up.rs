//! `kube up`: applies manifests, starts the runtime when none runs, and shows the pods come up.

mod files;
mod progress;
mod summary;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use proconsul_base::text::duration;
use proconsul_kube::object::Fields;
use proconsul_kube::runtime::Extent;
use proconsul_kube_api::{APPLY_PATH, NODES_PATH};
use proconsul_manifest::{Read, Validation, read};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::client::Client;
use super::flags::{self, Flag, Given, option, switch};
use super::{daemon, settings, state, threads};
use crate::out::Out;

/// How long pods get to become ready when nobody says.
const TIMEOUT: Duration = Duration::from_secs(60);

const OWN_FLAGS: [Flag; 4] = [
    option("filename", "FILE|DIR|-", "what to apply; may be repeated").short('f'),
    switch("detach", "leave the runtime running and return").short('d'),
    option("timeout", "TIME", "how long the pods get to become ready (default: 60s)"),
    option("validate", "HOW", "unknown fields: strict, warn or ignore (default: strict)"),
];

pub(super) fn run(words: &[String], out: &mut Out) -> anyhow::Result<ExitCode> {
    let flags: Vec<Flag> = OWN_FLAGS.into_iter().chain(settings::FLAGS).collect();
    let given = flags::parse(&flags, words)?;
    if given.is_help {
        out.say(&flags::help("up [FILE|DIR|-]...", &flags));
        return Ok(ExitCode::SUCCESS);
    }
    let sources = files::sources(given.all("filename").chain(given.words.iter().map(String::as_str)))?;
    let timeout = given.get("timeout").map(duration::parse).transpose().context("--timeout")?.unwrap_or(TIMEOUT);
    let read = match read(&sources, validation(&given)?) {
        Ok(read) => read,
        Err(mistakes) => {
            mistakes.iter().for_each(|mistake| out.complain(&format!("error: {mistake}")));
            out.complain("nothing was applied");
            return Ok(ExitCode::FAILURE);
        }
    };
    read.warnings.iter().for_each(|warning| out.complain(&format!("Warning: {}", warning.warning())));
    threads()?.block_on(bring_up(&given, &read, Instant::now() + timeout, out))
}

fn validation(given: &Given) -> anyhow::Result<Validation> {
    Ok(match given.get("validate") {
        None | Some("strict" | "true") => Validation::Strict,
        Some("warn") => Validation::Warn,
        Some("ignore" | "false") => Validation::Ignore,
        Some(other) => bail!("--validate {other:?} is not known: write strict, warn or ignore"),
    })
}

async fn bring_up(given: &Given, read: &Read, until: Instant, out: &mut Out) -> anyhow::Result<ExitCode> {
    let state_dir = state::directory(given)?;
    let client = Client::new(&state_dir);
    let config = settings::read(given)?;
    let mut own = None;
    if client.is_served().await {
        if let Some(count) = config.nodes {
            client.post(NODES_PATH, &json!({ "count": count })).await?;
        }
        for flag in settings::given_too_late(given) {
            out.complain(&format!(
                "Warning: --{flag} has no effect: the runtime runs already; it takes flags when it is started"
            ));
        }
    } else if given.is("detach") {
        daemon::spawn(&state_dir, &runtime_words(given)).await?;
    } else {
        daemon::log_to_stderr();
        own = Some(daemon::start(config).await?);
    }
    let shown = show(&client, read, until, out).await;
    let Some(running) = own else {
        return shown.map(|is_ready| if is_ready { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    };
    match shown {
        Ok(true) => {
            out.say("\nCtrl-C stops the pods.");
            running.run_until_ended(&mut |text| out.complain(text)).await
        }
        Ok(false) => {
            running.stop(Extent::Pods).await?;
            Ok(ExitCode::FAILURE)
        }
        Err(error) => {
            running.stop(Extent::Pods).await?;
            Err(error)
        }
    }
}

/// Applies, follows the pods, and sums up; whether everything is ready.
async fn show(client: &Client, read: &Read, until: Instant, out: &mut Out) -> anyhow::Result<bool> {
    let objects: Vec<&Value> = read.objects.iter().map(|object| &object.value).collect();
    let answer = client.post(APPLY_PATH, &json!({ "objects": objects })).await;
    let answer = answer.context("nothing was applied")?;
    for applied in answer.list("/applied") {
        out.say(&format!("{} {}", applied.text("/object"), applied.text("/outcome")));
    }
    let is_ready = progress::follow(client, until, out).await?;
    if is_ready {
        summary::print(client, until, out).await?;
    } else {
        progress::explain(client, out).await?;
    }
    Ok(is_ready)
}

/// The flags that the runtime's own process is given.
fn runtime_words(given: &Given) -> Vec<String> {
    let flags = settings::FLAGS.iter();
    flags
        .flat_map(|flag| given.all(flag.name).map(|value| format!("--{}={value}", flag.name)).collect::<Vec<_>>())
        .collect()
}
