//! Go's command line syntax: `-flag=value`, `-flag value`, `--flag`, switches, and an end at the first word that is no flag.
//!
//! The rules are those that Go's `flag` package documents. Knows no command: each brings its own table of [`Flag`]s.

mod error;
mod help;

pub use self::error::{FlagError, FlagErrors};
pub use self::help::options;

/// One flag of a command.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its name, without dashes.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it does, in sentences, with the unit.
    pub doc: &'static str,
    /// Its value when it is not given; empty when there is none worth a word.
    pub default: &'static str,
}

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing, or `=true` and `=false`: it is a switch.
    Switch,
    /// A text; the word stands for it in the help.
    Text(&'static str),
    /// A whole number.
    Integer,
    /// A whole number, not below zero.
    Unsigned,
}

/// The flags that were given, in their order, and the words after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Name and value of each; a switch has `true` or `false`.
    pub flags: Vec<(&'static str, String)>,
    /// Everything from the first word that is no flag.
    pub rest: Vec<String>,
}

impl Given {
    /// The last value of this flag.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// Every value of this flag, in their order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.flags.iter().filter(move |(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// Whether this switch is on.
    pub fn switch(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// The number of this flag; its form was checked when it was read.
    pub fn unsigned(&self, name: &str) -> Option<u64> {
        self.text(name).and_then(unsigned)
    }
}

/// Reads the flags that begin these words. All mistakes are reported that can be told apart; the first unknown flag whose
/// value may be the next word ends the reading.
pub fn parse(known: &[&'static [Flag]], words: &[String]) -> Result<Given, FlagErrors> {
    let mut given = Given::default();
    let mut mistakes = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.as_slice().first() {
        if word == "--" {
            words.next();
            break;
        }
        let Some(flag) = word.strip_prefix('-').filter(|flag| !flag.is_empty()) else { break };
        words.next();
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, None),
        };
        if name.is_empty() || name.starts_with('-') {
            mistakes.push(FlagError::Syntax(word.clone()));
            break;
        }
        let Some(flag) = known.iter().copied().flatten().find(|flag| flag.name == name) else {
            if matches!(name, "h" | "help") {
                mistakes.insert(0, FlagError::Help);
                break;
            }
            mistakes.push(FlagError::unknown(name, known));
            if value.is_none() {
                break;
            }
            continue;
        };
        match value_of(flag, value, &mut words) {
            Ok(value) => given.flags.push((flag.name, value)),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    given.rest = words.cloned().collect();
    if mistakes.is_empty() { Ok(given) } else { Err(FlagErrors(mistakes)) }
}

fn value_of(flag: &Flag, value: Option<&str>, words: &mut std::slice::Iter<'_, String>) -> Result<String, FlagError> {
    if flag.takes == Takes::Switch {
        let value = value.unwrap_or("true");
        return truth(value)
            .map(|truth| truth.to_string())
            .ok_or_else(|| FlagError::Switch { name: flag.name, value: value.to_owned() });
    }
    let value = match value {
        Some(value) => value.to_owned(),
        None => words.next().ok_or(FlagError::NoValue(flag.name))?.clone(),
    };
    let valid = match flag.takes {
        Takes::Integer => value.parse::<i64>().is_ok(),
        Takes::Unsigned => unsigned(&value).is_some(),
        Takes::Switch | Takes::Text(_) => true,
    };
    if valid { Ok(value) } else { Err(FlagError::Number { name: flag.name, value }) }
}

/// The words that Go's `strconv.ParseBool` takes.
fn truth(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Decimal, `0x1f` or `0644`, as Go reads an unsigned flag.
fn unsigned(value: &str) -> Option<u64> {
    let (digits, radix) = match value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if value.len() > 1 && value.starts_with('0') => (&value[1..], 8),
        None => (value, 10),
    };
    if digits.starts_with('+') { None } else { u64::from_str_radix(digits, radix).ok() }
}

#[cfg(test)]
mod tests;
