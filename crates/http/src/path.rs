//! The path of a request: decoded, refused when it cannot be printed, and cleaned as Go's request router does it.

use std::borrow::Cow;

use proconsul_base::text::quote::is_printable;

/// Why a path is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathError {
    /// A `%` without two hexadecimal digits after it.
    Escape,
    /// The bytes are no UTF-8.
    NotText,
    /// A character that has no printed form.
    Unprintable,
}

/// The decoded path. A path that needs no work is borrowed. Characters without a printed form are let through only if
/// `unprintable` says so.
pub(crate) fn decode(raw: &str, unprintable: bool) -> Result<Cow<'_, str>, PathError> {
    if raw.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'%') {
        return Ok(Cow::Borrowed(raw));
    }
    let bytes = unescape(raw, false).ok_or(PathError::Escape)?;
    let text = String::from_utf8(bytes).map_err(|_| PathError::NotText)?;
    if unprintable || text.chars().all(is_printable) { Ok(Cow::Owned(text)) } else { Err(PathError::Unprintable) }
}

/// Takes the escapes out; `None` when one is broken. In a query `+` is a space.
pub(crate) fn unescape(text: &str, is_query: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => digit(rest.next()?)? * 16 + digit(rest.next()?)?,
            b'+' if is_query => b' ',
            _ => byte,
        });
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

/// The path without `//`, `.` and `..`, when it had any. A slash at the end stays.
pub(crate) fn cleaned(path: &str) -> Option<String> {
    let is_clean = !path.contains("//") && !path.contains("/.");
    if is_clean {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    let clean = format!("/{}{slash}", parts.join("/"));
    (clean != path).then_some(clean)
}

/// A path as it is written into a `Location`: everything escaped that Go's `url` package escapes there.
pub(crate) fn encode(path: &str) -> String {
    escape(path, |byte| matches!(byte, b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'@'))
}

/// A name or a value of a query, as Go's `url.Values.Encode` writes it.
pub(crate) fn encode_query(text: &str) -> String {
    escape(text, |byte| byte == b' ').replace(' ', "+")
}

fn escape(text: &str, also_plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') || also_plain(byte) {
            out.push(byte as char);
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].iter().filter_map(|digit| char::from_digit(u32::from(*digit), 16)));
            let digits = out.len() - 2;
            out[digits..].make_ascii_uppercase();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_path_is_taken_as_it_is() {
        for path in ["/v1/kv/a/b", "/v1/kv/a+b", "/", "/v1/kv/a:b=c"] {
            assert!(matches!(decode(path, false), Ok(Cow::Borrowed(same)) if same == path));
            assert_eq!(cleaned(path), None);
        }
    }

    #[test]
    fn escapes_are_decoded_and_broken_ones_refused() {
        assert_eq!(decode("/a%2fb%20c", false).unwrap(), "/a/b c");
        assert_eq!(decode("/%E2%82%AC%CC%81", false).unwrap(), "/€\u{301}");
        for broken in ["/%", "/%2", "/%zz"] {
            assert_eq!(decode(broken, false), Err(PathError::Escape));
        }
        assert_eq!(decode("/a%ff", false), Err(PathError::NotText));
    }

    #[test]
    fn characters_without_a_printed_form_are_refused() {
        for hidden in ["/a%0ab", "/%7f", "/a%c2%a0b", "/a%e2%80%8bb", "/%ee%80%80"] {
            assert_eq!(decode(hidden, false), Err(PathError::Unprintable), "{hidden}");
            assert!(decode(hidden, true).is_ok());
        }
    }

    #[test]
    fn a_path_is_cleaned_as_go_does_it() {
        let pairs = [
            ("/v1/kv//a", "/v1/kv/a"),
            ("/v1/kv/a/../b", "/v1/kv/b"),
            ("/v1/kv/a/./b/", "/v1/kv/a/b/"),
            ("/v1/kv/a/..", "/v1/kv"),
            ("/../..", "/"),
            ("//", "/"),
        ];
        for (path, clean) in pairs {
            assert_eq!(cleaned(path).as_deref(), Some(clean));
        }
        for fine in ["/v1/kv/.hidden", "/v1/kv/a/..b/", "/v1/kv/"] {
            assert_eq!(cleaned(fine), None);
        }
    }

    #[test]
    fn a_location_is_escaped_as_go_does_it() {
        assert_eq!(encode("/a b?#%\"<x>'&+/c€"), "/a%20b%3F%23%25%22%3Cx%3E%27&+/c%E2%82%AC");
        assert_eq!(encode_query("a b/~&"), "a+b%2F~%26");
    }
}
