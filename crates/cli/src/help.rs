//! Help texts in Consul's layout, made from what the commands declare.

use std::path::Path;

use proconsul_agent::flag;
use proconsul_base::text::nearest::nearest;

use crate::command::{COMMANDS, Command};

/// Commands that hold further ones: words, synopsis, and what they are about.
const GROUPS: &[(&str, &str, &str)] = &[
    (
        "kv",
        "Interact with the key-value store",
        "  Reads, writes and deletes keys, and moves whole trees between clusters.",
    ),
    ("operator", "Provides cluster-level tools for Consul operators", "  Tools for whoever looks after a cluster."),
    (
        "operator raft",
        "Provides cluster-level tools for Consul operators",
        "  Shows who takes part in the replicated log.",
    ),
];

/// The family with its own help and its own flags.
const KUBE: (&str, &str) = ("kube", "Runs Kubernetes manifests of stateful applications on this machine");

/// Consul's commands that are not there.
const ABSENT: &[&str] = &[
    "acl",
    "catalog",
    "config",
    "connect",
    "debug",
    "event",
    "exec",
    "force-leave",
    "intention",
    "join",
    "keyring",
    "lock",
    "login",
    "logout",
    "maint",
    "monitor",
    "reload",
    "rtt",
    "services",
    "snapshot",
    "tls",
    "watch",
];

/// The name of a program from the path it was called by.
pub(crate) fn program_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| "proconsul".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Every command with one line about it.
pub(crate) fn overview(program: &str) -> String {
    let top = |words: &str| !words.contains(' ');
    let commands = COMMANDS.iter().map(|command| (command.words, command.synopsis));
    let groups = GROUPS.iter().map(|&(words, synopsis, _)| (words, synopsis));
    let lines = listing(commands.chain(groups).chain([KUBE]).filter(|(words, _)| top(words)).collect());
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
    let line = words.join(" ");
    let begins = |group: &str| line.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let (group, _, about) = GROUPS.iter().rev().find(|(group, ..)| begins(group))?;
    let below = |words: &'static str| words.strip_prefix(group)?.strip_prefix(' ').filter(|word| !word.contains(' '));
    let commands = COMMANDS.iter().filter_map(|command| Some((below(command.words)?, command.synopsis)));
    let groups = GROUPS.iter().filter_map(|&(words, synopsis, _)| Some((below(words)?, synopsis)));
    let lines = listing(commands.chain(groups).collect());
    Some(format!("Usage: {program} {group} <subcommand> [options] [args]\n\n{about}\n\nSubcommands:\n{lines}"))
}

/// What is said when no command begins with this word.
pub(crate) fn no_such_command(program: &str, word: &str) -> String {
    let mut text = String::new();
    if ABSENT.contains(&word) {
        text.push_str(&format!("the command {word} of Consul is not there in this version\n\n"));
    } else if !word.starts_with('-') {
        let known =
            COMMANDS.iter().map(|command| command.words).chain(GROUPS.iter().map(|(words, ..)| *words)).chain([KUBE.0]);
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
