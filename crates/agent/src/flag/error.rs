//! Why a command line cannot be read. The first words of each message are Go's, which scripts look for.

use std::fmt;

use proconsul_base::text::nearest::nearest;

use super::Flag;

/// Why one flag cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    /// `-h` or `-help`: no mistake, but nothing else is to be done.
    #[error("help requested")]
    Help,
    /// A flag that the command does not have.
    #[error("flag provided but not defined: -{name}{}", hint(*.nearest))]
    Unknown {
        /// As it was given.
        name: String,
        /// What may have been meant.
        nearest: Option<&'static str>,
    },
    /// A flag at the end of the line whose value is missing.
    #[error("flag needs an argument: -{0}")]
    NoValue(&'static str),
    /// Dashes with no name after them.
    #[error("bad flag syntax: {0}")]
    Syntax(String),
    /// A switch that is neither on nor off.
    #[error("invalid boolean value {value:?} for -{name}: parse error")]
    Switch {
        /// The flag.
        name: &'static str,
        /// What was given.
        value: String,
    },
    /// Not a number.
    #[error("invalid value {value:?} for flag -{name}: parse error")]
    Number {
        /// The flag.
        name: &'static str,
        /// What was given.
        value: String,
    },
}

fn hint(nearest: Option<&'static str>) -> String {
    nearest.map_or(String::new(), |name| format!("; did you mean -{name}?"))
}

impl FlagError {
    pub(super) fn unknown(name: &str, known: &[&'static [Flag]]) -> Self {
        let nearest = nearest(name, known.iter().copied().flatten().map(|flag| flag.name));
        Self::Unknown { name: name.to_owned(), nearest }
    }
}

/// Everything that is wrong with a command line's flags, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagErrors(pub Vec<FlagError>);

impl FlagErrors {
    /// Whether only help was asked for.
    pub fn is_help(&self) -> bool {
        self.0.first() == Some(&FlagError::Help)
    }
}

impl fmt::Display for FlagErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, mistake) in self.0.iter().enumerate() {
            let newline = if place == 0 { "" } else { "\n" };
            write!(f, "{newline}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FlagErrors {}
