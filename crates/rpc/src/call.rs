//! Many calls on one connection: each carries a number, answers come back in any order, small ones share one write.
//!
//! ```text
//! request  number u64 LE, kind u8, body
//! answer   number u64 LE, outcome u8 (0 done, 1 failed), body
//! ```
//!
//! What a kind means is its owner's affair.

mod client;
mod line;
mod outbox;
mod server;

pub use client::{CallError, Caller};
pub(crate) use line::Line;
pub use server::{Failed, Handler, serve};

/// Splits number and tag from a frame; `None` when it is too short to have them.
fn split(mut frame: bytes::Bytes) -> Option<(u64, u8, bytes::Bytes)> {
    let head = frame.first_chunk::<9>()?;
    let mut number = [0; 8];
    number.copy_from_slice(&head[..8]);
    let tag = head[8];
    bytes::Buf::advance(&mut frame, 9);
    Some((u64::from_le_bytes(number), tag, frame))
}

#[cfg(test)]
mod tests;
