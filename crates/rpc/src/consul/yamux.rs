//! yamux: many streams over one connection, as hashicorp's `spec.md` describes it.
//!
//! ```text
//! frame  version u8 = 0, kind u8 (0 data, 1 window, 2 ping, 3 go away), flags u16 BE (1 SYN, 2 ACK, 4 FIN, 8 RST),
//!        stream u32 BE, length u32 BE; data is followed by so many bytes, elsewhere the length is a number
//! ```
//!
//! The dialling end opens odd streams, the other even ones. Each stream may have 256 KiB unread; more only as the reader says. Knows
//! nothing of what the streams carry.

mod frame;
mod outgoing;
mod session;
mod stream;

use std::sync::Arc;

use tokio::net::TcpStream;

use self::session::{Shared, Side};
pub(super) use self::stream::Stream;
use crate::call::Line;

/// Bytes that a stream may have unread at either end.
const WINDOW_BYTES: u32 = 256 * 1024;

/// Serves a connection until it ends; `take` is given each stream that the other end opens.
pub(super) async fn serve(stream: TcpStream, take: impl Fn(Stream)) {
    session::run(&Shared::new(Side::Answering), stream, take).await;
}

/// The dialling end of a connection. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Session {
    shared: Arc<Shared>,
    line: Option<Line>,
}

impl Session {
    pub(super) fn new(stream: TcpStream) -> Self {
        let shared = Shared::new(Side::Asking);
        let line = Line::of(&stream).ok();
        tokio::spawn({
            let shared = Arc::clone(&shared);
            // Servers open no streams: one that does is told off by what its drop sends.
            async move { session::run(&shared, stream, drop).await }
        });
        Self { shared, line }
    }

    /// A new stream; `None` when the connection has ended or takes no more.
    pub(super) fn open(&self) -> Option<Stream> {
        self.shared.open().map(|id| Stream::new(id, Arc::clone(&self.shared)))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.takes_no_more() || self.line.as_ref().is_some_and(Line::is_cut)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.shared.outgoing.close();
    }
}
