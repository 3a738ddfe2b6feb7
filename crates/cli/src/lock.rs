//! `lock`: runs a program while a lock, or one of several places of a semaphore, is held.
//!
//! The entries, their flags and their steps are those of Consul's client libraries, so that both hold each other off.

mod child;
mod claim;
mod mutex;
mod semaphore;
mod session;

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::Api;
use proconsul_base::text::duration;
use serde_json::Value;

use self::child::Child;
use self::claim::{Claim, Patience};
use self::session::Session;
use crate::command::{Call, Command, Exit};
use crate::connection;
use crate::out::Out;
use crate::wait::Stopped;

pub(crate) const COMMAND: Command = Command {
    words: "lock",
    usage: "[options] prefix child...",
    synopsis: "Execute a command holding a lock",
    about: "  Takes a lock (with -n above 1: a place of a semaphore) below a prefix of keys and runs the child
  while it is held. When the lock is lost the child gets SIGTERM, and SIGKILL if it is still there
  five seconds later.

      $ consul lock service/backup /usr/bin/backup --all",
    connection: &[connection::CLIENT, connection::SERVER],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag {
        name: "child-exit-code",
        takes: Takes::Switch,
        doc: "Exits with 2 when the child ended with an error; else that changes nothing.",
        default: "false",
    },
    Flag {
        name: "monitor-retry",
        takes: Takes::Integer,
        doc: "How many times in a row, one second apart, the agent may fail to say whether the lock is still held.",
        default: "3",
    },
    Flag {
        name: "n",
        takes: Takes::Integer,
        doc: "How many may hold it at a time; above 1 it is a semaphore.",
        default: "1",
    },
    Flag {
        name: "name",
        takes: Takes::Text("string"),
        doc: "The name of the session; by default it tells the child and the prefix.",
        default: "",
    },
    Flag { name: "pass-stdin", takes: Takes::Switch, doc: "Gives the child our standard input.", default: "false" },
    Flag {
        name: "shell",
        takes: Takes::Switch,
        doc: "Runs the child by a shell: the one in SHELL, else /bin/sh.",
        default: "true",
    },
    Flag {
        name: "timeout",
        takes: Takes::Text("duration"),
        doc: "How long to wait for the lock, such as 1s or 3h; 0 for as long as it takes.",
        default: "0s",
    },
    Flag { name: "try", takes: Takes::Text("duration"), doc: "The old name of -timeout.", default: "0s" },
    Flag { name: "verbose", takes: Takes::Switch, doc: "Tells each step.", default: "false" },
];

/// What the command line asks for.
struct Arguments {
    prefix: String,
    holders: u32,
    name: String,
    patience: Patience,
    child: Child,
    tells_exit_code: bool,
    verbose: bool,
}

impl Arguments {
    fn read(given: &Given) -> anyhow::Result<Self> {
        let integer = |name: &str, default: i64| given.text(name).and_then(|n| n.parse().ok()).unwrap_or(default);
        let holders = u32::try_from(integer("n", 1)).ok().filter(|&count| count > 0);
        let (prefix, words) = match given.rest.split_first() {
            Some((prefix, words)) if !words.is_empty() => (prefix.trim_start_matches('/').to_owned(), words.to_vec()),
            _ => bail!("Key prefix and child command must be specified"),
        };
        let holders = holders.ok_or_else(|| anyhow!("Lock holder limit must be positive"))?;
        let monitor_retries = u32::try_from(integer("monitor-retry", 3));
        let monitor_retries = monitor_retries.map_err(|_| anyhow!("Number for 'monitor-retry' must be >= 0"))?;
        let shown = words.join(" ");
        let name = given.text("name").filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Self {
            name: name.unwrap_or_else(|| format!("Consul lock for '{shown}' at '{prefix}'")),
            prefix,
            holders,
            patience: Patience { acquire: timeout(given)?, monitor_retries },
            child: Child {
                words,
                by_shell: given.text("shell") != Some("false"),
                passes_input: given.switch("pass-stdin"),
            },
            tells_exit_code: given.switch("child-exit-code"),
            verbose: given.switch("verbose"),
        })
    }
}

