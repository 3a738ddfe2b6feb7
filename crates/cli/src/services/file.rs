//! Services from the files that an agent reads its own from. What their fields mean is the agent's to judge.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use proconsul_hcl::{Format, Value as Read};
use serde_json::{Map, Value};

use crate::connection::open_error;
use crate::document;

/// The definitions of all services in these files, in their order: those of `service`, then those of `services`.
pub(super) fn services(paths: &[String]) -> anyhow::Result<Vec<Map<String, Value>>> {
    let mut found = Vec::new();
    for path in paths {
        let told = |error: io::Error| anyhow!("config: Open failed on {path}. {}", open_error(path, &error));
        for file in files(path).map_err(told)? {
            found.extend(of_file(&file)?);
        }
    }
    Ok(found)
}

/// The file itself, or all files of HCL and JSON in a folder in the order of their names.
fn files(path: &str) -> io::Result<Vec<PathBuf>> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![path.into()]);
    }
    let mut files = fs::read_dir(path)?.map(|item| Ok(item?.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| format(file).is_some());
    files.sort();
    Ok(files)
}

fn format(file: &Path) -> Option<Format> {
    Format::from_extension(&file.extension()?.to_string_lossy())
}

fn of_file(file: &Path) -> anyhow::Result<Vec<Map<String, Value>>> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| open_error(&name, &error))?;
    let format = format(file).unwrap_or_else(|| Format::guess(&text));
    of_text(&text, format).with_context(|| format!("failed to parse {name}"))
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
