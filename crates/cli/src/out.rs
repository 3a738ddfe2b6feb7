//! Where a command prints: standard output for what was asked, standard error for what went wrong.

use std::io::Write;

/// The two streams. A reader that has gone away is no reason to fail: the rest is not printed.
pub(crate) struct Out {
    stdout: Box<dyn Write>,
    stderr: Box<dyn Write>,
}

impl Out {
    pub(crate) fn new(stdout: impl Write + 'static, stderr: impl Write + 'static) -> Self {
        Self { stdout: Box::new(stdout), stderr: Box::new(stderr) }
    }

    /// Prints a text, and a newline unless it ends in one.
    pub(crate) fn say(&mut self, text: &str) {
        self.bytes(text.strip_suffix('\n').unwrap_or(text).as_bytes());
    }

    /// Prints bytes as they are, and a newline.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let _ =
            self.stdout.write_all(bytes).and_then(|()| self.stdout.write_all(b"\n")).and_then(|()| self.stdout.flush());
    }

    /// Prints bytes as they are, and nothing after them.
    pub(crate) fn piece(&mut self, bytes: &[u8]) {
        let _ = self.stdout.write_all(bytes).and_then(|()| self.stdout.flush());
    }

    /// Prints a text to standard error, and a newline unless it ends in one.
    pub(crate) fn complain(&mut self, text: &str) {
        let _ = writeln!(self.stderr, "{}", text.strip_suffix('\n').unwrap_or(text));
    }
}
