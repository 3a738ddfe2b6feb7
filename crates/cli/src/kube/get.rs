//! `kube get`: objects as `kubectl get` shows them.

use std::process::ExitCode;

use anyhow::bail;
use proconsul_base::text::table;
use proconsul_kube::object::Fields;
use proconsul_manifest::yaml;
use serde_json::{Value, json};

use super::client::{Client, path};
use super::flags::{self, Flag, STATE, option, switch};
use super::reference::{self, Reference};
use super::{state, threads};
use crate::out::Out;

const FLAGS: [Flag; 4] = [
    option("output", "FORM", "wide, yaml, json or name").short('o'),
    option("namespace", "NS", "the namespace (default: default)").short('n'),
    switch("all-namespaces", "objects of all namespaces").short('A'),
    STATE,
];

pub(super) fn run(words: &[String], out: &mut Out) -> anyhow::Result<ExitCode> {
    let given = flags::parse(&FLAGS, words)?;
    if given.is_help {
        out.say(&flags::help("get KIND [NAME]... | KIND/NAME...", &FLAGS));
        return Ok(ExitCode::SUCCESS);
    }
    let references = reference::parse(&given.words)?;
    let namespace = (!given.is("all-namespaces")).then(|| given.get("namespace").unwrap_or("default"));
    let client = Client::new(&state::directory(&given)?);
    threads()?.block_on(async {
        match given.get("output").unwrap_or_default() {
            "" => print_tables(&client, &references, namespace, false, out).await,
            "wide" => print_tables(&client, &references, namespace, true, out).await,
            form @ ("yaml" | "json" | "name") => print_objects(&client, &references, namespace, form, out).await,
            other => bail!("output form {other:?} is not known: write wide, yaml, json or name"),
        }
    })
}

async fn print_tables(
    client: &Client,
    references: &[Reference],
    namespace: Option<&str>,
    is_wide: bool,
    out: &mut Out,
) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let mut tables: Vec<(&Reference, Value)> = Vec::new();
    for reference in references {
        match client.table(&path(reference.kind, namespace, reference.name.as_deref())).await {
            Ok(mut table) => match tables.last_mut().filter(|(last, _)| last.kind == reference.kind) {
                Some((_, last)) => append_rows(last, &mut table),
                None => tables.push((reference, table)),
            },
            Err(error) => {
                out.complain(&refusal(&error));
                code = ExitCode::FAILURE;
            }
        }
    }
    tables.retain(|(_, table)| !table.list("/rows").is_empty());
    let is_mixed = tables.len() > 1;
    let texts = tables.iter().map(|(reference, table)| {
        let prefix = if is_mixed { format!("{}/", reference.kind.printed()) } else { String::new() };
        text(table, &prefix, is_wide, namespace.is_none() && reference.kind.resource().is_namespaced)
    });
    let text = texts.collect::<Vec<_>>().join("\n");
    if text.is_empty() && code == ExitCode::SUCCESS {
        out.complain(&match namespace {
            Some(namespace) if references.iter().any(|one| one.kind.resource().is_namespaced) => {
                format!("No resources found in {namespace} namespace.")
            }
            _ => "No resources found".to_owned(),
        });
    } else if !text.is_empty() {
        out.say(&text);
    }
    Ok(code)
}

fn append_rows(table: &mut Value, more: &mut Value) {
    if let (Some(rows), Some(new)) = (table["rows"].as_array_mut(), more["rows"].as_array_mut()) {
        rows.append(new);
    }
}

/// A Table object as text, as `kubectl` prints it.
fn text(table: &Value, prefix: &str, is_wide: bool, shows_namespace: bool) -> String {
    let columns = table.list("/columnDefinitions");
    let shown: Vec<usize> =
        (0..columns.len()).filter(|&place| is_wide || columns[place].number("/priority") == Some(0)).collect();
    let header = shown.iter().map(|&place| columns[place].text("/name").to_uppercase());
    let mut rows: Vec<Vec<String>> = vec![header.collect()];
    for row in table.list("/rows") {
        let cell = |&place: &usize| match &row["cells"][place] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let mut cells: Vec<String> = shown.iter().map(cell).collect();
        if let Some(name) = shown.iter().position(|&place| columns[place].text("/name") == "Name") {
            cells[name].insert_str(0, prefix);
        }
        rows.push(cells);
    }
    if shows_namespace {
        rows[0].insert(0, "NAMESPACE".to_owned());
        for (cells, row) in rows[1..].iter_mut().zip(table.list("/rows")) {
            cells.insert(0, row.text("/object/metadata/namespace").to_owned());
        }
    }
    table::columns(&rows, 3)
}

async fn print_objects(
    client: &Client,
    references: &[Reference],
    namespace: Option<&str>,
    form: &str,
    out: &mut Out,
) -> anyhow::Result<ExitCode> {
    let mut objects = Vec::new();
    for reference in references {
        let found = client.get(&path(reference.kind, namespace, reference.name.as_deref())).await?;
        match found.get("items").and_then(Value::as_array) {
            Some(items) => objects.extend(items.iter().cloned().map(|item| of_kind(item, reference))),
            None => objects.push(found),
        }
    }
    if form == "name" {
        for object in &objects {
            let kind = proconsul_kube::kind::Kind::named(object.text("/kind"));
            out.say(&format!("{}/{}", kind.map(|kind| kind.printed()).unwrap_or_default(), object.name()));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let is_one = matches!(references, [Reference { name: Some(_), .. }]);
    let shown = match objects.pop() {
        Some(object) if is_one => object,
        last => {
            objects.extend(last);
            json!({ "apiVersion": "v1", "kind": "List", "items": objects, "metadata": { "resourceVersion": "" } })
        }
    };
    out.say(&if form == "yaml" { yaml::write(&shown) } else { serde_json::to_string_pretty(&shown)? });
    Ok(ExitCode::SUCCESS)
}

fn of_kind(mut object: Value, reference: &Reference) -> Value {
    object["apiVersion"] = reference.kind.api_version().into();
    object["kind"] = reference.kind.resource().kind.into();
    object
}

/// A refusal as `kubectl` prints it: `Error from server (NotFound): …`.
pub(super) fn refusal(error: &anyhow::Error) -> String {
    match error.downcast_ref::<super::client::Refused>() {
        Some(refused) if refused.reason.is_empty() => format!("Error from server: {refused}"),
        Some(refused) => format!("Error from server ({}): {refused}", refused.reason),
        None => format!("error: {error:#}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_printed_with_its_narrow_or_all_columns() {
        let table = json!({
            "columnDefinitions": [{"name": "Name", "priority": 0}, {"name": "Ready", "priority": 0}, {"name": "IP", "priority": 1}],
            "rows": [
                {"cells": ["consul-0", "1/1", "127.0.28.2"], "object": {"metadata": {"namespace": "default"}}},
                {"cells": ["consul-10", "0/1", "<none>"], "object": {"metadata": {"namespace": "other"}}},
            ],
        });
        assert_eq!(text(&table, "", false, false), "NAME        READY\nconsul-0    1/1\nconsul-10   0/1\n");
        assert_eq!(
            text(&table, "pod/", true, true),
            "NAMESPACE   NAME            READY   IP\n\
             default     pod/consul-0    1/1     127.0.28.2\n\
             other       pod/consul-10   0/1     <none>\n"
        );
    }
}
