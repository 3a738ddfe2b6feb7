//! The Raft adapter: threads around the pure core; proposals, reads, apply, snapshots, transport.
