//! The filters of a template: which interfaces stay, in which order, and what of them becomes text.

use std::cmp::Ordering;
use std::net::IpAddr;

use super::{Stage, TemplateError};
use crate::config::environment::Interface;
use crate::config::network::{in_rfc, is_forwardable, is_private, within};

/// Applies one filter, given as its words.
pub(super) fn apply(words: &[String], list: Vec<Interface>) -> Result<Stage, TemplateError> {
    let name = words[0].as_str();
    let needed = match name {
        "include" | "exclude" | "join" => 2,
        "sort" | "limit" | "offset" | "attr" | "unique" => 1,
        _ => return Err(TemplateError::Function(name.to_owned())),
    };
    let arguments = &words[1..];
    if arguments.len() != needed {
        return Err(TemplateError::Arguments(name.to_owned(), needed));
    }
    let first = arguments[0].as_str();
    Ok(match name {
        "include" => Stage::Interfaces(keep(list, first, &arguments[1], true)?),
        "exclude" => Stage::Interfaces(keep(list, first, &arguments[1], false)?),
        "limit" => Stage::Interfaces(list.into_iter().take(count(first)?).collect()),
        "offset" => Stage::Interfaces(list.into_iter().skip(count(first)?).collect()),
        "unique" => Stage::Interfaces(unique(list, first)?),
        "sort" => {
            let mut list = list;
            sort(&mut list, first)?;
            Stage::Interfaces(list)
        }
        "join" => {
            let texts: Vec<String> =
                list.iter().map(|interface| attribute(interface, first)).collect::<Result<_, _>>()?;
            Stage::Text(texts.join(&arguments[1]))
        }
        _ => Stage::Text(list.first().map(|interface| attribute(interface, first)).transpose()?.unwrap_or_default()),
    })
}

fn count(text: &str) -> Result<usize, TemplateError> {
    text.parse().map_err(|_| TemplateError::Value(text.to_owned(), "number"))
}

fn keep(list: Vec<Interface>, selector: &str, value: &str, wanted: bool) -> Result<Vec<Interface>, TemplateError> {
    let mut kept = Vec::new();
    for interface in list {
        if matches(&interface, selector, value)? == wanted {
            kept.push(interface);
        }
    }
    Ok(kept)
}

/// Whether an interface fits one of the alternatives, which bars separate; flags have to fit all.
fn matches(interface: &Interface, selector: &str, value: &str) -> Result<bool, TemplateError> {
    if matches!(selector, "flag" | "flags") {
        return value.split('|').map(|flag| has_flag(interface, flag)).try_fold(true, |all, flag| Ok(all && flag?));
    }
    value.split('|').map(|value| matches_one(interface, selector, value)).try_fold(false, |any, one| Ok(any || one?))
}

fn matches_one(interface: &Interface, selector: &str, value: &str) -> Result<bool, TemplateError> {
    match selector {
        "name" => pattern(&interface.name, value),
        "address" => pattern(&interface.address.to_string(), value),
        "type" => match value.to_ascii_lowercase().as_str() {
            "ip" => Ok(true),
            "ipv4" => Ok(interface.address.is_ipv4()),
            "ipv6" => Ok(interface.address.is_ipv6()),
            _ => Err(TemplateError::Value(value.to_owned(), "type")),
        },
        "rfc" => in_rfc(value, interface.address).ok_or_else(|| TemplateError::Value(value.to_owned(), "RFC number")),
        "network" => {
            let network = value
                .split_once('/')
                .and_then(|(block, bits)| Some((block.parse::<IpAddr>().ok()?, bits.parse().ok()?)));
            let (block, bits) = network.ok_or_else(|| TemplateError::Value(value.to_owned(), "network"))?;
            Ok(within(interface.address, block, bits))
        }
        "size" => Ok(interface.prefix_bits.to_string() == value.trim_start_matches('/')),
        other => Err(TemplateError::Selector(other.to_owned(), "include".to_owned())),
    }
}

fn has_flag(interface: &Interface, flag: &str) -> Result<bool, TemplateError> {
    Ok(match flag.trim() {
        "up" => interface.up,
        "loopback" => interface.loopback,
        "forwardable" => is_forwardable(interface.address),
        "global unicast" | "global-unicast" => is_forwardable(interface.address),
        other => return Err(TemplateError::Value(other.to_owned(), "flag")),
    })
}

/// A pattern of letters, `^` and `$`: all that names and addresses need of regular expressions.
fn pattern(text: &str, pattern: &str) -> Result<bool, TemplateError> {
    let (from_start, word) = pattern.strip_prefix('^').map_or((false, pattern), |word| (true, word));
    let (to_end, word) = word.strip_suffix('$').map_or((false, word), |word| (true, word));
    let word = word.replace("\\.", ".");
    let word = word.strip_suffix(".*").or_else(|| word.strip_suffix("[0-9]+")).unwrap_or(&word);
    if word.contains(['*', '+', '?', '[', '(', '{', '\\', '^', '$']) {
        return Err(TemplateError::Value(pattern.to_owned(), "pattern; write plain letters between ^ and $"));
    }
    Ok(match (from_start, to_end) {
        (true, true) => text == word,
        (true, false) => text.starts_with(word),
        (false, true) => text.ends_with(word),
        (false, false) => text.contains(word),
    })
}

fn attribute(interface: &Interface, name: &str) -> Result<String, TemplateError> {
    match name {
        "address" => Ok(interface.address.to_string()),
        "name" => Ok(interface.name.clone()),
        "type" => Ok(if interface.address.is_ipv4() { "IPv4" } else { "IPv6" }.to_owned()),
        other => Err(TemplateError::Selector(other.to_owned(), "attr".to_owned())),
    }
}

fn unique(list: Vec<Interface>, name: &str) -> Result<Vec<Interface>, TemplateError> {
    let mut seen = Vec::new();
    let mut kept = Vec::new();
    for interface in list {
        let text = attribute(&interface, name)?;
        if !seen.contains(&text) {
            seen.push(text);
            kept.push(interface);
        }
    }
    Ok(kept)
}

/// Sorts by criteria separated by commas, each turned round by a `-` before it; interfaces alike keep their order.
pub(super) fn sort(list: &mut [Interface], criteria: &str) -> Result<(), TemplateError> {
    let criteria: Vec<(bool, &str)> = criteria
        .split(',')
        .map(|criterion| match criterion.trim().strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, criterion.trim().trim_start_matches('+')),
        })
        .collect();
    if let Some((_, unknown)) = criteria.iter().find(|(_, name)| !ORDERS.contains(name)) {
        return Err(TemplateError::Selector((*unknown).to_owned(), "sort".to_owned()));
    }
    list.sort_by(|left, right| {
        criteria.iter().fold(Ordering::Equal, |so_far, &(reversed, name)| {
            let order = compare(left, right, name);
            so_far.then(if reversed { order.reverse() } else { order })
        })
    });
    Ok(())
}

const ORDERS: &[&str] = &["address", "default", "name", "private", "size", "type"];

/// Smaller first; the larger network, the default route and private addresses come first.
fn compare(left: &Interface, right: &Interface, name: &str) -> Ordering {
    match name {
        "address" => left.address.cmp(&right.address),
        "name" => left.name.cmp(&right.name),
        "size" => left.prefix_bits.cmp(&right.prefix_bits),
        "type" => left.address.is_ipv6().cmp(&right.address.is_ipv6()),
        "default" => right.default_route.cmp(&left.default_route),
        "private" => is_private(right.address).cmp(&is_private(left.address)),
        _ => Ordering::Equal,
    }
}
