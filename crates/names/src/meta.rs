//! A node's metadata as text records (RFC 1464).

use proconsul_types::node::Node;

use crate::message::{Data, Record};
use crate::name::Name;

/// Keys that begin so stand for themselves: only their value is told.
const BARE: &str = "rfc1035-";

/// One text for each pair, in the order of the keys.
pub(crate) fn records(node: &Node, owner: &Name, ttl: u32) -> Vec<Record> {
    let pairs = node.meta.iter().flat_map(|meta| meta.iter());
    pairs
        .map(|(key, value)| {
            let is_bare = key.get(..BARE.len()).is_some_and(|start| start.eq_ignore_ascii_case(BARE));
            let text = if is_bare { value.clone() } else { pair(key, value) };
            Record { name: owner.clone(), ttl, data: Data::Txt(unescaped(&text).into()) }
        })
        .collect()
}

/// `key=value`, with a backquote before what would end the key.
fn pair(key: &str, value: &str) -> String {
    let key = key.replace('`', "``").replace('=', "`=");
    let inner = key.trim_matches(' ');
    let lead = key.len() - key.trim_start_matches(' ').len();
    let trail = if inner.is_empty() { 0 } else { key.len() - key.trim_end_matches(' ').len() };
    format!("{}{inner}{}={}", "` ".repeat(lead), "` ".repeat(trail), value.replace('`', "``"))
}

/// The text as a zone file's reader takes it: a backslash before three digits is a byte, before anything else it goes.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] | [b'\\'] => return bytes,
            [b'\\', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] => {
                let [a, b, c] = [a, b, c].map(|digit| u32::from(digit - b'0'));
                bytes.push((100 * a + 10 * b + c) as u8);
                rest
            }
            [b'\\', byte, rest @ ..] | [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_the_key_is_quoted() {
        assert_eq!(pair("a=b", "c=d"), "a`=b=c=d");
        assert_eq!(pair("bt`k", "v`v"), "bt``k=v``v");
        assert_eq!(pair(" lead", "x"), "` lead=x");
        assert_eq!(pair("trail ", "y"), "trail` =y");
        assert_eq!(pair("e", ""), "e=");
    }

    #[test]
    fn backslashes_are_read_as_in_zone_files() {
        assert_eq!(unescaped(r"x\065y\"), b"xAy");
        assert_eq!(unescaped(r#"v"2\x"#), br#"v"2x"#);
    }
}
