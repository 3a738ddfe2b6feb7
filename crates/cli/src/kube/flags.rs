//! GNU-style flags: `--name value`, `--name=value`, `-n value`, `-nvalue`, `--` ends them; words may stand between.

use proconsul_base::text::nearest::nearest;

/// A flag that a command has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    /// Without the dashes.
    pub(super) name: &'static str,
    /// One letter, if it has one.
    pub(super) short: Option<char>,
    /// What its value is called in the help; `None` for a switch.
    pub(super) value: Option<&'static str>,
    /// What it does.
    pub(super) about: &'static str,
}

/// A switch.
pub(super) const fn switch(name: &'static str, about: &'static str) -> Flag {
    Flag { name, short: None, value: None, about }
}

/// A flag with a value.
pub(super) const fn option(name: &'static str, value: &'static str, about: &'static str) -> Flag {
    Flag { name, short: None, value: Some(value), about }
}

impl Flag {
    /// The same with a letter.
    pub(super) const fn short(self, letter: char) -> Self {
        Self { short: Some(letter), ..self }
    }
}

/// The flag every command has.
pub(super) const STATE: Flag =
    option("state", "DIR", "the state directory (default: PROCONSUL_STATE, else the user's own)");

/// What was given.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    flags: Vec<(&'static str, String)>,
    /// Everything that is no flag.
    pub(super) words: Vec<String>,
    /// Whether help was asked for.
    pub(super) is_help: bool,
}

/// Why words are not understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FlagError {
    /// There is no such flag.
    #[error("unknown flag: {0}{1}")]
    Unknown(String, String),
    /// A flag at the end without its value.
    #[error("flag needs an argument: {0}")]
    NoValue(String),
    /// A value for a switch.
    #[error("flag takes no argument: {0}")]
    Value(String),
}

/// Reads the words of a command.
pub(super) fn parse(flags: &[Flag], words: &[String]) -> Result<Given, FlagError> {
    let mut given = Given::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            given.words.extend(words.by_ref().cloned());
        } else if word == "--help" || word == "-h" {
            given.is_help = true;
        } else if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let flag = flags.iter().find(|flag| flag.name == name).ok_or_else(|| unknown(flags, word, name))?;
            given.take(flag, value, word, &mut words)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            given.letters(flags, letters, word, &mut words)?;
        } else {
            given.words.push(word.clone());
        }
    }
    Ok(given)
}

fn unknown(flags: &[Flag], word: &str, name: &str) -> FlagError {
    let hint = nearest(name, flags.iter().map(|flag| flag.name)).map(|near| format!("; did you mean --{near}?"));
    FlagError::Unknown(word.to_owned(), hint.unwrap_or_default())
}

impl Given {
    fn letters<'a>(
        &mut self,
        flags: &[Flag],
        letters: &str,
        word: &str,
        words: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), FlagError> {
        for (at, letter) in letters.char_indices() {
            let flag = flags.iter().find(|flag| flag.short == Some(letter));
            let flag = flag.ok_or_else(|| FlagError::Unknown(word.to_owned(), String::new()))?;
            let rest = &letters[at + letter.len_utf8()..];
            if flag.value.is_some() {
                let value = Some(rest.strip_prefix('=').unwrap_or(rest)).filter(|value| !value.is_empty());
                return self.take(flag, value, word, words);
            }
            self.take(flag, None, word, words)?;
        }
        Ok(())
    }

    fn take<'a>(
        &mut self,
        flag: &Flag,
        value: Option<&str>,
        word: &str,
        words: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), FlagError> {
        let value = match (flag.value, value) {
            (Some(_), Some(value)) => value.to_owned(),
            (Some(_), None) => words.next().cloned().ok_or_else(|| FlagError::NoValue(word.to_owned()))?,
            (None, None | Some("true")) => "true".to_owned(),
            (None, Some("false")) => "false".to_owned(),
            (None, Some(_)) => return Err(FlagError::Value(word.to_owned())),
        };
        self.flags.push((flag.name, value));
        Ok(())
    }

    /// The last value of a flag.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a flag, in their order.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.flags.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a switch is on.
    pub(super) fn is(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }
}

/// A command's help.
pub(super) fn help(usage: &str, flags: &[Flag]) -> String {
    let rows: Vec<[String; 2]> = flags
        .iter()
        .map(|flag| {
            let short = flag.short.map(|letter| format!("-{letter}, ")).unwrap_or_default();
            let value = flag.value.map(|value| format!(" {value}")).unwrap_or_default();
            [format!("    {short}--{}{value}", flag.name), flag.about.to_owned()]
        })
        .collect();
    format!("Usage: proconsul kube {usage}\n\n{}", proconsul_base::text::table::columns(&rows, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: [Flag; 3] =
        [option("filename", "F", "").short('f'), switch("follow", "").short('w'), option("tail", "N", "")];

    fn given(words: &[&str]) -> Result<Given, FlagError> {
        parse(&FLAGS, &words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn flags_are_read_in_all_their_forms_between_words() {
        let given = given(&["a", "--tail=3", "-f", "x", "-fy", "-w", "b", "--", "--tail"]).expect("is understood");
        assert_eq!(given.words, ["a", "b", "--tail"]);
        assert_eq!(given.all("filename").collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!((given.get("tail"), given.is("follow")), (Some("3"), true));
    }

    #[test]
    fn a_flag_that_does_not_exist_is_answered_with_the_nearest() {
        assert_eq!(given(&["--tial", "3"]).unwrap_err().to_string(), "unknown flag: --tial; did you mean --tail?");
        assert_eq!(given(&["--tail"]).unwrap_err().to_string(), "flag needs an argument: --tail");
        assert_eq!(given(&["--follow=maybe"]).unwrap_err().to_string(), "flag takes no argument: --follow=maybe");
    }
}
