//! Reads a file of scenarios; every mistake is told with its line. The language is described in the crate's own documentation.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use super::{Action, Call, Family, Question, Request, Save, Source, Step};
use crate::variables;

/// Why a file of scenarios cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// The file or folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is not understood.
    #[error("{family}.txt:{line}: {what}")]
    Line {
        /// The file.
        family: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
}

/// Reads the text of a family's file.
pub(super) fn family(name: &str, text: &str) -> Result<Family, Mistake> {
    let mut family = Family { name: name.to_owned(), settings: String::new(), steps: Vec::new() };
    let mut hidden = Vec::new();
    let mut known: BTreeSet<String> = variables::GIVEN.map(str::to_owned).into();
    for (number, line) in (1..).zip(text.lines()) {
        let mistake = |what: String| Mistake::Line { family: name.to_owned(), line: number, what };
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(setting) = line.strip_prefix("config ") {
            family.settings.extend([setting, "\n"]);
            continue;
        }
        if let Some(field) = line.strip_prefix("hide ") {
            hidden.push(field.to_owned());
            continue;
        }
        if line.starts_with(' ') {
            let step = family.steps.last_mut().ok_or_else(|| mistake("belongs to no step".to_owned()))?;
            option(step, line.trim()).map_err(mistake)?;
            known.extend(step.saves.last().map(|save| save.name.clone()));
        } else {
            let step = step(number, line).map_err(mistake)?;
            family.steps.push(Step { hidden: hidden.clone(), ..step });
        }
        if let Some(unknown) = variables::names(line).find(|name| !known.contains(*name)) {
            return Err(mistake(format!("nothing is known as ${unknown}")));
        }
    }
    Ok(family)
}

/// A line that begins at the margin.
fn step(number: usize, line: &str) -> Result<Step, String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let action = match word {
        "until" => Action::Until(request(rest)?, String::new()),
        "answer" => Action::Collect(rest.to_owned()),
        "dns" => Action::Dns(question(rest)?),
        "run" => Action::Run(Call { words: words(rest)?, ..Call::default() }),
        _ => Action::Ask(request(line)?),
    };
    Ok(Step {
        line: number,
        text: line.to_owned(),
        action,
        saves: Vec::new(),
        any_order: None,
        only: None,
        hidden: Vec::new(),
        counted: false,
        single: false,
    })
}

/// `METHOD path`, and a body if there is more.
fn request(line: &str) -> Result<Request, String> {
    let (method, rest) = line.split_once(' ').ok_or("a request is a method and a path")?;
    if !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(format!("{method} is neither a method nor a word of this language"));
    }
    let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
    Ok(Request { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: body.as_bytes().into() })
}

/// `TYPE name` and words that begin with a plus.
fn question(line: &str) -> Result<Question, String> {
    let mut words = line.split_whitespace();
    let (Some(kind), Some(name)) = (words.next(), words.next()) else {
        return Err("a DNS question is a type and a name".to_owned());
    };
    let mut question = Question {
        kind: kind.to_owned(),
        name: name.to_owned(),
        tcp: false,
        edns: None,
        subnet: None,
        recursion: true,
        class: None,
        opcode: None,
    };
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        let number = || value.parse::<u16>().map_err(|_| format!("{key} needs a number, not {value:?}"));
        match key {
            "+tcp" => question.tcp = true,
            "+norecurse" => question.recursion = false,
            "+edns" => question.edns = Some(number()?),
            "+subnet" => question.subnet = Some(value.to_owned()),
            "+class" => question.class = Some(number()?),
            "+opcode" => question.opcode = Some(number()?.to_le_bytes()[0]),
            _ => return Err(format!("{word} is nothing that a DNS question may have")),
        }
    }
    Ok(question)
}

/// An indented line.
fn option(step: &mut Step, line: &str) -> Result<(), String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "header" => request_of(step)?.headers.push(rest.to_owned()),
        "body" => request_of(step)?.body = body(rest)?,
        "shows" => match &mut step.action {
            Action::Until(_, text) => rest.clone_into(text),
            _ => return Err("only `until` waits for what an answer shows".to_owned()),
        },
        "background" => match &step.action {
            Action::Ask(request) => step.action = Action::Begin(request.clone(), rest.to_owned()),
            _ => return Err("only a request can go on in the background".to_owned()),
        },
        "save" => step.saves.push(save(rest)?),
        "hide" => step.hidden.push(rest.to_owned()),
        "any-order" => step.any_order = Some(rest.to_owned()),
        "only" => step.only = Some(rest.to_owned()),
        "counted" => step.counted = true,
        "single" => step.single = true,
        "stdin" => call_of(step)?.stdin.extend([rest, "\n"]),
        "file" => file(call_of(step)?, rest),
        "environment" => {
            let (name, value) = rest.split_once('=').ok_or("a variable is a name, `=` and a value")?;
            call_of(step)?.environment.push((name.to_owned(), value.to_owned()));
        }
        "lines" => call_of(step)?.lines = Some(rest.parse().map_err(|_| format!("{rest:?} is no count"))?),
        _ => return Err(format!("{word} is no option of a step")),
    }
    Ok(())
}

fn request_of(step: &mut Step) -> Result<&mut Request, String> {
    match &mut step.action {
        Action::Ask(request) | Action::Until(request, _) | Action::Begin(request, _) => Ok(request),
        Action::Collect(_) | Action::Dns(_) | Action::Run(_) => Err("only a request has headers and a body".to_owned()),
    }
}

fn call_of(step: &mut Step) -> Result<&mut Call, String> {
    match &mut step.action {
        Action::Run(call) => Ok(call),
        _ => Err("only a call of the program has this".to_owned()),
    }
}

/// `NAME LINE`; lines of the same file follow each other.
fn file(call: &mut Call, line: &str) {
    let (name, text) = line.split_once(' ').unwrap_or((line, ""));
    match call.files.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => known.extend([text, "\n"]),
        None => call.files.push((name.to_owned(), format!("{text}\n"))),
    }
}

/// Words between spaces, or between single quotes.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').ok_or("a quote is not closed")?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        found.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(found)
}

/// `repeat COUNT TEXT`, or `bytes` with `\xNN` for any byte.
fn body(line: &str) -> Result<Vec<u8>, String> {
    let (form, rest) = line.split_once(' ').unwrap_or((line, ""));
    match form {
        "repeat" => {
            let (count, text) = rest.split_once(' ').ok_or("repeat needs a count and a text")?;
            let count: usize = count.parse().map_err(|_| format!("{count:?} is no count"))?;
            Ok(text.repeat(count).into_bytes())
        }
        "bytes" => bytes(rest),
        _ => Err(format!("a body is `repeat` or `bytes`, not {form:?}")),
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let mut parts = text.split("\\x");
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).ok_or("\\x needs two digits")?;
        out.push(u8::from_str_radix(digits, 16).map_err(|_| format!("{digits:?} are no hexadecimal digits"))?);
        out.extend(&part.as_bytes()[2..]);
    }
    Ok(out)
}

/// `$name = header Name` or `$name = .key.0.key`.
fn save(line: &str) -> Result<Save, String> {
    let (name, from) = line.split_once(" = ").ok_or("a value is saved as `$name = place`")?;
    let name = name.strip_prefix('$').ok_or("a name begins with a dollar sign")?;
    let from = match from.strip_prefix("header ") {
        Some(header) => Source::Header(header.to_owned()),
        None => Source::Path(from.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect()),
    };
    Ok(Save { name: name.to_owned(), from })
}
