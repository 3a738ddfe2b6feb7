//! The smallest program of which pods can be made: it answers to the two hidden commands, and under the name `consul` it is
//! the built-in image. The tests of this crate run it.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use proconsul_pods::{INIT_COMMAND, SHIM_COMMAND, init_main, shim_main};

fn main() -> ExitCode {
    let mut args = std::env::args();
    let name = args.next().unwrap_or_default();
    let command = args.next().unwrap_or_default();
    match command.as_str() {
        SHIM_COMMAND => shim_main(args),
        INIT_COMMAND => init_main(args),
        _ => agent(&name, &command),
    }
}

/// Stands for the agent: says what it was told, then waits for a signal.
fn agent(name: &str, command: &str) -> ExitCode {
    let mut out = io::stdout();
    let context = std::env::var("PROCONSUL_POD_CONTEXT").unwrap_or_default();
    let said = writeln!(out, "{name} {command}\n{context}").and_then(|()| out.flush());
    if said.is_err() || command == "exit" {
        return ExitCode::from(7);
    }
    // Nobody writes to the other end.
    let Ok((mut never, _writer)) = io::pipe() else { return ExitCode::FAILURE };
    let _ = never.read(&mut [0]);
    ExitCode::SUCCESS
}
