//! The command line: one file per command, each with plain arguments, one call and one printer.
//!
//! Commands, flags, texts and exit codes are Consul's; the program answers to `consul` as it does to its own name.

mod agent;
mod command;
mod connection;
mod help;
mod info;
mod keygen;
mod kube;
mod kv;
mod leave;
mod members;
mod operator;
mod out;
mod validate;
mod version;

use std::env;
use std::io;
use std::process::ExitCode;

use proconsul_agent::flag;

use self::command::{Call, Command, Exit};
use self::out::Out;

/// Runs the command that this process was started with.
pub fn run() -> ExitCode {
    let mut words = env::args_os().map(|word| word.to_string_lossy().into_owned());
    let program = words.next().map_or_else(|| "proconsul".to_owned(), |path| help::program_name(&path));
    let words: Vec<String> = words.collect();
    let mut out = Out::new(io::stdout(), io::stderr());
    kube::run(&words, &mut out).unwrap_or_else(|| dispatch(&program, &words, &mut out).code())
}

fn dispatch(program: &str, words: &[String], out: &mut Out) -> Exit {
    let Some(first) = words.first() else {
        out.complain(&help::overview(program));
        return Exit::UnknownCommand;
    };
    match first.as_str() {
        "-h" | "--help" | "-help" => {
            out.say(&help::overview(program));
            return Exit::Success;
        }
        "-v" | "--version" | "-version" => return version::print(out, version::Form::Pretty),
        _ => {}
    }
    match command::find(words) {
        Some((command, rest)) => run_command(program, command, rest, out),
        None => unknown(program, words, out),
    }
}

fn run_command(program: &str, command: &Command, words: &[String], out: &mut Out) -> Exit {
    let given = match flag::parse(&command.all_flags(), words) {
        Ok(given) => given,
        Err(mistakes) if mistakes.is_help() => {
            out.say(&help::of_command(program, command));
            return Exit::Success;
        }
        Err(mistakes) => {
            out.complain(&format!("{mistakes}\nAll flags are listed by: {program} {} -h", command.words));
            return Exit::Failure;
        }
    };
    match (command.run)(Call { given, out: &mut *out }) {
        Ok(exit) => exit,
        Err(error) => {
            out.complain(&format!("{error:#}"));
            Exit::Failure
        }
    }
}

/// Words that no command begins with: the help of the group they came to, or of everything.
fn unknown(program: &str, words: &[String], out: &mut Out) -> Exit {
    let asked = words.iter().any(|word| matches!(word.as_str(), "-h" | "--help" | "-help"));
    let Some(group) = help::group(program, words) else {
        out.complain(&help::no_such_command(program, &words[0]));
        return Exit::UnknownCommand;
    };
    if asked {
        out.say(&group);
        return Exit::Success;
    }
    out.complain(&group);
    Exit::Failure
}

#[cfg(test)]
mod tests;
