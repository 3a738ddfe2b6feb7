//! Programs that are run to their end.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use super::process::Process;

/// The program under test.
pub(crate) const PROCONSUL: &str = env!("CARGO_BIN_EXE_proconsul");

/// What was left of it.
#[derive(Debug)]
pub(crate) struct Finished {
    /// The exit code; nothing after a signal.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Finished {
    /// Standard output of a program that must have succeeded.
    #[track_caller]
    pub(crate) fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// Both outputs of a program that must have failed with 1.
    #[track_caller]
    pub(crate) fn failure(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        self.out + &self.err
    }
}

/// Runs our program.
pub(crate) fn proconsul(words: &[&str]) -> Finished {
    run(Path::new(PROCONSUL), words)
}

/// Runs any program.
pub(crate) fn run(program: &Path, words: &[&str]) -> Finished {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for variable in ["CONSUL_HTTP_ADDR", "CONSUL_HTTP_TOKEN", "CONSUL_HTTP_SSL", "CONSUL_NAMESPACE"] {
        command.env_remove(variable);
    }
    let mut process = Process::start(&mut command);
    // What these programs print fits a pipe, so they end before anybody reads.
    let code = process.end().code();
    let (mut out, mut err) = (String::new(), String::new());
    let child = process.inner();
    child.stdout.take().expect("is a pipe").read_to_string(&mut out).expect("prints text");
    child.stderr.take().expect("is a pipe").read_to_string(&mut err).expect("prints text");
    Finished { code, out, err }
}
