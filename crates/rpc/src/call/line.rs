//! Whether the other end of a connection is still there, asked of the kernel. Reads nothing and waits for nothing.

use std::os::fd::{AsFd, OwnedFd};

use nix::libc::POLLRDHUP;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tokio::net::TcpStream;

/// A second handle of a connection, which is looked at while others read and write.
#[derive(Debug)]
pub(crate) struct Line(OwnedFd);

impl Line {
    /// Looks at this connection; an error when the process has no descriptor left.
    pub(crate) fn of(stream: &TcpStream) -> std::io::Result<Self> {
        stream.as_fd().try_clone_to_owned().map(Self)
    }

    /// Whether the other end has closed, even when whoever reads has not come to know it yet.
    pub(crate) fn is_cut(&self) -> bool {
        // Only the end of the other side is asked for; that the connection broke is told unasked.
        let mut asked = [PollFd::new(self.0.as_fd(), PollFlags::from_bits_retain(POLLRDHUP))];
        matches!(poll(&mut asked, PollTimeout::ZERO), Ok(1..))
    }
}
