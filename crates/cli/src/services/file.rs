//! Services from the files that an agent reads its own from. What their fields mean is the agent's to judge.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use proconsul_hcl::{Format, Value as Read};
use serde_json::{Map, Value};

use crate::connection::open_error;
use crate::document;

/// The definitions of all services in these files, in their order: those of `service`, then those of `services`.
pub(super) fn services(paths: &[String]) -> anyhow::Result<Vec<Map<String, Value>>> {
    let mut found = Vec::new();
    for path in paths {
        found.extend(of_file(path)?);
    }
    Ok(found)
}

fn of_file(path: &str) -> anyhow::Result<Vec<Map<String, Value>>> {
    let text = fs::read_to_string(path).map_err(|error| open_error(path, &error))?;
    let extension = Path::new(path).extension().map(|end| end.to_string_lossy().into_owned());
    let format = extension.as_deref().and_then(Format::from_extension).unwrap_or_else(|| Format::guess(&text));
    of_text(&text, format).with_context(|| format!("failed to parse {path}"))
}

fn of_text(text: &str, format: Format) -> anyhow::Result<Vec<Map<String, Value>>> {
    let object = proconsul_hcl::read(text, format)?;
    let mut found = Vec::new();
    for entry in
        ["service", "services"].iter().flat_map(|key| object.entries.iter().filter(move |entry| entry.key == *key))
    {
        match &entry.node.value {
            Read::Object(service) => found.push(document::map(service)),
            Read::List(list) => {
                for node in list {
                    let Some(service) = node.object() else { bail!("{}: a service is a block", node.at) };
                    found.push(document::map(service));
                }
            }
            _ => bail!("{}: {} is a block or a list of blocks", entry.at, entry.key),
        }
    }
    Ok(found)
}

/// A text field by its name in either of its two spellings.
pub(super) fn text<'a>(service: &'a Map<String, Value>, spelled: [&str; 2]) -> &'a str {
    spelled.into_iter().find_map(|name| service.get(name)?.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_keys_are_read_in_both_languages() {
        let hcl = "services = [{ name = \"b\" }]\nservice { name = \"a\" port = 80 }\ndatacenter = \"x\"";
        let json = r#"{"service":{"name":"a","port":80},"services":[{"name":"b"}]}"#;
        for (text, format) in [(hcl, Format::Hcl), (json, Format::Json)] {
            let found = of_text(text, format).unwrap();
            assert_eq!(
                found.iter().map(|service| super::text(service, ["name", "Name"])).collect::<Vec<_>>(),
                ["a", "b"]
            );
        }
        assert_eq!(
            of_text("service = 3", Format::Hcl).unwrap_err().to_string(),
            "1:1: service is a block or a list of blocks"
        );
    }
}
