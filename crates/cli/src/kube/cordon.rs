//! `kube cordon` and `kube uncordon`: closes a node to new pods, or opens it.

use std::process::ExitCode;

use proconsul_kube_api::NODES_PATH;
use serde_json::json;

use super::client::Client;
use super::flags::{self, Flag, STATE};
use super::{get, state, threads};
use crate::out::Out;

const FLAGS: [Flag; 1] = [STATE];

pub(super) fn run(words: &[String], is_closing: bool, out: &mut Out) -> anyhow::Result<ExitCode> {
    let given = flags::parse(&FLAGS, words)?;
    let (name, done) = if is_closing { ("cordon", "cordoned") } else { ("uncordon", "uncordoned") };
    if given.is_help || given.words.is_empty() {
        out.say(&flags::help(&format!("{name} NODE..."), &FLAGS));
        return Ok(if given.is_help { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let client = Client::new(&state::directory(&given)?);
    threads()?.block_on(async {
        let mut code = ExitCode::SUCCESS;
        for node in given.words.iter().map(|word| word.strip_prefix("node/").unwrap_or(word)) {
            match client.post(&format!("{NODES_PATH}/{node}"), &json!({ "unschedulable": is_closing })).await {
                Ok(_) => out.say(&format!("node/{node} {done}")),
                Err(error) => {
                    out.complain(&get::refusal(&error));
                    code = ExitCode::FAILURE;
                }
            }
        }
        Ok(code)
    })
}
