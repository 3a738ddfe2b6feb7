//! The commands that exist, and what each declares about itself.

use std::process::ExitCode;

use proconsul_agent::flag::{Flag, Given};

use crate::out::Out;
use crate::{
    agent, catalog, config, debug, event, exec, force_leave, info, intention, join, keygen, keyring, kv, leave, lock,
    login, logout, maint, members, monitor, operator, reload, rtt, services, snapshot, validate, version, watch,
};

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

/// A call that nothing can be made of, so that the command's help is part of the answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Misuse {
    /// What is wrong, an empty line, and the help.
    #[error("{0}")]
    Explained(&'static str),
    /// What is wrong, and the help on standard output: `leave` has it so.
    #[error("{0}")]
    Apart(String),
    /// The help alone.
    #[error("nothing was asked for")]
    Bare,
}

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0.
    Success,
    /// 1: something went wrong, and was said.
    Failure,
    /// 2: there is nobody and nothing to list.
    NothingFound,
    /// 2: for `intention check`, whose 1 is an answer.
    Undecided,
    /// 2: the program that ran under a lock ended with an error.
    ChildFailed,
    /// 127: there is no such command.
    UnknownCommand,
}

impl Exit {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::NothingFound | Self::Undecided | Self::ChildFailed => 2,
            Self::UnknownCommand => 127,
        })
    }
}

/// All commands, by their words.
pub(crate) const COMMANDS: &[&Command] = &[
    &agent::COMMAND,
    &catalog::datacenters::COMMAND,
    &catalog::nodes::COMMAND,
    &catalog::services::COMMAND,
    &config::delete::COMMAND,
    &config::list::COMMAND,
    &config::read::COMMAND,
    &config::write::COMMAND,
    &debug::COMMAND,
    &event::COMMAND,
    &exec::COMMAND,
    &force_leave::COMMAND,
    &info::COMMAND,
    &intention::check::COMMAND,
    &intention::create::COMMAND,
    &intention::delete::COMMAND,
    &intention::get::COMMAND,
    &intention::list::COMMAND,
    &intention::matching::COMMAND,
    &join::COMMAND,
    &keygen::COMMAND,
    &keyring::COMMAND,
    &kv::delete::COMMAND,
    &kv::export::COMMAND,
    &kv::get::COMMAND,
    &kv::import::COMMAND,
    &kv::put::COMMAND,
    &leave::COMMAND,
    &lock::COMMAND,
    &login::COMMAND,
    &logout::COMMAND,
    &maint::COMMAND,
    &members::COMMAND,
    &monitor::COMMAND,
    &operator::autopilot::get_config::COMMAND,
    &operator::autopilot::set_config::COMMAND,
    &operator::autopilot::state::COMMAND,
    &operator::raft::list_peers::COMMAND,
    &operator::raft::remove_peer::COMMAND,
    &operator::raft::transfer_leader::COMMAND,
    &operator::usage::COMMAND,
    &reload::COMMAND,
    &rtt::COMMAND,
    &services::deregister::COMMAND,
    &services::register::COMMAND,
    &snapshot::inspect::COMMAND,
    &snapshot::restore::COMMAND,
    &snapshot::save::COMMAND,
    &validate::COMMAND,
    &version::COMMAND,
    &watch::COMMAND,
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
