//! Help texts in Consul's layout, made from what the commands declare.

use std::path::Path;

use proconsul_agent::flag;
use proconsul_base::text::nearest::nearest;

use crate::command::{COMMANDS, Command};

/// Commands that hold further ones.
struct Group {
    words: &'static str,
    /// What follows these words.
    usage: &'static str,
    /// What they are about, in one line.
    synopsis: &'static str,
    /// The same, in a few indented lines.
    about: &'static str,
}

const WITH_ARGUMENTS: &str = "<subcommand> [options] [args]";

const WITHOUT_ARGUMENTS: &str = "<subcommand> [options]";

const GROUPS: &[Group] = &[
    Group {
        words: "catalog",
        usage: WITH_ARGUMENTS,
        synopsis: "Lists datacenters, nodes and services",
        about: "  Lists what the catalog of a datacenter holds.",
    },
    Group {
        words: "config",
        usage: WITH_ARGUMENTS,
        synopsis: "Reads and writes config entries",
        about: "  Reads, writes, lists and removes config entries: settings of services that are kept by
  the cluster.",
    },
    Group {
        words: "intention",
        usage: WITH_ARGUMENTS,
        synopsis: "Allows and denies connections between services",
        about: "  Makes, shows and removes intentions, which say what service may connect to what other.
  Services are named, or `*` for all.",
    },
    Group {
        words: "kv",
        usage: WITH_ARGUMENTS,
        synopsis: "Interact with the key-value store",
        about: "  Reads, writes and deletes keys, and moves whole trees between clusters.",
    },
    Group {
        words: "operator",
        usage: WITHOUT_ARGUMENTS,
        synopsis: "Provides cluster-level tools for Consul operators",
        about: "  Tools for whoever looks after a cluster. Some can do it harm.",
    },
    Group {
        words: "operator autopilot",
        usage: WITHOUT_ARGUMENTS,
        synopsis: "Shows and changes how servers look after themselves",
        about: "  Shows how the servers are, and changes what autopilot goes by: which servers it calls
  healthy, when new ones vote, when dead ones are removed.",
    },
    Group {
        words: "operator raft",
        usage: WITHOUT_ARGUMENTS,
        synopsis: "Shows and changes who takes part in the replicated log",
        about: "  Shows who takes part in the replicated log, takes a server out of it, and lets another
  server lead.",
    },
    Group {
        words: "operator usage",
        usage: WITHOUT_ARGUMENTS,
        synopsis: "Counts what is in the cluster",
        about: "  Counts services and their instances.",
    },
    Group {
        words: "services",
        usage: WITH_ARGUMENTS,
        synopsis: "Registers services at the agent, and takes them from it",
        about: "  Registers services at the agent, and takes them from it. Other questions about services
  are answered by `consul catalog services`.",
    },
    Group {
        words: "snapshot",
        usage: WITH_ARGUMENTS,
        synopsis: "Saves, restores and inspects the state of the servers",
        about: "  Saves the state of the servers at one moment to a file, puts such a file in the place of their
  state, and shows what a file holds. Files go both ways between Consul and this program.",
    },
];

/// The family with its own help and its own flags.
const KUBE: (&str, &str) = ("kube", "Runs Kubernetes manifests of stateful applications on this machine");

/// Consul's commands that are not there.
const ABSENT: &[&str] = &["acl", "connect", "tls"];

/// The name of a program from the path it was called by.
pub(crate) fn program_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| "proconsul".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Every command with one line about it.
pub(crate) fn overview(program: &str) -> String {
    let lines = listing(below("").chain([KUBE]).collect());
    format!("Usage: {program} [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n{lines}")
}

/// The help of one command.
pub(crate) fn of_command(program: &str, command: &Command) -> String {
    let usage = format!("{} {}", command.words, command.usage);
    let mut text = format!("Usage: {program} {}\n\n{}\n", usage.trim_end(), command.about);
    let connection = command.connection.concat();
    if !connection.is_empty() {
        text.push_str(&format!("\n{}", flag::options("HTTP API Options", &connection)));
    }
    if !(command.flags)().is_empty() {
        text.push_str(&format!("\n{}", flag::options("Command Options", (command.flags)())));
    }
    text
}

/// The help of the group that these words begin with.
pub(crate) fn group(program: &str, words: &[String]) -> Option<String> {
    let begins = |group: &&Group| group.words.split(' ').zip(words).filter(|(own, word)| own == word).count();
    let fits = |group: &&Group| begins(group) == group.words.split(' ').count();
    let group = GROUPS.iter().filter(fits).max_by_key(begins)?;
    let lines = listing(below(group.words).collect());
    let Group { words, usage, about, .. } = group;
    Some(format!("Usage: {program} {words} {usage}\n\n{about}\n\nSubcommands:\n{lines}"))
}

/// The words that may follow these, each with one line about it.
fn below(words: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let commands = COMMANDS.iter().map(|command| (command.words, command.synopsis));
    let groups = GROUPS.iter().map(|group| (group.words, group.synopsis));
    let before = if words.is_empty() { String::new() } else { format!("{words} ") };
    let next = move |(known, synopsis): (&'static str, &'static str)| {
        known.strip_prefix(&before).filter(|word| !word.contains(' ')).map(|word| (word, synopsis))
    };
    commands.chain(groups).filter_map(next)
}

/// The words that may follow these.
pub(crate) fn words_below(words: &str) -> impl Iterator<Item = &'static str> {
    let own = words.is_empty().then_some(KUBE.0);
    below(words).map(|(word, _)| word).chain(own)
}

/// What is said when no command begins with this word.
pub(crate) fn no_such_command(program: &str, word: &str) -> String {
    let mut text = String::new();
    if ABSENT.contains(&word) {
        text.push_str(&format!("the command {word} of Consul is not there in this version\n\n"));
    } else if !word.starts_with('-') {
        let known =
            COMMANDS.iter().map(|command| command.words).chain(GROUPS.iter().map(|group| group.words)).chain([KUBE.0]);
        let hint = nearest(word, known).map_or(String::new(), |known| format!("; did you mean {known}?"));
        text.push_str(&format!("there is no command {word}{hint}\n\n"));
    }
    text + &overview(program)
}

fn listing(mut lines: Vec<(&str, &str)>) -> String {
    lines.sort_unstable();
    let width = lines.iter().map(|(words, _)| words.len()).max().unwrap_or(0);
    lines.iter().map(|(words, synopsis)| format!("    {words:<width$}    {synopsis}\n")).collect()
}
