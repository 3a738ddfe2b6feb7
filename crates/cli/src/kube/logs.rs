//! `kube logs`: what a pod's container wrote.

use std::process::ExitCode;

use anyhow::bail;
use proconsul_kube::kind::Kind;

use super::client::{Client, path};
use super::flags::{self, Flag, STATE, option, switch};
use super::{get, state, threads};
use crate::out::Out;

const FLAGS: [Flag; 7] = [
    switch("follow", "go on until the container ends").short('f'),
    switch("previous", "the instance before the present one").short('p'),
    option("tail", "N", "only the last N lines"),
    switch("timestamps", "begin each line with its time"),
    option("container", "NAME", "which container, when the pod has several").short('c'),
    option("namespace", "NS", "the namespace (default: default)").short('n'),
    STATE,
];

pub(super) fn run(words: &[String], out: &mut Out) -> anyhow::Result<ExitCode> {
    let given = flags::parse(&FLAGS, words)?;
    if given.is_help {
        out.say(&flags::help("logs POD", &FLAGS));
        return Ok(ExitCode::SUCCESS);
    }
    let [word] = given.words.as_slice() else { bail!("name one pod: proconsul kube logs POD") };
    let pod = word.strip_prefix("pod/").or_else(|| word.strip_prefix("pods/")).unwrap_or(word);
    let mut query: Vec<String> = ["follow", "previous", "timestamps"]
        .into_iter()
        .filter(|name| given.is(name))
        .map(|name| format!("{name}=true"))
        .collect();
    if let Some(lines) = given.get("tail").filter(|lines| *lines != "-1") {
        let lines: u64 = lines.parse().map_err(|_| anyhow::anyhow!("--tail {lines:?} is no number of lines"))?;
        query.push(format!("tailLines={lines}"));
    }
    query.extend(given.get("container").map(|name| format!("container={name}")));
    let namespace = given.get("namespace").unwrap_or("default");
    let path = format!("{}/log?{}", path(Kind::Pod, Some(namespace), Some(pod)), query.join("&"));
    let client = Client::new(&state::directory(&given)?);
    threads()?.block_on(async {
        let mut lines = match client.stream(&path).await {
            Ok(lines) => lines,
            Err(error) => {
                out.complain(&get::refusal(&error));
                return Ok(ExitCode::FAILURE);
            }
        };
        while let Some(line) = lines.next().await? {
            out.bytes(&line);
        }
        Ok(ExitCode::SUCCESS)
    })
}
