//! Parity: one list of questions, asked of Consul 1.8.7 and of ours, and the answers compared. Meets both from outside only, over HTTP,
//! DNS and the command line; knows nothing of how either works.
//!
//! # Running
//!
//! - `cargo xtask parity` starts the original (fetched by `cargo xtask peers`) and ours, asks both, and tells how many answers of each
//!   family match and how the others differ. `--family kv` asks one family, `--subject PATH` takes a program that is built already,
//!   `--recorded` compares with the answers that were kept instead of starting the original, `--cluster` makes ours a cluster of three servers, asked through a follower,
//!   `--client` puts a client agent before the server of either, `--mixed` our client agent before
//!   a server of the original.
//! - `cargo xtask parity --record` asks only the original and keeps its answers in `recorded/`.
//! - `cargo test -p proconsul --test parity` asks only ours and compares with the answers that were kept; so it runs anywhere.
//!
//! # The files
//!
//! `scenarios/FAMILY.txt`: a family has a fresh agent for itself, and its steps are done one after another.
//!
//! ```text
//! # A remark.
//! config dns_config { only_passing = true }       for both agents, before the first step
//! hide Hash                                       the field's value is not compared from here on
//! PUT /v1/kv/a?flags=42 a body up to the end of the line
//! GET /v1/kv/a
//!   header X-Consul-Token: root                   added to the request
//!   save $index = header X-Consul-Index           a value for later steps
//!   save $id = .0.Session                         the same from a JSON body
//! GET /v1/kv/a?index=$index&wait=10s
//!   background one                                goes on while later steps are done
//! PUT /v1/kv/a other
//! answer one                                      waits for it; `after:` in the answer tells whether the whole wait was over
//! PUT /v1/kv/b
//!   body repeat 524289 x                          or: body bytes a\xff\x00b
//! until GET /v1/session/list                      repeated until the body shows this; not compared
//!   shows []
//! GET /v1/health/state/any
//!   any-order                                     the list's elements are compared as a set; `any-order Nodes`: those of a field
//!   hide Output                                   the same for this answer alone
//!   only Config                                   of a JSON object only this field is compared
//!   single                                        not compared when ours is a cluster
//! dns SRV web.service.consul +tcp +edns=1232      also +norecurse +subnet=10.0.0.0/24 +class=3 +opcode=2
//!   counted                                       the records are a sample; only their numbers are compared
//! run kv put 'two words' $index                   the program itself, as `consul`: exit code, standard output, standard error
//!   stdin a line                                  may be repeated, as may those below
//!   file web.json {"service":{"name":"web"}}      a line of a file that lies where it runs
//!   environment CONSUL_HTTP_TOKEN=root
//!   lines 1                                       only so many lines of each output are compared
//! ```
//!
//! `$address`, `$hex`, `$reversed` and `$node` are the asked agent's address in three forms and its node's name. Values that differ from
//! run to run become marks: see the module `normal`. `kept.txt` lists the differences that are kept on purpose.

mod agents;
mod call;
mod client;
mod compare;
mod dns;
mod kept;
mod normal;
mod range;
pub mod recorded;
pub mod report;
mod run;
mod scenario;
mod variables;
mod wait;

pub use agents::{Agents, Setup, Unready};
pub use compare::{Comparison, Difference, Stale, compare};
pub use kept::Kept;
pub use run::{Exchange, run};
pub use scenario::{Family, Mistake};
