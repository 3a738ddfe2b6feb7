//! The command line: one file per command, each with plain arguments, one call and one printer.
//!
//! Commands, flags, texts and exit codes are Consul's; the program answers to `consul` as it does to its own name.

mod agent;
mod argument;
mod catalog;
mod command;
mod completion;
mod config;
mod connection;
mod debug;
mod document;
mod event;
mod exec;
mod force_leave;
mod help;
mod info;
mod intention;
mod join;
mod json;
mod keygen;
mod keyring;
mod kube;
mod kv;
mod leave;
mod lock;
mod login;
mod logout;
mod maint;
mod members;
mod monitor;
mod operator;
mod out;
mod reload;
mod rtt;
mod services;
mod snapshot;
mod validate;
mod version;
mod wait;
mod watch;

use std::env;
use std::io;
use std::process::ExitCode;

use proconsul_agent::flag;

use self::command::{Call, Command, Exit, Misuse};
use self::out::Out;

/// Runs the command that this process was started with.
pub fn run() -> ExitCode {
    let mut words = env::args_os().map(|word| word.to_string_lossy().into_owned());
    let program = words.next().map_or_else(|| "proconsul".to_owned(), |path| help::program_name(&path));
    let words: Vec<String> = words.collect();
    let mut out = Out::new(io::stdout(), io::stderr());
    if let Ok(line) = env::var(completion::LINE) {
        completion::complete(&line, env::var(completion::POINT).ok().as_deref(), &mut out);
        return ExitCode::SUCCESS;
    }
    kube::run(&words, &mut out).unwrap_or_else(|| dispatch(&program, &words, &mut out).code())
}

fn dispatch(program: &str, words: &[String], out: &mut Out) -> Exit {
    let is_help = asks_for_help(words);
    let begin = words.iter().position(|word| !word.starts_with('-')).unwrap_or(words.len());
    let (early, words) = words.split_at(begin);
    if early.iter().any(|word| matches!(word.as_str(), "-v" | "-version" | "--version")) {
        return version::print(out, version::Form::Pretty);
    }
    if words.is_empty() {
        if is_help {
            out.say(&help::overview(program));
            return Exit::Success;
        }
        return completion::install(early, out).unwrap_or_else(|| {
            out.complain(&help::overview(program));
            Exit::UnknownCommand
        });
    }
    let Some((command, rest)) = command::find(words) else { return unknown(program, words, is_help, out) };
    if is_help {
        out.say(&help::of_command(program, command));
        return Exit::Success;
    }
    if !early.is_empty() {
        let text = "Invalid flags before the subcommand. If these flags are for\nthe subcommand, please put them after the subcommand.";
        out.complain(&format!("{text}\n\n{}", help::of_command(program, command)));
        return Exit::Failure;
    }
    run_command(program, command, rest, out)
}

/// Help may be asked for anywhere on the line, as long as no `--` says that the words after it are something else.
fn asks_for_help(words: &[String]) -> bool {
    let mut words = words.iter().take_while(|word| *word != "--");
    words.any(|word| matches!(word.as_str(), "-h" | "-help" | "--help"))
}

fn run_command(program: &str, command: &Command, words: &[String], out: &mut Out) -> Exit {
    let given = match flag::parse(&command.all_flags(), words) {
        Ok(given) => given,
        Err(mistakes) => {
            out.complain(&format!("{mistakes}\nAll flags are listed by: {program} {} -h", command.words));
            // 1 would be an answer of theirs.
            let answers_by_exit = matches!(command.words, "intention check" | "intention match");
            return if answers_by_exit { Exit::Undecided } else { Exit::Failure };
        }
    };
    (command.run)(Call { given, out: &mut *out }).unwrap_or_else(|error| {
        failed(program, command, &error, out);
        Exit::Failure
    })
}

fn failed(program: &str, command: &Command, error: &anyhow::Error, out: &mut Out) {
    let help = || help::of_command(program, command);
    match error.downcast_ref() {
        // Some texts end in empty lines, and are shown with them.
        None => out.complain(&format!("{error:#}\n")),
        Some(Misuse::Explained(text)) => out.complain(&format!("{text}\n\n{}", help())),
        Some(Misuse::Apart(text)) => {
            out.complain(text);
            out.say(&help());
        }
        Some(Misuse::Bare) => out.complain(&help()),
    }
}

/// Words that no command begins with: the help of the group they came to, or of everything.
fn unknown(program: &str, words: &[String], is_help: bool, out: &mut Out) -> Exit {
    let Some(group) = help::group(program, words) else {
        out.complain(&help::no_such_command(program, &words[0]));
        return Exit::UnknownCommand;
    };
    if is_help {
        out.say(&group);
        return Exit::Success;
    }
    out.complain(&group);
    Exit::Failure
}

#[cfg(test)]
mod tests;
