//! `$name` in requests: values that earlier answers or the agent itself have given.

use std::collections::BTreeMap;

/// What every agent gives: its address in three forms, and its node's name.
pub(crate) const GIVEN: [&str; 4] = ["address", "hex", "reversed", "node"];

/// The names in a text. A dollar sign that no small letter follows means itself.
pub(crate) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|rest| &rest[..length(rest)]).filter(|name| !name.is_empty())
}

/// The text with all that is known filled in.
pub(crate) fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_at(length(part));
        match known.get(name) {
            Some(value) => out.push_str(value),
            None => out.extend(["$", name]),
        }
        out.push_str(rest);
    }
    out
}

fn length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_small_letters_and_all_else_means_itself() {
        let known = BTreeMap::from([("id".to_owned(), "7".to_owned())]);
        assert_eq!(filled("/a/$id?x=${name}$&$other", &known), "/a/7?x=${name}$&$other");
        assert_eq!(names("$a_b-$C ${d} $e").collect::<Vec<_>>(), ["a_b", "e"]);
    }
}
