//! `monitor`: an agent's log, as it is written.

use anyhow::Context;
use proconsul_agent::flag::{Flag, Takes};
use proconsul_api::{Api, ApiError, Method, Question};

use crate::command::{Call, Command, Exit};
use crate::connection;
use crate::out::Out;
use crate::wait::Stopped;

pub(crate) const COMMAND: Command = Command {
    words: "monitor",
    usage: "[options]",
    synopsis: "Stream logs from a Consul agent",
    about: "  Shows what an agent logs from now on, until it is interrupted. The level is chosen here and
  may be lower than the agent's own.",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "log-json", takes: Takes::Switch, doc: "Shows each line as JSON.", default: "false" },
    Flag {
        name: "log-level",
        takes: Takes::Text("string"),
        doc: "The lowest level to show: trace, debug, info, warn or err.",
        default: "INFO",
    },
];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let api = connection::api(&call.given)?;
    let level = call.given.text("log-level").unwrap_or("INFO").to_owned();
    let mut query = vec![("loglevel", level)];
    query.extend(call.given.switch("log-json").then(|| ("logjson", "true".to_owned())));
    api.block_on(follow(&api, &query, call.out))
}

async fn follow(api: &Api, query: &[(&str, String)], out: &mut Out) -> anyhow::Result<Exit> {
    let mut stopped = Stopped::listen()?;
    let question = Question::new(Method::GET, "/v1/agent/monitor").query(query);
    let open = async { api.client().open(question).await?.success().await };
    let mut lines = tokio::select! {
        opened = open => opened.context("Error starting monitor")?,
        () = stopped.wait() => return Ok(Exit::Success),
    };
    loop {
        let piece: Result<_, ApiError> = tokio::select! {
            piece = lines.next() => piece,
            () = stopped.wait() => return Ok(Exit::Success),
        };
        let Ok(Some(piece)) = piece else { break };
        out.piece(&piece);
    }
    out.say("Remote side ended the monitor! This usually means that the\nremote side has exited or crashed.");
    Ok(Exit::Success)
}
