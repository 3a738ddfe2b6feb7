//! Addresses worked out from the machine's interfaces: the part of go-sockaddr's templates that deployments use.
//!
//! `{{ GetPrivateIP }}`, `{{ GetInterfaceIP "eth0" }}`, `{{ GetAllInterfaces | include "name" "^eth" | attr "address" }}`:
//! a function that gives interfaces or a text, then filters separated by bars. Knows interfaces only as data.

mod select;

use super::environment::Interface;
use super::network::{is_forwardable, is_private};

/// Why a template cannot be worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("the template has no closing }}}}")]
    Open,
    /// A quote that does not end.
    #[error("the template has a quote that does not end")]
    OpenQuote,
    /// Nothing between the braces, or between two bars.
    #[error("the template has nothing between two bars or braces")]
    Empty,
    /// A function that is not known here.
    #[error("the template function {0:?} is not known; GetPrivateIP, GetInterfaceIP \"eth0\" and the like are")]
    Function(String),
    /// A function with too few or too many words.
    #[error("the template function {0} takes {1} values")]
    Arguments(String, usize),
    /// A filter on something that is no list of interfaces, or a text missing at the end.
    #[error("the template does not end in a text: add | attr \"address\" or | join \"address\" \" \"")]
    NoText,
    /// A filter after a text.
    #[error("the template function {0} needs interfaces before the bar")]
    NeedsInterfaces(String),
    /// A selector, attribute or order that is not known here.
    #[error("the template does not know {0:?} in {1}")]
    Selector(String, String),
    /// A value that the selector cannot use.
    #[error("the template cannot use {0:?} as a {1}")]
    Value(String, &'static str),
    /// No interface is left.
    #[error("the template {0:?} matches no address of this machine")]
    NoMatch(String),
}

/// What stands between two bars.
enum Stage {
    Interfaces(Vec<Interface>),
    Text(String),
}

/// The text with every template in it worked out.
pub(super) fn expand(text: &str, interfaces: &[Interface]) -> Result<String, TemplateError> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (template, after) = after.split_once("}}").ok_or(TemplateError::Open)?;
        let worked_out = evaluate(template, interfaces)?;
        if worked_out.is_empty() {
            return Err(TemplateError::NoMatch(template.trim().to_owned()));
        }
        expanded.push_str(before);
        expanded.push_str(&worked_out);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

fn evaluate(template: &str, interfaces: &[Interface]) -> Result<String, TemplateError> {
    let mut stages = stages(template)?.into_iter();
    let first = stages.next().ok_or(TemplateError::Empty)?;
    let mut stage = source(&first, interfaces)?;
    for words in stages {
        let Stage::Interfaces(list) = stage else { return Err(TemplateError::NeedsInterfaces(words[0].clone())) };
        stage = select::apply(&words, list)?;
    }
    match stage {
        Stage::Text(text) => Ok(text),
        Stage::Interfaces(_) => Err(TemplateError::NoText),
    }
}

/// The words of each stage, quotes taken off; no stage is empty.
fn stages(template: &str) -> Result<Vec<Vec<String>>, TemplateError> {
    let mut stages = vec![Vec::new()];
    let mut rest = template.trim_matches(|character: char| character.is_whitespace() || character == '-');
    while let Some(first) = rest.chars().next() {
        let stage = stages.last_mut().ok_or(TemplateError::Empty)?;
        if first == '|' {
            stages.push(Vec::new());
            rest = &rest[1..];
        } else if matches!(first, '"' | '`') {
            let end = rest[1..].find(first).ok_or(TemplateError::OpenQuote)?;
            stage.push(rest[1..=end].to_owned());
            rest = &rest[end + 2..];
        } else {
            let end = rest.find(|character: char| character.is_whitespace() || character == '|').unwrap_or(rest.len());
            stage.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    if stages.iter().any(Vec::is_empty) { Err(TemplateError::Empty) } else { Ok(stages) }
}

/// The function that a template begins with.
fn source(words: &[String], all: &[Interface]) -> Result<Stage, TemplateError> {
    let needed = usize::from(words[0].starts_with("GetInterfaceIP"));
    let known = ["GetAllInterfaces", "GetDefaultInterfaces", "GetPrivateInterfaces", "GetPublicInterfaces"];
    let texts = ["GetPrivateIP", "GetPrivateIPs", "GetPublicIP", "GetPublicIPs", "GetInterfaceIP", "GetInterfaceIPs"];
    let name = words[0].as_str();
    if !known.contains(&name) && !texts.contains(&name) {
        return Err(TemplateError::Function(name.to_owned()));
    }
    if words.len() != needed + 1 {
        return Err(TemplateError::Arguments(name.to_owned(), needed));
    }
    let mut found: Vec<Interface> = match name.trim_end_matches('s') {
        "GetAllInterface" => return Ok(Stage::Interfaces(all.to_vec())),
        "GetInterfaceIP" => all.iter().filter(|interface| interface.name == words[1]).cloned().collect(),
        "GetPrivateIP" | "GetPrivateInterface" => on_default_route(all, is_private),
        "GetPublicIP" | "GetPublicInterface" => on_default_route(all, |address| !is_private(address)),
        _ => on_default_route(all, |_| true),
    };
    select::sort(&mut found, "type,size")?;
    if known.contains(&name) {
        return Ok(Stage::Interfaces(found));
    }
    let mut addresses =
        found.iter().filter(|interface| is_forwardable(interface.address)).map(|found| found.address.to_string());
    Ok(Stage::Text(if name.ends_with('s') {
        addresses.collect::<Vec<_>>().join(" ")
    } else {
        addresses.next().unwrap_or_default()
    }))
}

/// The interfaces that are up and lead to the default route; all that are up and no loopback when there is no such route.
fn on_default_route(all: &[Interface], wanted: impl Fn(std::net::IpAddr) -> bool) -> Vec<Interface> {
    let routed = all.iter().any(|interface| interface.default_route);
    let leads_out =
        |interface: &&Interface| interface.up && !interface.loopback && (interface.default_route || !routed);
    all.iter().filter(leads_out).filter(|interface| wanted(interface.address)).cloned().collect()
}

#[cfg(test)]
mod tests;
