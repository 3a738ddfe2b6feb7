//! `cargo xtask parity`: the questions of `tests/parity`, asked of Consul and of ours; what is answered otherwise is told. Knows which programs
//! to start, nothing of questions and answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow, bail, ensure};
use proconsul_parity::{Agents, Comparison, Exchange, Family, Kept, Setup, compare, recorded, report, run as ask};

use crate::say::say;
use crate::{peers, repository};

/// What is asked, and of whom.
#[derive(Debug, Default)]
struct Options {
    family: Option<String>,
    /// Ours is three servers, asked through a follower.
    cluster: bool,
    /// Both are a server, asked through a client agent.
    client: bool,
    /// The same, with a server of the original for both client agents.
    mixed: bool,
    /// The original is not started; its answers are those that were kept.
    recorded: bool,
    /// Only the original is asked, and its answers are kept.
    record: bool,
    /// A program of ours that is built already; otherwise it is built.
    subject: Option<PathBuf>,
}

impl Options {
    fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self::default();
        let mut words = arguments.iter();
        while let Some(flag) = words.next() {
            let mut value = || words.next().with_context(|| format!("{flag} needs a value"));
            match *flag {
                "--family" => options.family = Some((*value()?).to_owned()),
                "--subject" => options.subject = Some(fs::canonicalize(value()?).context("there is no such program")?),
                "--cluster" => options.cluster = true,
                "--client" => options.client = true,
                "--mixed" => (options.client, options.mixed) = (true, true),
                "--recorded" => options.recorded = true,
                "--record" => options.record = true,
                _ => bail!(
                    "unknown flag {flag}; there are --family F, --subject PATH, --cluster, --client, --mixed, --recorded and --record"
                ),
            }
        }
        ensure!(!(options.record && options.recorded), "--record asks the original, --recorded does not");
        let is_kept = options.record || options.recorded || options.cluster;
        ensure!(!(options.client && is_kept), "--client asks both through client agents, whose answers are not kept");
        Ok(options)
    }

    fn setup(&self) -> Setup {
        match (self.cluster, self.client) {
            (true, _) => Setup::Cluster,
            (false, true) => Setup::Client,
            (false, false) => Setup::Alone,
        }
    }

    fn families(&self) -> Result<Vec<Family>> {
        let mut families = Family::all()?;
        if let Some(name) = &self.family {
            families.retain(|family| family.name == *name);
            ensure!(!families.is_empty(), "tests/parity/scenarios has no file {name}.txt");
        }
        Ok(families)
    }
}

/// Asks all families; fails when a difference is left that no decision keeps.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let families = options.families()?;
    if options.record {
        return families.iter().try_for_each(record);
    }
    let subject = options.subject.clone().map_or_else(build, Ok)?;
    let kept = Kept::read().context("cannot read the list of kept differences")?;
    let (mut matched, mut total, mut problems) = (0, 0, 0);
    for family in &families {
        let comparison = compared(family, &subject, &options)?;
        matched += comparison.total - comparison.differences.len();
        total += comparison.total;
        problems += tell(&family.name, &comparison, &kept, options.setup() == Setup::Alone)?;
    }
    say(&format!("{matched} of {total} answers match"));
    ensure!(problems == 0, "{problems} differences that no decision keeps");
    Ok(())
}

fn record(family: &Family) -> Result<()> {
    let exchanges = answers(&peers::program("consul")?, family, Setup::Alone)?;
    if let Some(failed) = exchanges.iter().find(|exchange| exchange.question.starts_with("until ")) {
        bail!("{}: {} {}", family.name, failed.question, failed.answer);
    }
    recorded::write(&family.name, &exchanges)?;
    say(&format!("{}: {} answers kept", family.name, exchanges.len()));
    Ok(())
}

fn compared(family: &Family, subject: &Path, options: &Options) -> Result<Comparison> {
    let (original, ours) = thread::scope(|scope| {
        let ours = scope.spawn(|| match options.mixed {
            true => Ok(ask(family, &Agents::behind(subject, &peers::program("consul")?, family, Setup::Client)?)),
            false => answers(subject, family, options.setup()),
        });
        let original = if options.recorded {
            recorded::read(&family.name).with_context(|| format!("no answers are kept for {}", family.name))
        } else {
            let setup = if options.client { Setup::Client } else { Setup::Alone };
            peers::program("consul").and_then(|consul| answers(&consul, family, setup))
        };
        (original, ours.join().unwrap_or_else(|_| Err(anyhow!("asking ours panicked"))))
    });
    Ok(compare(family, &original?, &ours?, !options.cluster)?)
}

fn answers(program: &Path, family: &Family, setup: Setup) -> Result<Vec<Exchange>> {
    let agents = Agents::start(program, family, setup)?;
    Ok(ask(family, &agents))
}

/// Prints a family's line and its differences, keeps them in a file, and counts those that nothing excuses.
fn tell(family: &str, comparison: &Comparison, kept: &Kept, alone: bool) -> Result<usize> {
    let Comparison { total, differences } = comparison;
    let (excused, rest): (Vec<_>, Vec<_>) =
        differences.iter().partition(|difference| kept.decision(family, difference).is_some());
    let text: String = rest.iter().map(|difference| report::told(family, difference) + "\n").collect();
    let folder = repository::target("parity");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(family).with_extension("diff"), &text)?;
    if !text.is_empty() {
        say(&text);
    }
    // Some differences are only seen when one server is asked.
    let outlived = if alone { kept.outlived(family, differences) } else { Vec::new() };
    for question in &outlived {
        say(&format!("kept.txt: {family} {question}: is answered as the original answers it; take the line out"));
    }
    let kept = if excused.is_empty() { String::new() } else { format!(", {} kept on purpose", excused.len()) };
    say(&format!("{family}: {} of {total} match{kept}", total - differences.len()));
    Ok(rest.len() + outlived.len())
}

/// Builds ours, quickly rather than well.
fn build() -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    let status = cargo.args(["build", "--bin", "proconsul"]).current_dir(repository::root()).status();
    ensure!(status.context("cannot run cargo")?.success(), "the build failed");
    Ok(repository::built("debug/proconsul"))
}