/// How long to wait for the lock; `None` for as long as it takes.
fn timeout(given: &Given) -> anyhow::Result<Option<Duration>> {
    let mut longest = None;
    for flag in ["try", "timeout"] {
        let Some(text) = given.text(flag) else { continue };
        let parsed = duration::parse(text);
        let parsed = parsed.with_context(|| format!("invalid value {text:?} for flag -{flag}"))?;
        longest = Some(parsed).filter(|parsed| !parsed.is_zero()).or(longest);
    }
    Ok(longest)
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let arguments = Arguments::read(&call.given)?;
    let api = connection::api(&call.given)?;
    api.json::<Value>("/v1/agent/self", &[]).context("Error querying Consul agent")?;
    api.block_on(hold(&api, &arguments, call.out))
}

async fn hold(api: &Api, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let mut stopped = Stopped::listen()?;
    let mut say = |text: &str| {
        if arguments.verbose {
            out.say(text);
        }
    };
    let client = api.client();
    let claim = Claim::new(arguments.holders, &arguments.prefix);
    say(&match &claim {
        Claim::Mutex(mutex) => format!("Setting up lock at path: {}", mutex.key()),
        Claim::Semaphore(_) => {
            format!("Setting up semaphore (limit {}) at prefix: {}", arguments.holders, arguments.prefix)
        }
    });
    say("Attempting lock acquisition");
    let session = Session::create(client, &arguments.name).await.context("Lock acquisition failed")?;
    let acquired = tokio::select! {
        acquired = claim.acquire(client, session.id(), arguments.patience) => Some(acquired),
        () = stopped.wait() => None,
    };
    let given_up = match acquired {
        Some(Ok(true)) => None,
        Some(Err(error)) => Some(error.context("Lock acquisition failed")),
        Some(Ok(false)) | None => Some(anyhow!("Shutdown triggered or timeout during lock acquisition")),
    };
    if let Some(error) = given_up {
        claim.withdraw(client, session.id()).await;
        session.destroy(client).await;
        return Err(error);
    }
    say("Starting handler");
    let lost = async {
        tokio::select! {
            () = claim.lost(client, session.id(), arguments.patience) => {}
            () = session.lost(client) => {}
        }
    };
    let ended = arguments.child.run(lost, &mut stopped, &mut say).await;
    let released = claim.release(client, session.id()).await;
    session.destroy(client).await;
    let cleaned = claim.clean_up(client).await;
    tell_end(out, arguments.verbose, released, cleaned)?;
    match ended {
        Ok(()) => Ok(Exit::Success),
        Err(error) => {
            out.complain(&format!("Error running handler: {error:#}"));
            Ok(if arguments.tells_exit_code { Exit::ChildFailed } else { Exit::Success })
        }
    }
}

/// How giving the lock back went; only a lock that could not be given back is an error.
fn tell_end(
    out: &mut Out,
    verbose: bool,
    released: anyhow::Result<()>,
    cleaned: anyhow::Result<bool>,
) -> anyhow::Result<()> {
    released.context("Lock release failed")?;
    let text = match cleaned.context("Lock cleanup failed")? {
        true => "Cleanup succeeded",
        false => "Cleanup aborted, lock in use",
    };
    if verbose {
        out.say(text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> String {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let given = proconsul_agent::flag::parse(&[FLAGS], &words).unwrap();
        Arguments::read(&given).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn wrong_arguments_are_refused_in_consuls_words() {
        for (line, expected) in [
            ("", "Key prefix and child command must be specified"),
            ("p", "Key prefix and child command must be specified"),
            ("-n=0 p true", "Lock holder limit must be positive"),
            ("-monitor-retry=-1 p true", "Number for 'monitor-retry' must be >= 0"),
            ("-timeout=zz p true", "invalid value \"zz\" for flag -timeout"),
            ("-try=1s -timeout=0s p true", ""),
        ] {
            assert_eq!(refused(line), expected, "{line:?}");
        }
    }
}
