//! The program under test, run to its end.

use std::process::{Command, Stdio};

/// What was left of it.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) is_success: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Finished {
    /// Standard output of a command that must have succeeded.
    #[track_caller]
    pub(crate) fn success(self) -> String {
        assert!(self.is_success, "{self:?}");
        self.out
    }

    /// Both outputs of a command that must have failed.
    #[track_caller]
    pub(crate) fn failure(self) -> String {
        assert!(!self.is_success, "{self:?}");
        self.out + &self.err
    }
}

/// Runs the program; what the user's environment says does not reach it.
pub(crate) fn proconsul<'a>(words: impl IntoIterator<Item = &'a str>) -> Finished {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proconsul"));
    command.args(words).stdin(Stdio::null());
    for variable in ["PROCONSUL_STATE", "CONSUL_HTTP_ADDR", "CONSUL_HTTP_TOKEN", "CONSUL_HTTP_SSL"] {
        command.env_remove(variable);
    }
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Finished { is_success: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
}
