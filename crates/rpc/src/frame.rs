//! Frames: a little-endian u32 length, then that many bytes. The length is checked before anything is allocated.

use bytes::{Buf, Bytes, BytesMut};
use proconsul_base::limit;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Room that is made for one read.
const READ_BYTES: usize = 16 * 1024;

/// Frames up to this size are copied out of the read buffer. Whoever keeps a part of a frame (the cache of Raft entries does)
/// keeps the whole buffer it lies in, and a small frame must not hold many times its size.
const COPIED_BYTES: usize = 4 * 1024;

/// Why a frame could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The connection broke, or ended inside a frame.
    #[error("the connection broke while reading a frame")]
    Io(#[from] std::io::Error),
    /// Longer than any frame may be.
    #[error("a frame of {0} bytes is over the limit of {limit}", limit = limit::RPC_FRAME_BYTES)]
    TooLong(usize),
}

/// Reads frames from a connection through one buffer, so that many small frames cost one system call.
#[derive(Debug)]
pub struct Reader<R> {
    stream: R,
    buffer: BytesMut,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    /// Reads frames from this stream.
    pub fn new(stream: R) -> Self {
        Self { stream, buffer: BytesMut::new() }
    }

    /// The next frame's bytes; `None` when the other end closed between frames.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FrameError> {
        loop {
            if let Some(frame) = self.take_buffered()? {
                return Ok(Some(frame));
            }
            self.buffer.reserve(READ_BYTES);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return match self.buffer.is_empty() {
                    true => Ok(None),
                    false => Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()),
                };
            }
        }
    }

    fn take_buffered(&mut self) -> Result<Option<Bytes>, FrameError> {
        let Some(head) = self.buffer.first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*head) as usize;
        if length > limit::RPC_FRAME_BYTES {
            return Err(FrameError::TooLong(length));
        }
        if self.buffer.len() < 4 + length {
            // Room for the rest, but never more than has been announced and allowed.
            self.buffer.reserve(4 + length - self.buffer.len());
            return Ok(None);
        }
        self.buffer.advance(4);
        if length <= COPIED_BYTES {
            let frame = Bytes::copy_from_slice(&self.buffer[..length]);
            self.buffer.advance(length);
            return Ok(Some(frame));
        }
        Ok(Some(self.buffer.split_to(length).freeze()))
    }
}

/// Appends a frame whose body is written by `body`.
pub fn put(buffer: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = buffer.len();
    buffer.extend([0; 4]);
    body(buffer);
    let length = buffer.len() - start - 4;
    assert!(length <= limit::RPC_FRAME_BYTES, "no frame is made longer than its reader accepts");
    buffer[start..start + 4].copy_from_slice(&(length as u32).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_arrive_whole_whatever_the_pieces() {
        let mut bytes = Vec::new();
        put(&mut bytes, |body| body.extend(b"one"));
        put(&mut bytes, |_| {});
        put(&mut bytes, |body| body.extend([7; 70_000]));
        let (mut writer, reader) = tokio::io::duplex(1000);
        let sending = async move { tokio::io::AsyncWriteExt::write_all(&mut writer, &bytes).await };
        let receiving = async {
            let mut frames = Reader::new(reader);
            let mut lengths = Vec::new();
            while let Some(frame) = frames.next().await.unwrap() {
                lengths.push(frame.len());
            }
            lengths
        };
        let (sent, lengths) = tokio::join!(sending, receiving);
        sent.unwrap();
        assert_eq!(lengths, [3, 0, 70_000]);
    }

    #[tokio::test]
    async fn small_frames_that_are_kept_do_not_keep_the_read_buffer() {
        let mut bytes = Vec::new();
        for _ in 0..3 {
            put(&mut bytes, |body| body.extend([7; 100]));
        }
        let mut frames = Reader::new(&bytes[..]);
        let mut kept = Vec::new();
        while let Some(frame) = frames.next().await.unwrap() {
            assert!(frame.is_unique(), "it shares memory with nobody");
            kept.push(frame);
        }
        assert_eq!(kept.len(), 3);
    }

    #[tokio::test]
    async fn a_frame_over_the_limit_is_refused_before_it_is_read() {
        let bytes = u32::MAX.to_le_bytes();
        assert!(matches!(Reader::new(&bytes[..]).next().await, Err(FrameError::TooLong(_))));
    }

    #[tokio::test]
    async fn a_connection_cut_inside_a_frame_is_an_error() {
        let bytes = [9, 0, 0, 0, 1];
        assert!(matches!(Reader::new(&bytes[..]).next().await, Err(FrameError::Io(_))));
    }
}
