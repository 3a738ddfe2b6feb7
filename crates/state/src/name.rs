//! Names as the catalog compares them: without regard to case; and the keys of its indexes, made of several names.

use std::borrow::Cow;

use proconsul_types::node::Text;

/// A name in the form in which the catalog tells names apart: in lower case. NUL ends the parts of a key, so inside a name it
/// becomes the replacement character.
pub fn folded(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii() && byte != 0 && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.to_lowercase().replace('\0', "\u{fffd}"))
}

/// Whether the catalog takes these for one name.
pub(crate) fn same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// A key of these names. Keys that begin with the same names stand together, in the order of the rest.
pub(crate) fn key(names: &[&str]) -> Text {
    let mut key = String::with_capacity(names.iter().map(|name| name.len() + 1).sum());
    for name in names {
        key.push_str(&folded(name));
        key.push('\0');
    }
    key.into()
}

/// What stands behind the first name of a key.
pub(crate) fn behind_first(key: &str) -> &str {
    key.split_once('\0').map_or("", |(_, behind)| behind)
}

/// The first name of a key.
pub(crate) fn first(key: &str) -> &str {
    key.split_once('\0').map_or(key, |(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_without_regard_to_case() {
        assert!(same("Web", "wEB") && same("ÄB", "äb") && !same("web", "web1"));
        assert_eq!(folded("w\0X"), "w\u{fffd}x");
    }

    #[test]
    fn keys_stand_in_the_order_of_their_names() {
        let ordered = [key(&["a", "z"]), key(&["A-", "a"]), key(&["ab", "a"]), key(&["b", ""])];
        assert!(ordered.is_sorted());
        assert_eq!((first(&ordered[1]), behind_first(&ordered[1])), ("a-", "a\0"));
    }
}
