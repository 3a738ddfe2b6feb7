//! Why a text cannot be read.

use crate::value::Position;

/// The first mistake of a text and its place; the caller puts the file's name before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {mistake}")]
pub struct ReadError {
    /// Where the mistake is.
    pub at: Position,
    /// What is wrong there.
    pub mistake: Mistake,
}

/// What is wrong at a place of a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// Something else had to stand here.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What may stand here.
        expected: &'static str,
        /// What does.
        found: Found,
    },
    /// A quoted text with no closing quote on its line.
    #[error("this text has no closing quote on its line; for several lines write a heredoc: <<EOF")]
    OpenText,
    /// A `/*` with no `*/`.
    #[error("this comment is never closed by */")]
    OpenComment,
    /// A heredoc whose end mark never comes.
    #[error("this heredoc has no line that says only {0}")]
    OpenHeredoc(String),
    /// A heredoc without a name for its end.
    #[error("a heredoc names its end at once, as in <<EOF, and begins on the next line")]
    HeredocMark,
    /// A backslash followed by what is no escape.
    #[error("{0:?} is no escape; write \\\\ for a backslash")]
    Escape(String),
    /// A control character in a text, which JSON does not allow.
    #[error("a text must not contain the character {0:?}; write it as an escape")]
    ControlCharacter(char),
    /// Not a number that can be read.
    #[error("{0} is no number")]
    Number(String),
    /// A value that has to be quoted.
    #[error("{0} has to be written in quotes")]
    Unquoted(String),
    /// Deeper than any sensible text.
    #[error("blocks and lists are nested deeper than {0}")]
    TooDeep(usize),
}

/// What was found where something else was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This character.
    Character(char),
    /// The end of the text.
    End,
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Character('\n') => f.write_str("the end of the line"),
            Self::Character(character) => write!(f, "{character:?}"),
            Self::End => f.write_str("the end of the text"),
        }
    }
}

impl From<Option<char>> for Found {
    fn from(next: Option<char>) -> Self {
        next.map_or(Self::End, Self::Character)
    }
}
