//! The client libraries of four languages.

use std::path::Path;
use std::process::Command;

use super::program::{Talking, fetched, source};
use crate::support::cluster::Cluster;

#[test]
fn pythons_library_registers_watches_locks_and_outlives_the_leader() {
    let Some(library) = fetched("python") else { return };
    let mut command = Command::new("python3");
    command.arg(source("python").join("workflow.py")).env("PYTHONPATH", library);
    through_the_death_of_the_leader(command);
}

#[test]
fn nodes_library_registers_watches_locks_and_outlives_the_leader() {
    let Some(library) = fetched("node") else { return };
    let mut command = Command::new("node");
    command.arg(source("node").join("workflow.js")).env("NODE_PATH", library.join("node_modules"));
    through_the_death_of_the_leader(command);
}

#[test]
fn gos_library_registers_watches_locks_and_outlives_the_leader() {
    let Some(library) = fetched("go") else { return };
    through_the_death_of_the_leader(Command::new(library.join("workflow")));
}

#[test]
fn javas_library_registers_watches_locks_and_outlives_the_leader() {
    let Some(library) = fetched("java") else { return };
    let mut command = Command::new("java");
    command.arg("-cp").arg(class_path(&library)).arg("Workflow");
    through_the_death_of_the_leader(command);
}

fn class_path(library: &Path) -> String {
    format!("{}/*:{}", library.join("lib").display(), library.join("classes").display())
}

/// Runs a workflow through a follower, and kills the leader when it asks for that.
#[track_caller]
fn through_the_death_of_the_leader(mut command: Command) {
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    let follower = cluster.others(leader)[0];
    command.arg(cluster.servers[follower].http().to_string());
    let mut program = Talking::start(&mut command, &cluster.directory().join("errors"));
    program.prints("kill the leader");
    cluster.servers[leader].kill();
    program.answer();
    program.prints("done");
    program.succeeds();
}
