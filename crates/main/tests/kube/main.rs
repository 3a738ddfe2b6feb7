//! The runtime from outside: the program brings manifests up on this machine and is met through its commands, sockets and signals.
//!
//! Each test has a state directory of its own, and with it addresses and ports of its own, so that all go on at the same time.

#[cfg(test)]
mod applied;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod raw_files;
#[cfg(test)]
mod support;
#[cfg(test)]
mod three_pods;
#[cfg(test)]
#[path = "../agent/support/wait.rs"]
mod wait;
