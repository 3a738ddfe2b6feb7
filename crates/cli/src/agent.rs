//! `agent`: resolves the configuration, prints the banner, starts the node and obeys signals until it is over.

mod banner;
pub(crate) mod machine;
mod pid_file;
mod signals;

use std::sync::Arc;

use anyhow::Context;
use proconsul_agent::Config;
use proconsul_agent::config;
use proconsul_agent::flag::Given;
use proconsul_node::{Handle, Reread, Shutdown, log};
use tokio::runtime::Builder;

use self::machine::Machine;
use self::pid_file::PidFile;
use self::signals::{Signal, Signals};
use crate::command::{Call, Command, Exit};

pub(crate) const COMMAND: Command = Command {
    words: "agent",
    usage: "[options]",
    synopsis: "Runs a Consul agent",
    about: "  Starts the agent and runs until it is told to stop.",
    connection: &[],
    flags: || config::FLAGS.as_slice(),
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let machine = Machine::look()?;
    let config = match config::load(&call.given, &machine.environment()?) {
        Ok(config) => config,
        Err(mistakes) => {
            call.out.complain(&banner::refused(&mistakes));
            return Ok(Exit::Failure);
        }
    };
    let banner = (!config.log.json).then(|| banner::starting(&config));
    if let Some(banner) = &banner {
        call.out.say(banner);
    }
    let log = log::start(&config.log)?;
    let _pid_file = config.pid_file.as_ref().map(PidFile::write).transpose()?;
    let runtime =
        Builder::new_multi_thread().enable_all().build().context("the runtime of the agent cannot be started")?;
    let exit = runtime.block_on(async {
        announce(&config);
        let running = || {
            log.flush();
            if banner.is_some() {
                call.out.say("==> Consul agent running!");
            }
        };
        live(config, reread(call.given), running).await
    })?;
    // Everything that must be durable is; a name lookup that still waits for its answer must not hold the exit up.
    runtime.shutdown_background();
    tracing::info!(target: "agent", code = if exit == Exit::Success { 0 } else { 1 }, "Exit code");
    Ok(exit)
}

/// Says once what the operator should know about this configuration.
fn announce(config: &Config) {
    for warning in &config.warnings {
        tracing::warn!(target: "agent", "{warning}");
    }
    for notice in &config.notices {
        tracing::info!(target: "agent", "{notice}");
    }
    match &config.pod {
        Some(pod) => tracing::info!(target: "agent", pod = %pod.hostname, address = %pod.address, "standing for a pod"),
        None => tracing::debug!(target: "agent", "standing for this machine"),
    }
}

/// The agent's whole life. As in Consul, only leaving the cluster counts as success.
async fn live(config: Config, reread: Reread, running: impl FnOnce()) -> anyhow::Result<Exit> {
    let (leave_on_terminate, leave_on_interrupt) = (config.leave_on_terminate, !config.skip_leave_on_interrupt);
    let mut signals = Signals::listen().context("signals cannot be received")?;
    let Some(mut handle) = start(config.clone(), &reread).await else { return Ok(Exit::Failure) };
    running();
    loop {
        let signal = tokio::select! {
            over = handle.wait_shutdown() => {
                let end = ended(&over);
                handle.stop().await;
                match end {
                    End::Exit(exit) => return Ok(exit),
                    End::Again => match start(config.clone(), &reread).await {
                        Some(again) => handle = again,
                        None => return Ok(Exit::Failure),
                    },
                }
                continue;
            }
            signal = signals.next() => signal,
        };
        tracing::info!(target: "agent", %signal, "Caught");
        let leave = match signal {
            Signal::Hangup => {
                reload(&handle).await;
                continue;
            }
            Signal::Interrupt => leave_on_interrupt,
            Signal::Terminate => leave_on_terminate,
        };
        let mut exit = Exit::Failure;
        if leave {
            tracing::info!(target: "agent", "Gracefully shutting down agent...");
            tokio::select! {
                () = handle.leave() => {
                    tracing::info!(target: "agent", "Graceful exit completed");
                    exit = Exit::Success;
                }
                signal = signals.next() => tracing::info!(target: "agent", %signal, "Caught second signal, Exiting"),
            }
        }
        tracing::info!(target: "agent", "Requesting shutdown");
        handle.stop().await;
        tracing::info!(target: "agent", "shutdown complete");
        return Ok(exit);
    }
}

/// Reads the flags, the files that they name and the machine again.
fn reread(given: Given) -> Reread {
    Arc::new(move || Ok(config::load(&given, &Machine::look()?.environment()?)?))
}

/// What is wrong with the configuration is told, and the one before stays.
async fn reload(handle: &Handle) {
    tracing::info!(target: "agent", "Reloading configuration...");
    if let Err(error) = handle.reload().await {
        tracing::error!(target: "agent", %error, "Failed to reload configuration; the one before stays");
    }
}

/// A running node, unless it cannot be started, which is told.
async fn start(config: Config, reread: &Reread) -> Option<Handle> {
    match proconsul_node::start(config, Arc::clone(reread)).await {
        Ok(handle) => Some(handle),
        Err(error) => {
            let error = format!("{:#}", anyhow::Error::new(error));
            tracing::error!(target: "agent", error, "Error starting agent");
            None
        }
    }
}

/// What follows when the node ends by itself.
enum End {
    Exit(Exit),
    /// The node starts again, as a new server.
    Again,
}

fn ended(over: &Shutdown) -> End {
    End::Exit(match over {
        Shutdown::Left => {
            tracing::info!(target: "agent", "Graceful exit completed");
            Exit::Success
        }
        Shutdown::Removed => {
            tracing::warn!(target: "agent", "this server was removed from its cluster; it joins again as a new one");
            return End::Again;
        }
        Shutdown::JoinExhausted => {
            tracing::error!(target: "agent", "Failed to join: max retry limit reached (-retry-max); exiting");
            Exit::Failure
        }
        Shutdown::Fatal(error) => {
            tracing::error!(target: "agent", error, "the agent cannot go on");
            Exit::Failure
        }
    })
}
