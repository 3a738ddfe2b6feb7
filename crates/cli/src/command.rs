//! The commands that exist, and what each declares about itself.

use std::process::ExitCode;

use proconsul_agent::flag::{Flag, Given};

use crate::out::Out;
use crate::{agent, info, keygen, kv, leave, members, operator, validate, version};

/// One command.
pub(crate) struct Command {
    /// The words that call it: `kv get`.
    pub(crate) words: &'static str,
    /// What follows these words, for the help.
    pub(crate) usage: &'static str,
    /// What it does, in one line.
    pub(crate) synopsis: &'static str,
    /// What it does, in a few indented lines.
    pub(crate) about: &'static str,
    /// The flags of the connection to the agent, if it makes one.
    pub(crate) connection: &'static [&'static [Flag]],
    /// Its own flags.
    pub(crate) flags: fn() -> &'static [Flag],
    /// What it does.
    pub(crate) run: fn(Call<'_>) -> anyhow::Result<Exit>,
}

impl Command {
    pub(crate) fn all_flags(&self) -> Vec<&'static [Flag]> {
        self.connection.iter().copied().chain([(self.flags)()]).collect()
    }
}

/// One call of a command.
pub(crate) struct Call<'a> {
    /// The flags and the words after them.
    pub(crate) given: Given,
    /// Where it prints.
    pub(crate) out: &'a mut Out,
}

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0.
    Success,
    /// 1: something went wrong, and was said.
    Failure,
    /// 2: `members` found nobody.
    NothingFound,
    /// 127: there is no such command.
    UnknownCommand,
}

impl Exit {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::NothingFound => 2,
            Self::UnknownCommand => 127,
        })
    }
}

/// All commands, by their words.
pub(crate) const COMMANDS: &[&Command] = &[
    &agent::COMMAND,
    &info::COMMAND,
    &keygen::COMMAND,
    &kv::delete::COMMAND,
    &kv::export::COMMAND,
    &kv::get::COMMAND,
    &kv::import::COMMAND,
    &kv::put::COMMAND,
    &leave::COMMAND,
    &members::COMMAND,
    &operator::raft_list_peers::COMMAND,
    &validate::COMMAND,
    &version::COMMAND,
];

/// The command that these words begin with, and the words after it.
pub(crate) fn find(words: &[String]) -> Option<(&'static Command, &[String])> {
    COMMANDS.iter().find_map(|command| {
        let own: Vec<&str> = command.words.split(' ').collect();
        let begins = words.len() >= own.len() && own.iter().zip(words).all(|(own, word)| own == word);
        begins.then(|| (*command, &words[own.len()..]))
    })
}

/// For commands that have no flags of their own.
pub(crate) fn no_flags() -> &'static [Flag] {
    &[]
}
