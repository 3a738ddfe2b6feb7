//! `exec`: Consul's way to run a command on all nodes, which is refused here.

use anyhow::bail;

use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "exec",
    usage: "[options] [-|command...]",
    synopsis: "Executes a command on Consul nodes (refused here)",
    about: "  Is refused: agents do not run commands that they find in the KV store, because whoever may write
  a key could then run anything on every node. Consul itself has it off since 0.8.",
    connection: &[connection::CLIENT, connection::SERVER],
    flags: command::no_flags,
    run,
};

fn run(_call: Call<'_>) -> anyhow::Result<Exit> {
    bail!(
        "exec is refused: agents run no commands that come through the KV store (in Consul, too, disable_remote_exec is on by default); \
         use ssh or your configuration management, or a `watch` with a handler on each node"
    )
}
