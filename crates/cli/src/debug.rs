//! `debug`: what an agent tells about itself and its cluster for a while, in one archive for whoever looks into a problem.

mod capture;
mod pack;

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_base::text::duration;
use serde_json::Value;

use self::capture::{Capture, Target};
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "debug",
    usage: "[options]",
    synopsis: "Records a debugging archive for operators",
    about: "  Records for a while what an agent tells of itself, its machine, its cluster, its metrics and its
  log, and packs that into an archive. Interrupted, it packs what it has. Read it before you hand it
  on: names and addresses of your machines are in it.

      $ consul debug -interval=20s -duration=1m
      $ consul debug -capture metrics -capture agent",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag {
        name: "archive",
        takes: Takes::Switch,
        doc: "Packs what was recorded into a .tar.gz; otherwise the folder stays.",
        default: "true",
    },
    Flag {
        name: "capture",
        takes: Takes::Text("value"),
        doc: "What to record: metrics, logs, host, agent or cluster; may be given more than once. Everything unless given.",
        default: "",
    },
    Flag { name: "duration", takes: Takes::Text("duration"), doc: "How long to record, at least 10s.", default: "2m" },
    Flag {
        name: "interval",
        takes: Takes::Text("duration"),
        doc: "How often metrics and logs begin anew, at least 5s.",
        default: "30s",
    },
    Flag {
        name: "output",
        takes: Takes::Text("string"),
        doc: "The path of what is recorded, without .tar.gz.",
        default: "consul-debug-TIME",
    },
];

const SHORTEST_DURATION: Duration = Duration::from_secs(10);
const SHORTEST_INTERVAL: Duration = Duration::from_secs(5);

/// What the command line asks for.
struct Arguments {
    duration: Duration,
    interval: Duration,
    targets: Vec<Target>,
    output: PathBuf,
    archive: bool,
}

impl Arguments {
    fn read(given: &Given, now: u64) -> anyhow::Result<Self> {
        let length = |flag: &str, default: u64, shortest: Duration| {
            let Some(text) = given.text(flag) else { return Ok(Duration::from_secs(default)) };
            let length = duration::parse(text).with_context(|| format!("invalid value {text:?} for flag -{flag}"))?;
            if length < shortest {
                bail!("{flag} must be longer than {}", duration::format(shortest));
            }
            Ok(length)
        };
        let named: Vec<&str> = given.all("capture").collect();
        let target = |name: &str| Target::named(name).ok_or_else(|| anyhow!("target not found: {name}"));
        let targets = named.iter().map(|name| target(name)).collect::<Result<Vec<_>, _>>()?;
        let output = given.text("output").map_or_else(|| format!("consul-debug-{now}"), str::to_owned);
        Ok(Self {
            duration: length("duration", 120, SHORTEST_DURATION)?,
            interval: length("interval", 30, SHORTEST_INTERVAL)?,
            targets: if targets.is_empty() { Target::ALL.to_vec() } else { targets },
            output: output.into(),
            archive: given.text("archive") != Some("false"),
        })
    }
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let failed = "==> Capture validation failed";
    let arguments = Arguments::read(&call.given, seconds()?).context(failed)?;
    let api = connection::api(&call.given)?;
    let agent: Value = api
        .json("/v1/agent/self", &[])
        .map_err(|error| anyhow!("error querying target agent: {error}. verify connectivity and agent address"))
        .context(failed)?;
    if arguments.output.exists() {
        bail!("{failed}: output directory already exists: {}", arguments.output.display());
    }
    let shown = if arguments.archive { pack::path(&arguments.output) } else { arguments.output.clone() };
    let targets: Vec<&str> = arguments.targets.iter().map(|target| target.name()).collect();
    call.out.say("==> Starting debugger and capturing static information...");
    call.out.say(&format!("     Agent Version: '{}'", agent["Config"]["Version"].as_str().unwrap_or_default()));
    call.out.say(&format!("          Interval: '{}'", duration::format(arguments.interval)));
    call.out.say(&format!("          Duration: '{}'", duration::format(arguments.duration)));
    call.out.say(&format!("            Output: '{}'", shown.display()));
    call.out.say(&format!("           Capture: '{}'", targets.join(", ")));
    let mut capture = Capture { client: api.client(), arguments: &arguments, out: call.out };
    api.block_on(capture.run())?;
    if arguments.archive {
        pack::pack(&arguments.output, seconds()?).context("Archive creation failed")?;
    }
    call.out.say(&format!("Saved debug archive: {}", shown.display()));
    Ok(Exit::Success)
}

/// Since 1970.
fn seconds() -> anyhow::Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_arguments_are_refused_and_everything_is_recorded_unless_something_is_named() {
        let read = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            Arguments::read(&proconsul_agent::flag::parse(&[FLAGS], &words).unwrap(), 7)
        };
        for (line, expected) in [
            ("-duration=1s", "duration must be longer than 10s"),
            ("-interval=1s", "interval must be longer than 5s"),
            ("-capture=foo", "target not found: foo"),
            ("-interval=x", "invalid value \"x\" for flag -interval"),
        ] {
            assert_eq!(read(line).err().map(|error| error.to_string()).as_deref(), Some(expected), "{line}");
        }
        let arguments = read("").unwrap();
        assert_eq!(arguments.targets, Target::ALL);
        assert_eq!(arguments.output, PathBuf::from("consul-debug-7"));
        assert_eq!(read("-capture host -capture=logs").unwrap().targets, [Target::Host, Target::Logs]);
    }
}
