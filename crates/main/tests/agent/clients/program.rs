//! A program that tells by its output how far it is. No test lives here.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use crate::support::process::Process;

/// Where `cargo xtask clients` puts what it fetches for this language; says so when it is not there.
pub(super) fn fetched(language: &str) -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/clients").join(language);
    if place.join("stamp").is_file() {
        return place.canonicalize().ok();
    }
    println!("skipped: {} is not there; run `cargo xtask clients`", place.display());
    None
}

/// The folder of this language's workflow.
pub(super) fn source(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients").join(language)
}

/// A running program, whose errors go to a file.
pub(super) struct Talking {
    process: Process,
    lines: BufReader<ChildStdout>,
    errors: PathBuf,
}

impl Talking {
    pub(super) fn start(command: &mut Command, errors: &Path) -> Self {
        let file = File::create(errors).expect("a file can be made");
        let mut process = Process::start(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(file));
        let lines = BufReader::new(process.inner().stdout.take().expect("is a pipe"));
        Self { process, lines, errors: errors.to_owned() }
    }

    /// Reads on until it prints this line.
    #[track_caller]
    pub(super) fn prints(&mut self, wanted: &str) {
        let mut line = String::new();
        while line.trim_end() != wanted {
            line.clear();
            let read = self.lines.read_line(&mut line).expect("prints text");
            assert_ne!(read, 0, "it ended before it printed {wanted:?}:\n{}", self.errors());
        }
    }

    pub(super) fn answer(&mut self) {
        let input = self.process.inner().stdin.as_mut().expect("is a pipe");
        input.write_all(b"\n").expect("it listens");
    }

    /// Waits for its end, which must be a good one.
    #[track_caller]
    pub(super) fn succeeds(mut self) {
        assert_eq!(self.process.end().code(), Some(0), "{}", self.errors());
    }

    fn errors(&self) -> String {
        std::fs::read_to_string(&self.errors).unwrap_or_default()
    }
}
