//! Paths and parameters in the form that a URL needs (RFC 3986), as Go's client writes them.

use std::fmt::Write;

/// A path with its parameters: `/v1/kv/a%20b?recurse=`.
pub(crate) fn target<'a>(path: &str, query: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut pairs: Vec<String> = query.map(|(name, value)| format!("{name}={}", component(value))).collect();
    pairs.sort();
    let mut target = percent(path, |byte| is_unreserved(byte) || b"/$&+,:;=@".contains(&byte));
    if !pairs.is_empty() {
        target.push('?');
        target.push_str(&pairs.join("&"));
    }
    target
}

/// One value of a parameter.
pub(crate) fn component(text: &str) -> String {
    percent(text, is_unreserved)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

fn percent(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if plain(byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
