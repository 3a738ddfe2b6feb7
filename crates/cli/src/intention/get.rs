//! `intention get`: everything about one intention.

use anyhow::{Context, bail};
use proconsul_api::{Api, ApiError, Method};
use proconsul_base::text::{stamp, table};

use super::{Intention, PATH, find};
use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "intention get",
    usage: "[options] SRC DST | ID",
    synopsis: "Shows an intention",
    about: "  Prints what is known about the intention from SRC to DST, or the one with this id. Times
  are in UTC.

      $ consul intention get web db",
    connection: connection::BOTH,
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let api = connection::api(&call.given)?;
    let id = find::id(&api, &call.given.rest).context("Error")?;
    let intention = read(&api, &id).context("Error reading the intention")?;
    call.out.say(&shown(&intention));
    Ok(Exit::Success)
}

fn read(api: &Api, id: &str) -> anyhow::Result<Intention> {
    let answer = api.ask(&Method::GET, &format!("{PATH}/{id}"), &[], Vec::new())?;
    match answer.found() {
        Ok(Some(answer)) => Ok(answer.json()?),
        Ok(None) => bail!("there is none with the id {id:?}"),
        Err(ApiError::Status { code, text }) => bail!("Unexpected response {code}: {text}"),
        Err(error) => Err(error.into()),
    }
}

fn shown(intention: &Intention) -> String {
    let row = |name: &str, value: String| [name.to_owned(), value];
    let mut rows = vec![
        row("Source:", intention.source()),
        row("Destination:", intention.destination()),
        row("Action:", intention.action.clone()),
        row("ID:", intention.id.clone()),
    ];
    if !intention.description.is_empty() {
        rows.push(row("Description:", intention.description.clone()));
    }
    rows.extend(intention.meta.iter().flatten().map(|(key, value)| row(&format!("Meta[{key}]:"), value.clone())));
    let created = stamp::rfc850(&intention.created_at).unwrap_or_else(|| intention.created_at.clone());
    rows.push(row("Created At:", created));
    table::columns(&rows, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intention_is_shown_field_by_field() {
        let json = r#"{"ID":"x","SourceNS":"default","SourceName":"web","DestinationNS":"other","DestinationName":"db",
            "Action":"allow","Meta":{"a":"b"},"CreatedAt":"2026-11-23T21:22:09.5Z"}"#;
        assert_eq!(
            shown(&serde_json::from_str(json).unwrap()),
            "Source:       web\nDestination:  other/db\nAction:       allow\nID:           x\nMeta[a]:      b\n\
             Created At:   Monday, 23-Nov-26 21:22:09 UTC\n"
        );
    }
}
