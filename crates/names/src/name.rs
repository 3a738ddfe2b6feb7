//! A domain name as it travels: length-prefixed labels, the spelling kept, never compressed.

use std::fmt;
use std::sync::Arc;

/// Longest label, in bytes (RFC 1035 §2.3.4).
pub const LABEL_BYTES: usize = 63;
/// Longest name with its lengths and its end, in bytes (RFC 1035 §2.3.4).
pub const NAME_BYTES: usize = 255;

/// A full domain name; cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(Arc<[u8]>);

/// Why a text is no domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Two dots follow each other.
    #[error("a label is empty")]
    EmptyLabel,
    /// A label of more than 63 bytes.
    #[error("a label has {0} bytes, the most are 63")]
    LongLabel(usize),
    /// A name of more than 255 bytes.
    #[error("the name has {0} bytes, the most are 255")]
    LongName(usize),
}

impl Name {
    /// The name that this text spells, with or without the dot at its end. There are no escapes: every dot ends a label.
    pub fn from_text(text: &str) -> Result<Self, NameError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        let mut bytes = Vec::with_capacity(text.len() + 2);
        if !text.is_empty() {
            for label in text.split('.') {
                push_label(&mut bytes, label.as_bytes())?;
            }
        }
        Self::finish(bytes)
    }

    /// The name of these labels.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, NameError> {
        let mut bytes = Vec::new();
        for label in labels {
            push_label(&mut bytes, label)?;
        }
        Self::finish(bytes)
    }

    fn finish(mut bytes: Vec<u8>) -> Result<Self, NameError> {
        bytes.push(0);
        if bytes.len() > NAME_BYTES { Err(NameError::LongName(bytes.len())) } else { Ok(Self(bytes.into())) }
    }

    /// The name in these bytes, whose reader has checked every length.
    pub(crate) fn from_wire(bytes: Vec<u8>) -> Self {
        debug_assert!(bytes.len() <= NAME_BYTES && bytes.ends_with(&[0]), "a whole name");
        Self(bytes.into())
    }

    /// As on the wire, with the zero at the end.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its labels from the left.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        let mut labels = Vec::with_capacity(8);
        let mut rest = &self.0[..];
        while let [length, tail @ ..] = rest
            && *length > 0
        {
            let (label, after) = tail.split_at(usize::from(*length));
            labels.push(label);
            rest = after;
        }
        labels.into_iter()
    }

    /// The same name in lower case.
    pub fn to_lowercase(&self) -> Self {
        // Lengths are below 64, where there are no letters.
        Self(self.0.to_ascii_lowercase().into())
    }

    /// Whether this name is `zone` or below it, without regard to case.
    pub fn is_within(&self, zone: &Self) -> bool {
        let from = self.0.len().checked_sub(zone.0.len());
        let is_same_end = from.is_some_and(|from| self.0[from..].eq_ignore_ascii_case(&zone.0));
        // The end must begin at a label, not inside one.
        is_same_end && self.starts().any(|start| Some(start) == from)
    }

    /// Where each label begins, and where the end is.
    fn starts(&self) -> impl Iterator<Item = usize> {
        let mut next = Some(0);
        std::iter::from_fn(move || {
            let start = next?;
            let length = usize::from(self.0[start]);
            next = (length > 0).then_some(start + 1 + length);
            Some(start)
        })
    }
}

fn push_label(bytes: &mut Vec<u8>, label: &[u8]) -> Result<(), NameError> {
    match label.len() {
        0 => Err(NameError::EmptyLabel),
        length if length > LABEL_BYTES => Err(NameError::LongLabel(length)),
        length => {
            bytes.push(length as u8);
            bytes.extend_from_slice(label);
            Ok(())
        }
    }
}

/// The root of all names.
impl Default for Name {
    fn default() -> Self {
        Self(Arc::from([0]))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() == 1 {
            return f.write_str(".");
        }
        self.labels().try_for_each(|label| write!(f, "{}.", label.escape_ascii()))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_text(text).expect("a name")
    }

    #[test]
    fn a_name_keeps_its_spelling() {
        assert_eq!(name("Web.Service.consul").to_string(), "Web.Service.consul.");
        assert_eq!(name("a.b.").as_bytes(), b"\x01a\x01b\x00");
        assert_eq!(name(".").as_bytes(), b"\x00");
        assert_eq!(name("").labels().count(), 0);
        assert_eq!(name("A.b").to_lowercase(), name("a.b"));
    }

    #[test]
    fn a_zone_ends_at_a_label() {
        assert!(name("web.service.CONSUL").is_within(&name("consul")));
        assert!(name("consul").is_within(&name("consul")));
        assert!(!name("fooconsul").is_within(&name("consul")));
        assert!(!name("consul").is_within(&name("a.consul")));
        // The length byte of a label is no letter of the zone: `\x06consul` could stand inside a label.
        let inside = Name::from_labels([b"x\x06consul".as_slice()]).expect("a name");
        assert!(!inside.is_within(&name("consul")));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(Name::from_text("a..b"), Err(NameError::EmptyLabel));
        assert_eq!(Name::from_text(&"x".repeat(64)), Err(NameError::LongLabel(64)));
        let most = [&*"x".repeat(63), &*"y".repeat(63), &*"z".repeat(63), &*"w".repeat(61)].join(".");
        assert!(Name::from_text(&most).is_ok());
        assert_eq!(Name::from_text(&format!("{most}w")), Err(NameError::LongName(256)));
    }
}
