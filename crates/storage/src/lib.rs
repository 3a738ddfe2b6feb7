//! What is on disk: log, identity, snapshots, behind a disk that tests can break.
