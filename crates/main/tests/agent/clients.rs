//! Programs that people have: client libraries in the workflow of `tests/clients`, Prometheus, consul-template. All of them
//! unchanged, against three servers of which the leader is killed while they work.

mod discovery;
mod libraries;
mod program;
