//! `kube delete`: deletes objects and waits until they are gone.

use std::process::ExitCode;

use proconsul_kube::object::Fields;
use serde_json::{Value, json};

use super::client::{Client, path};
use super::flags::{self, Flag, STATE, option, switch};
use super::reference::{self, Reference};
use super::{get, state, threads};
use crate::out::Out;

const FLAGS: [Flag; 5] = [
    option("grace-period", "SECONDS", "the time pods get to end (default: their own)"),
    option("wait", "BOOL", "wait until the objects are gone (default: true)"),
    switch("all", "all objects of the kind"),
    option("namespace", "NS", "the namespace (default: default)").short('n'),
    STATE,
];

pub(super) fn run(words: &[String], out: &mut Out) -> anyhow::Result<ExitCode> {
    let given = flags::parse(&FLAGS, words)?;
    if given.is_help {
        out.say(&flags::help("delete KIND NAME... | KIND/NAME...", &FLAGS));
        return Ok(ExitCode::SUCCESS);
    }
    let references = reference::parse(&given.words)?;
    if references.iter().any(|one| one.name.is_none()) && !given.is("all") {
        anyhow::bail!("resource(s) were provided, but no name was specified; name them, or write --all");
    }
    let mut body = json!({});
    if let Some(seconds) = given.get("grace-period") {
        body["gracePeriodSeconds"] =
            seconds.parse::<i64>().map_err(|_| anyhow::anyhow!("--grace-period {seconds:?} is no number"))?.into();
    }
    let client = Client::new(&state::directory(&given)?);
    let namespace = given.get("namespace").unwrap_or("default");
    threads()?.block_on(async {
        let mut code = ExitCode::SUCCESS;
        let mut going = Vec::new();
        for reference in all_named(&client, references, namespace).await? {
            let path = path(reference.kind, Some(namespace), reference.name.as_deref());
            let uid = client.get(&path).await.map(|object| object.uid().to_owned()).unwrap_or_default();
            match client.delete(&path, &body).await {
                Ok(_) => {
                    out.say(&format!(
                        "{} \"{}\" deleted",
                        reference.kind.printed(),
                        reference.name.as_deref().unwrap_or_default()
                    ));
                    going.push((reference, uid));
                }
                Err(error) => {
                    out.complain(&get::refusal(&error));
                    code = ExitCode::FAILURE;
                }
            }
        }
        if given.get("wait") != Some("false") {
            for (reference, uid) in going {
                wait_until_gone(&client, &reference, namespace, &uid).await?;
            }
        }
        Ok(code)
    })
}

/// With `--all`, the objects there are.
async fn all_named(client: &Client, references: Vec<Reference>, namespace: &str) -> anyhow::Result<Vec<Reference>> {
    let mut named = Vec::new();
    for reference in references {
        if reference.name.is_some() {
            named.push(reference);
            continue;
        }
        let list = client.get(&path(reference.kind, Some(namespace), None)).await?;
        let of = |object: &Value| Reference { kind: reference.kind, name: Some(object.name().to_owned()) };
        named.extend(list.list("/items").iter().map(of));
    }
    Ok(named)
}

async fn wait_until_gone(client: &Client, reference: &Reference, namespace: &str, uid: &str) -> anyhow::Result<()> {
    let name = reference.name.as_deref().unwrap_or_default();
    let watch =
        format!("{}?watch=true&fieldSelector=metadata.name%3D{name}", path(reference.kind, Some(namespace), None));
    // Begun before the look, so that its end is not missed.
    let mut changes = client.stream(&watch).await?;
    loop {
        match client.get(&path(reference.kind, Some(namespace), Some(name))).await {
            Ok(object) if object.uid() == uid => {}
            _ => return Ok(()),
        }
        if changes.next().await?.is_none() {
            changes = client.stream(&watch).await?;
        }
    }
}
