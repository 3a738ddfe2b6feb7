//! `cargo xtask clients`: the libraries with which people's programs talk to Consul, fetched by each language's own tools into
//! `target/clients`, in the versions that `tests/clients` names.
//!
//! Knows how they are fetched, not what is done with them. Where a language is missing its part is left out, which is said.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::repository;
use crate::say::say;

/// `consul-template` as its users build it.
const CONSUL_TEMPLATE: &str = "github.com/hashicorp/consul-template@v0.41.1";

/// How one language's library comes here.
struct Language {
    /// Also the name of its folder, on both sides.
    name: &'static str,
    /// What must be installed.
    tools: &'static [&'static str],
    /// Fetches and builds from the first folder into the second.
    fetch: fn(&Path, &Path) -> Result<()>,
}

const LANGUAGES: [Language; 4] = [
    Language { name: "python", tools: &["python3"], fetch: python },
    Language { name: "node", tools: &["node", "npm"], fetch: node },
    Language { name: "go", tools: &["go"], fetch: go },
    Language { name: "java", tools: &["java", "javac", "mvn"], fetch: java },
];

/// Fetches what is not there yet.
///
/// # Errors
/// A tool that is there could not fetch its library. The others are tried all the same.
pub(crate) fn run() -> Result<()> {
    let mut failed = Vec::new();
    for language in &LANGUAGES {
        match one(language) {
            Ok(Done::There) => say(&format!("{}: ready", language.name)),
            Ok(Done::Missing(tool)) => say(&format!("{}: left out, {tool} is not installed", language.name)),
            Err(error) => failed.push(format!("{}: {error:#}", language.name)),
        }
    }
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

enum Done {
    There,
    Missing(&'static str),
}

fn one(language: &Language) -> Result<Done> {
    if let Some(tool) = language.tools.iter().find(|tool| !is_installed(tool)) {
        return Ok(Done::Missing(tool));
    }
    let from = repository::root().join("tests/clients").join(language.name);
    let into = repository::target("clients").join(language.name);
    let stamp = into.join("stamp");
    let wanted = contents(&from)?;
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(Done::There);
    }
    fs::create_dir_all(&into).with_context(|| format!("cannot make {}", into.display()))?;
    (language.fetch)(&from, &into)?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(Done::There)
}

fn python(from: &Path, into: &Path) -> Result<()> {
    let words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target"];
    run_tool(Command::new("python3").args(words).arg(into).arg("-r").arg(from.join("requirements.txt")))
}

fn node(from: &Path, into: &Path) -> Result<()> {
    for file in ["package.json", "package-lock.json"] {
        fs::copy(from.join(file), into.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    run_tool(Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(into))
}

fn go(from: &Path, into: &Path) -> Result<()> {
    run_tool(Command::new("go").args(["build", "-o"]).arg(into.join("workflow")).arg(".").current_dir(from))?;
    run_tool(
        Command::new("go").args(["install", CONSUL_TEMPLATE]).env("GOBIN", into).env("GOFLAGS", "").current_dir(into),
    )
}

fn java(from: &Path, into: &Path) -> Result<()> {
    let library = into.join("lib");
    let output = format!("-DoutputDirectory={}", library.display());
    let words = ["--batch-mode", "--quiet", "dependency:copy-dependencies", output.as_str()];
    run_tool(Command::new("mvn").arg("-f").arg(from.join("pom.xml")).args(words))?;
    let classes = format!("{}/*", library.display());
    let source = from.join("src/main/java/Workflow.java");
    run_tool(Command::new("javac").args(["-cp", &classes, "-d"]).arg(into.join("classes")).arg(source))
}

/// Runs a tool to its end; what it prints goes to the terminal.
fn run_tool(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}

fn is_installed(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(tool).is_file())
}

/// All files of a folder, one after another: another text when anything about them is another.
fn contents(folder: &Path) -> Result<String> {
    let mut texts = vec![CONSUL_TEMPLATE.to_owned()];
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = item?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                texts.push(format!("{}\n{text}", path.display()));
            }
        }
    }
    texts.sort();
    Ok(texts.join("\n"))
}
