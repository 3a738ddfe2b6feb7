//! JSON as Go writes it: compact, with `<`, `>` and `&` escaped; `?pretty` in four spaces and a line end.

pub(crate) mod agent;
pub(crate) mod check;
mod form;
pub(crate) mod node;
pub(crate) mod parts;
pub(crate) mod service;

use serde::Serialize;

use self::form::GoForm;

/// Room for an ordinary record; a long list grows it.
const RECORD_BYTES: usize = 512;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends a text in quotes.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(place) = rest.iter().position(|byte| !is_plain(*byte)) {
        let (plain, special) = rest.split_at(place);
        out.extend_from_slice(plain);
        rest = escape(out, special);
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Whether the byte stands for itself.
const fn is_plain(byte: u8) -> bool {
    byte >= b' ' && !matches!(byte, b'"' | b'\\') && !is_special(byte)
}

/// Whether Go escapes the byte where others do not: a page could take it for markup, or it may begin U+2028 or U+2029.
const fn is_special(byte: u8) -> bool {
    matches!(byte, b'<' | b'>' | b'&' | 0xe2)
}

/// The separators of lines and paragraphs that JavaScript took for line ends: how they are written, and what is behind.
fn separator(special: &[u8]) -> Option<(&'static [u8], &[u8])> {
    match special {
        [0xe2, 0x80, 0xa8, rest @ ..] => Some((br"\u2028", rest)),
        [0xe2, 0x80, 0xa9, rest @ ..] => Some((br"\u2029", rest)),
        _ => None,
    }
}

/// Writes the character at the front as it must be written, and gives what is behind it.
fn escape<'a>(out: &mut Vec<u8>, special: &'a [u8]) -> &'a [u8] {
    if let Some((escaped, rest)) = separator(special) {
        out.extend_from_slice(escaped);
        return rest;
    }
    match special {
        [0xe2, rest @ ..] => {
            out.push(0xe2);
            rest
        }
        [byte, rest @ ..] => {
            let (escape, length) = escaped(*byte);
            out.extend_from_slice(&escape[..length]);
            rest
        }
        [] => special,
    }
}

/// The escape of one ASCII character, and its length.
fn escaped(byte: u8) -> ([u8; 6], usize) {
    let short = |letter| ([b'\\', letter, 0, 0, 0, 0], 2);
    match byte {
        b'"' | b'\\' => short(byte),
        b'\n' => short(b'n'),
        b'\r' => short(b'r'),
        b'\t' => short(b't'),
        _ => ([b'\\', b'u', b'0', b'0', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]], 6),
    }
}

/// Appends a number.
pub(crate) fn number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut from = digits.len();
    loop {
        from -= 1;
        digits[from] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[from..]);
}

/// A record, as its `Serialize` says.
pub(crate) fn record(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(RECORD_BYTES);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, GoForm))?;
    Ok(out)
}

/// Appends any value.
pub(crate) fn any(out: &mut Vec<u8>, value: &serde_json::Value) {
    let written = record(value);
    assert!(written.is_ok(), "a JSON value has a JSON form");
    out.extend(written.unwrap_or_default());
}

/// Compact JSON in lines.
pub(crate) fn pretty(compact: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(compact.len() * 2);
    let (mut depth, mut in_text, mut after_backslash) = (0_usize, false, false);
    for (place, &byte) in compact.iter().enumerate() {
        if in_text {
            out.push(byte);
            in_text = after_backslash || byte != b'"';
            after_backslash = byte == b'\\' && !after_backslash;
            continue;
        }
        match byte {
            b'{' | b'[' => {
                out.push(byte);
                if !matches!(compact.get(place + 1), Some(b'}' | b']')) {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                if !matches!(place.checked_sub(1).map(|before| compact[before]), Some(b'{' | b'[')) {
                    depth = depth.saturating_sub(1);
                    line(&mut out, depth);
                }
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ => {
                in_text = byte == b'"';
                out.push(byte);
            }
        }
    }
    out.push(b'\n');
    out
}

fn line(out: &mut Vec<u8>, depth: usize) {
    out.push(b'\n');
    out.extend(std::iter::repeat_n(b' ', 4 * depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        string(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_escaped_as_go_does_it() {
        assert_eq!(written(r#"q/<a&b>"\"#), r#""q/\u003ca\u0026b\u003e\"\\""#);
        assert_eq!(written("\n\r\t\u{8}\u{1f}"), r#""\n\r\t\u0008\u001f""#);
        assert_eq!(written("€ \u{2028}x\u{2029} é"), "\"€ \\u2028x\\u2029 é\"");
    }

    #[test]
    fn numbers_are_written_whole() {
        for value in [0, 7, 10, u64::MAX] {
            let mut out = Vec::new();
            number(&mut out, value);
            assert_eq!(out, value.to_string().as_bytes());
        }
    }

    #[test]
    fn fractions_are_written_as_go_does_it() {
        let numbers = [0.0, 1.0, -5.0, 0.00001, 0.25, 1e-6, 9.5e-7, 1e20, 1e21, -2.5e-9];
        let written = "[0,1,-5,0.00001,0.25,0.000001,9.5e-7,100000000000000000000,1e+21,-2.5e-9]";
        assert_eq!(String::from_utf8(record(&numbers).unwrap()).unwrap(), written);
    }

    #[test]
    fn records_escape_what_a_page_could_take_for_markup() {
        assert_eq!(record(&["<&>"]).unwrap(), br#"["\u003c\u0026\u003e"]"#);
    }

    #[test]
    fn records_and_bare_texts_are_written_alike() {
        for text in
            ["", "plain", "a<b>&c", "\"\\/\n\r\t\u{8}\u{c}\u{1}\u{7f}", "é€ \u{2028}\u{2029}\u{20ac}x", "<", "\u{2028}"]
        {
            assert_eq!(String::from_utf8(record(&text).unwrap()).unwrap(), written(text));
        }
    }

    #[test]
    fn pretty_is_four_spaces_and_a_line_end() {
        let compact = br#"[{"Key":"a:[,{\"","Empty":{},"None":[]},1]"#;
        let lines = "[\n    {\n        \"Key\": \"a:[,{\\\"\",\n        \"Empty\": {},\n        \"None\": []\n    },\n    1\n]\n";
        assert_eq!(String::from_utf8(pretty(compact)).unwrap(), lines);
        assert_eq!(pretty(b"true"), b"true\n");
        assert_eq!(pretty(b"[]"), b"[]\n");
    }
}
