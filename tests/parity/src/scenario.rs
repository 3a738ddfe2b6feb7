//! What is asked: a family of scenarios as plain data, and the bounds of each question. Knows neither sockets nor answers.

mod parse;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

pub use parse::Mistake;

/// All questions of one file, which are asked of one fresh agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The file's name without its end.
    pub name: String,
    /// Lines of HCL that both agents get.
    pub settings: String,
    /// In the order in which they are asked.
    pub steps: Vec<Step>,
}

/// One line of the file, with the indented lines below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Counted from 1.
    pub line: usize,
    /// The line itself, by which people find it.
    pub text: String,
    /// What is done.
    pub action: Action,
    /// Values taken from the answer for later steps.
    pub saves: Vec<Save>,
    /// The elements of this list are compared as a set: a field of the outermost object, or without a name the whole body. Lists of
    /// strings are then sets everywhere.
    pub any_order: Option<String>,
    /// Of the body, which is a JSON object, only the value of this field is compared.
    pub only: Option<String>,
    /// Fields whose values are not compared, only that they are there.
    pub hidden: Vec<String>,
    /// Only how many records there are is compared, for answers that are samples.
    pub counted: bool,
    /// The answer tells of the cluster itself, so a cluster of another size answers otherwise.
    pub single: bool,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// One request, whose answer is awaited.
    Ask(Request),
    /// A request that is repeated until its answer contains this text; not compared.
    Until(Request, String),
    /// A request whose answer is collected later, by this name.
    Begin(Request, String),
    /// Waits for the answer that was begun by this name.
    Collect(String),
    /// One question to the DNS server.
    Dns(Question),
    /// One call of the program itself.
    Run(Call),
}

/// One HTTP request; variables are not filled in yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Such as `GET`.
    pub method: String,
    /// With its query, as it goes over the wire.
    pub path: String,
    /// Besides those that every request has.
    pub headers: Vec<String>,
    /// Nothing at all when empty, but for `PUT` and `POST`, which then have an empty one.
    pub body: Vec<u8>,
}

/// One DNS question; variables are not filled in yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Such as `SRV`.
    pub kind: String,
    /// With or without its last dot.
    pub name: String,
    /// Over TCP.
    pub tcp: bool,
    /// The size of a packet that the asker takes, in an OPT record.
    pub edns: Option<u16>,
    /// The asker's network, in the OPT record.
    pub subnet: Option<String>,
    /// Recursion is desired.
    pub recursion: bool,
    /// Another class than IN.
    pub class: Option<u16>,
    /// Another operation than a query.
    pub opcode: Option<u8>,
}

/// One call of the program; variables are not filled in yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// What follows the program's name.
    pub words: Vec<String>,
    /// What it reads from standard input.
    pub stdin: String,
    /// Names and texts of files that lie where it runs.
    pub files: Vec<(String, String)>,
    /// Variables of its environment, besides the agent's address.
    pub environment: Vec<(String, String)>,
    /// So many lines of each output are compared, all unless given.
    pub lines: Option<usize>,
}

/// A value that later steps use as `$name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// Without the dollar sign.
    pub name: String,
    /// Where it is.
    pub from: Source,
}

/// A place in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A header by its name.
    Header(String),
    /// Keys and places of a JSON value, from the outside.
    Path(Vec<String>),
}

/// The folder of this crate.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Family {
    /// All families, in the order of their names.
    ///
    /// # Errors
    /// A file cannot be read or has a mistake.
    pub fn all() -> Result<Vec<Self>, Mistake> {
        let place = folder().join("scenarios");
        let items = fs::read_dir(&place).map_err(|source| Mistake::Read { path: place.clone(), source })?;
        let mut files: Vec<PathBuf> = items.flatten().map(|item| item.path()).collect();
        files.retain(|path| path.extension().is_some_and(|end| end == "txt"));
        let mut families = files.iter().map(|path| Self::read(path)).collect::<Result<Vec<_>, _>>()?;
        families.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(families)
    }

    fn read(path: &Path) -> Result<Self, Mistake> {
        let text = fs::read_to_string(path).map_err(|source| Mistake::Read { path: path.to_owned(), source })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        parse::family(&name, &text)
    }
}

impl Step {
    /// Whether its answer is collected by another step.
    pub(crate) const fn is_begun(&self) -> bool {
        matches!(self.action, Action::Begin(..))
    }

    /// Whether it is repeated, and only its failure is told.
    pub(crate) const fn is_waited_for(&self) -> bool {
        matches!(self.action, Action::Until(..))
    }
}

impl Request {
    /// A request without a body.
    pub(crate) fn get(path: &str) -> Self {
        Self { method: "GET".to_owned(), path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// Whether it waits for an index that is not there yet.
    pub(crate) fn may_wait(&self) -> bool {
        self.path.contains("index=") && self.path.contains("wait=")
    }
}
