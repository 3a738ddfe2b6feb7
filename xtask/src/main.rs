//! The project's own chores, one file each: `cargo xtask tidy`, `sim`, `peers`, `parity`, `bench`. Knows the repository, nothing of the program's insides.

mod bench;
mod clients;
mod parity;
mod peers;
mod repository;
mod say;
mod sim;
mod tidy;

use std::process::ExitCode;

use say::say;

const USAGE: &str = "usage: cargo xtask CHORE

chores:
  tidy    check arrows between crates, the code map, reasons of dependencies, sizes of files and functions
  sim     run servers in a seeded world that breaks all the time; --self-test plants bugs and looks for them
  peers   fetch the real programs that ours is compared with, from Debian's archive into target/peers/bin
  clients fetch the libraries of Python, Node, Go and Java with which programs talk to Consul into target/clients
  parity [--family F] [--cluster] [--recorded] [--record] [--subject PATH]
          ask Consul and ours the questions of tests/parity and compare the answers; --recorded compares with those that
          were kept, --record asks only Consul and keeps its answers
  bench kv|services [--systems ours,consul,etcd] [--rounds N] [--seconds N] [--binary PATH]
          compare them under the same load and write the table to bench/results";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["tidy"] => tidy::run(),
        ["peers"] => peers::run(),
        ["clients"] => clients::run(),
        ["parity", rest @ ..] => parity::run(rest),
        ["bench", "kv", rest @ ..] => bench::run(bench::Suite::Kv, rest),
        ["bench", "services", rest @ ..] => bench::run(bench::Suite::Services, rest),
        ["sim", words @ ..] => sim::run(words),
        _ => {
            say(USAGE);
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
