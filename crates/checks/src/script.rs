//! A program whose exit says how things are, as plugins of Nagios do.
//!
//! It runs in a process group of its own with the agent's environment, and reads nothing. The whole group dies when the time is
//! over or nobody waits any more, so what it left behind, however much, dies with it.

mod group;

use std::io;
use std::process::Stdio;
use std::time::Duration;

use proconsul_base::text::duration;
use proconsul_base::text::quote::quoted;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

use self::group::Group;
use crate::captured::Captured;
use crate::network::reason;
use crate::outcome::{Outcome, Status};

/// Bytes read from the program at a time.
const CHUNK: usize = 4096;

/// A program with its arguments.
#[derive(Debug)]
pub(crate) struct Script {
    /// The program and its arguments; not empty.
    pub(crate) args: Vec<String>,
    pub(crate) timeout: Duration,
    /// How much of what it prints is told, in bytes.
    pub(crate) output_max: usize,
}

/// Why the program did not run, with Go's texts.
#[derive(Debug, thiserror::Error)]
enum ScriptError {
    #[error("exec: no command")]
    Nothing,
    #[error("exec: {}: executable file not found in $PATH", quoted(.0))]
    NotFound(String),
    #[error("fork/exec {program}: {}", reason(.source))]
    Start { program: String, source: io::Error },
    #[error("failed to read what the program prints: {0}")]
    Pipe(io::Error),
}

impl Script {
    pub(crate) async fn run(&self) -> Outcome {
        let mut captured = Captured::new(self.output_max);
        let (mut group, mut output) = match self.start() {
            Ok(started) => started,
            Err(error) => return Outcome::critical(error),
        };
        // The program is over when it has exited and nobody is left who could print.
        let over = async {
            read(&mut output, &mut captured).await;
            group.wait().await
        };
        match timeout(self.timeout, over).await {
            Ok(code) => Outcome { status: Status::of_exit(code.map(i64::from)), output: captured.told() },
            Err(_) => {
                group.kill_and_wait().await;
                let late = format!("Timed out ({}) running check", duration::format(self.timeout));
                let told = captured.told();
                Outcome::critical(if told.is_empty() { late } else { format!("{late}\n\n{told}") })
            }
        }
    }

    fn start(&self) -> Result<(Group, impl AsyncRead + Unpin + use<>), ScriptError> {
        let (program, arguments) = self.args.split_first().ok_or(ScriptError::Nothing)?;
        // One pipe for both, so that lines stand in the order in which they were printed.
        let (output, input) = io::pipe().map_err(ScriptError::Pipe)?;
        let second = input.try_clone().map_err(ScriptError::Pipe)?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(input).stderr(second).process_group(0);
        let child = command.spawn().map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound && !program.contains('/') {
                ScriptError::NotFound(program.clone())
            } else {
                ScriptError::Start { program: program.clone(), source: error }
            }
        })?;
        // Our ends of the pipe for writing are in the command.
        drop(command);
        let group = Group::of(child);
        let output = tokio::net::unix::pipe::Receiver::from_owned_fd(output.into()).map_err(ScriptError::Pipe)?;
        Ok((group, output))
    }
}

/// Reads to the end.
async fn read(output: &mut (impl AsyncRead + Unpin), captured: &mut Captured) {
    let mut chunk = [0; CHUNK];
    while let Ok(length @ 1..) = output.read(&mut chunk).await {
        captured.write(&chunk[..length]);
    }
}

#[cfg(test)]
mod tests;
