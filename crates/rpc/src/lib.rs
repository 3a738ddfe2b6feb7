//! How servers talk on port 8300: first byte, handshake, frames, forwarding.
