//! The wire form of messages (RFC 1035 §4): packets of clients and of other servers in, our messages out.

mod cursor;
pub mod reply;
pub mod request;
pub mod write;

/// Bits of the second header word.
mod flag {
    pub(super) const RESPONSE: u16 = 0x8000;
    pub(super) const AUTHORITATIVE: u16 = 0x0400;
    pub(super) const TRUNCATED: u16 = 0x0200;
    pub(super) const RECURSION_DESIRED: u16 = 0x0100;
    pub(super) const RECURSION_AVAILABLE: u16 = 0x0080;
    pub(super) const CHECKING_DISABLED: u16 = 0x0010;
}

#[cfg(test)]
mod tests;
