//! The language of configuration and rules: HCL1 and JSON, read with positions.
//!
//! Both come out as the same tree of [`Node`]s, so that who reads a setting never asks which of the two it was written in.
//! Knows no key, no file and no meaning; a text is read whole or refused with the place of the first mistake.
//!
//! ```
//! use proconsul_hcl::{Format, Value, read};
//!
//! let root = read("ports { http = 8500 dns = -1 } # one line\n", Format::Hcl)?;
//! let ports = root.get("ports").and_then(|entry| entry.node.object()).unwrap();
//! assert_eq!(ports.get("dns").unwrap().node.value, Value::Integer(-1));
//! assert_eq!(ports.get("dns").unwrap().at.to_string(), "1:21");
//! # Ok::<(), proconsul_hcl::ReadError>(())
//! ```

mod cursor;
mod error;
mod hcl;
mod json;
mod value;

pub use self::error::{Mistake, ReadError};
pub use self::value::{Entry, Node, Object, Position, Value};

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// HashiCorp's configuration language, version 1.
    Hcl,
    /// JSON (RFC 8259).
    Json,
}

impl Format {
    /// JSON when the first character is a brace, as for rules whose form is not named; else HCL.
    pub fn guess(text: &str) -> Self {
        if text.trim_start().starts_with('{') { Self::Json } else { Self::Hcl }
    }

    /// By the ending of a file's name: `hcl` or `json`.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension {
            "hcl" => Some(Self::Hcl),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Reads a whole text: its entries in the order they are written, repeated keys included.
pub fn read(text: &str, format: Format) -> Result<Object, ReadError> {
    match format {
        Format::Hcl => hcl::read(text),
        Format::Json => json::read(text),
    }
}

#[cfg(test)]
mod tests;
