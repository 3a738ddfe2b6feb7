//! Consensus as a pure machine: Raft, identity and bootstrap, without clock, disk or socket.
