//! `login`: exchanges a bearer token for one of Consul's.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::Method;
use serde::Deserialize;
use serde_json::json;

use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::connection::{self, open_error};

pub(crate) const COMMAND: Command = Command {
    words: "login",
    usage: "[options]",
    synopsis: "Logs in by an auth method",
    about: "  Exchanges a bearer token of somebody else for an ACL token, by an auth method of the
  cluster, and keeps its secret in a file. `consul logout` gives it back.",
    connection: &[connection::CLIENT, connection::SERVER, connection::NAMESPACE],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "bearer-token-file", takes: Takes::Text("string"), doc: "File with the bearer token.", default: "" },
    Flag {
        name: "meta",
        takes: Takes::Text("key=value"),
        doc: "Metadata of the new token. May be given more than once.",
        default: "",
    },
    Flag { name: "method", takes: Takes::Text("string"), doc: "Name of the auth method.", default: "" },
    Flag { name: "token-sink-file", takes: Takes::Text("string"), doc: "File for the new token.", default: "" },
    Flag { name: "type", takes: Takes::Text("string"), doc: "Type of the auth method.", default: "" },
];

/// The part of the new token that is kept.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Token {
    #[serde(rename = "SecretID")]
    secret_id: String,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let meta = argument::pairs(&call.given, "meta")?;
    if !call.given.rest.is_empty() {
        bail!("Should have no non-flag arguments.");
    }
    let method = required(&call.given, "method")?;
    let sink = required(&call.given, "token-sink-file")?;
    let bearer = bearer(required(&call.given, "bearer-token-file")?)?;
    let api = connection::without_token(&call.given)?;
    let body = json!({ "AuthMethod": method, "BearerToken": bearer, "Meta": meta });
    let answer = api.tell(&Method::POST, "/v1/acl/login", &[], body.to_string());
    let token: Token = answer.and_then(|answer| answer.json()).context("Error logging in")?;
    write_secret(sink, &token.secret_id)
        .map_err(|error| open_error(sink, &error))
        .context("Error writing token to file sink")?;
    Ok(Exit::Success)
}

fn required<'a>(given: &'a Given, flag: &str) -> anyhow::Result<&'a str> {
    match given.text(flag) {
        Some(text) if !text.is_empty() => Ok(text),
        _ => bail!("Missing required '-{flag}' flag"),
    }
}

fn bearer(file: &str) -> anyhow::Result<String> {
    let text = fs::read_to_string(file).map_err(|error| open_error(file, &error))?;
    match text.trim() {
        "" => bail!("No bearer token found in {file}"),
        token => Ok(token.to_owned()),
    }
}

/// Written beside the file and put into its place, so that nobody ever reads half a token, and nobody else reads it at all.
fn write_secret(path: &str, secret: &str) -> io::Result<()> {
    let fresh = format!("{path}.new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    fs::rename(fresh, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_secret_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token").display().to_string();
        write_secret(&path, "abc").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "abc");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn an_empty_file_is_no_bearer_token() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bearer").display().to_string();
        fs::write(&path, "\n").unwrap();
        assert_eq!(bearer(&path).unwrap_err().to_string(), format!("No bearer token found in {path}"));
    }
}
