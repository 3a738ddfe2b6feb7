//! The query of a request, as Go's `url` package reads it: `&` and `;` between pairs, the first of equal names counts.

use std::borrow::Cow;

use crate::error::HttpError;
use crate::path::{encode_query, unescape};

/// The pairs of one query.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Query<'a> {
    pub(crate) fn parse(raw: Option<&'a str>) -> Result<Self, HttpError> {
        let mut pairs = Vec::new();
        for pair in raw.unwrap_or_default().split(['&', ';']).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((part(name)?, part(value)?));
        }
        Ok(Self(pairs))
    }

    /// The value of a name; a name without one has the empty value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// The value of a name, unless it is empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All values of a name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs().filter(move |(known, _)| *known == name).map(|(_, value)| value)
    }

    /// All pairs in their own order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// All pairs in the order of their names, as Go's `url.Values.Encode` writes them.
    pub(crate) fn sorted(&self) -> String {
        let mut pairs: Vec<_> = self.0.iter().collect();
        pairs.sort_by(|one, other| one.0.cmp(&other.0));
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", encode_query(name), encode_query(value))).collect();
        pairs.join("&")
    }
}

/// Whether a text says yes or no, as Go's `strconv.ParseBool` reads it; `None` when it says neither.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A number as Go reads it: digits and nothing else.
pub(crate) fn number(text: &str) -> Result<u64, HttpError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HttpError::NumberSyntax(text.to_owned()));
    }
    text.parse().map_err(|_| HttpError::NumberRange(text.to_owned()))
}

fn part(text: &str) -> Result<Cow<'_, str>, HttpError> {
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    let bytes = unescape(text, true).ok_or(HttpError::Query)?;
    // Bytes that are no text are nobody's name or value; Go keeps them as they are.
    Ok(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_go_reads_it() {
        let query = Query::parse(Some("a=1&b&c=x+y%2f&a=2;d=e&&=z")).unwrap();
        assert_eq!(query.get("a"), Some("1"));
        assert_eq!((query.get("b"), query.filled("b"), query.has("b")), (Some(""), None, true));
        assert_eq!((query.get("c"), query.get("d"), query.get("e")), (Some("x y/"), Some("e"), None));
        assert_eq!(query.sorted(), "=z&a=1&a=2&b=&c=x+y%2F&d=e");
    }

    #[test]
    fn a_broken_escape_is_refused() {
        assert_eq!(Query::parse(Some("a=%zz")), Err(HttpError::Query));
        assert_eq!(Query::parse(Some("a=%ff")).unwrap().get("a"), Some("\u{fffd}"));
        assert_eq!(Query::parse(None), Ok(Query::default()));
    }
}
