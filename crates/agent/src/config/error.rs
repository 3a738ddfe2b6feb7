//! Everything that can be wrong with a configuration. Where Consul has a text, its words are kept, since people search for them.

use std::error::Error;
use std::{fmt, io};

use proconsul_hcl::{Mistake as Syntax, ReadError};

use super::definition::DefinitionMistake;
use super::origin::Origin;
use super::template::TemplateError;
use super::{Invalid, Place};

/// All mistakes of a configuration, at least one.
#[derive(Debug)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, mistake) in self.0.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write!(f, "{mistake}")?;
            let mut source = mistake.source();
            while let Some(cause) = source {
                write!(f, ": {cause}")?;
                source = cause.source();
            }
        }
        Ok(())
    }
}

impl Error for Mistakes {}

/// The operating system's own words, in lower case, without the number that Rust adds.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// One mistake of a configuration.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// Words after the flags.
    #[error("Unexpected extra arguments: [{}]", .0.join(" "))]
    ExtraArguments(Vec<String>),
    /// `-config-format` is neither of the two.
    #[error("-config-format must be either 'hcl' or 'json', not {0:?}")]
    Format(String),
    /// A file or directory that cannot be opened.
    #[error("config: Open failed on {0}. open {0}: {text}", text = plain(.1))]
    Open(Place, io::Error),
    /// A text that cannot be read.
    #[error("failed to parse {file}")]
    Parse {
        /// File or flag, with the place of the mistake.
        file: Origin,
        /// What is wrong there.
        #[source]
        syntax: Syntax,
    },
    /// A key that nobody knows.
    #[error("{origin}: invalid config key {key}{}", hint(.nearest.as_deref()))]
    UnknownKey {
        /// Where it stands.
        origin: Origin,
        /// The key with its blocks: `ports.htp`.
        key: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// A block that stands in a file twice.
    #[error("{origin}: the block {key} stands here for the second time; write its keys into one block")]
    SecondBlock {
        /// Where the second one stands.
        origin: Origin,
        /// Its name.
        key: String,
    },
    /// A value of another kind.
    #[error("{origin}: {key} takes {expected}, not {found}")]
    Kind {
        /// Where it stands.
        origin: Origin,
        /// The key.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A feature that is not there and whose absence must not go unnoticed.
    #[error("{origin}: {key} cannot be ignored safely, and {absent} in this version; take it out to go on without")]
    Unsafe {
        /// Where it was asked for.
        origin: Origin,
        /// The key.
        key: &'static str,
        /// What is not there.
        absent: &'static str,
    },
    /// A value that cannot be used, as it was written.
    #[error("{origin}: {key}: {invalid}")]
    Value {
        /// Where it was written.
        origin: Origin,
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        invalid: Invalid,
    },
    /// A service or check that cannot be held.
    #[error("{origin}: {key}: {why}")]
    Definition {
        /// Where it stands.
        origin: Origin,
        /// The key: `service.check.ttl`.
        key: String,
        /// What is wrong with it.
        why: DefinitionMistake,
    },
    /// An address template that cannot be worked out.
    #[error("{origin}: {key}")]
    Template {
        /// Where it was written.
        origin: Origin,
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        #[source]
        source: TemplateError,
    },
    /// Settings that do not go together, or one that is missing.
    #[error("{0}")]
    Whole(Invalid),
    /// A file of the data directory that cannot be read.
    #[error("failed to setup node ID: cannot read {0}")]
    NodeIdFile(Place, #[source] io::Error),
}

impl Mistake {
    pub(super) fn parse(error: ReadError, origin: impl Fn(proconsul_hcl::Position) -> Origin) -> Self {
        Self::Parse { file: origin(error.at), syntax: error.mistake }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |nearest| format!("; did you mean {nearest}?"))
}
