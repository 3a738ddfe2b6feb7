//! Numbers and truths as Go's `strconv` reads them.

use std::num::IntErrorKind;

/// Why a text is none of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not written as one.
    #[error("strconv.{1}: parsing {0:?}: invalid syntax")]
    Syntax(String, &'static str),
    /// Too large.
    #[error("strconv.{1}: parsing {0:?}: value out of range")]
    Range(String, &'static str),
}

/// A whole number: decimal, or with `0x`, `0o`, `0b` or `0` in front; `_` may stand between digits.
pub(crate) fn integer(text: &str) -> Result<i64, NumberError> {
    let syntax = || NumberError::Syntax(text.to_owned(), "ParseInt");
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits, has_prefix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..], true),
        [b'0', b'o', ..] => (8, &lower[2..], true),
        [b'0', b'b', ..] => (2, &lower[2..], true),
        [b'0', _, ..] => (8, &lower[1..], true),
        _ => (10, &lower[..], false),
    };
    if !underscores_stand_between_digits(digits, has_prefix) {
        return Err(syntax());
    }
    let plain = digits.replace('_', "");
    if plain.starts_with(['+', '-']) {
        return Err(syntax());
    }
    i64::from_str_radix(&format!("{sign}{plain}"), radix).map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => NumberError::Range(text.to_owned(), "ParseInt"),
        _ => syntax(),
    })
}

fn underscores_stand_between_digits(digits: &str, has_prefix: bool) -> bool {
    !digits.contains("__") && !digits.ends_with('_') && (has_prefix || !digits.starts_with('_'))
}

/// A number with a fraction.
pub(crate) fn float(text: &str) -> Result<f64, NumberError> {
    let number: f64 = text.parse().map_err(|_| NumberError::Syntax(text.to_owned(), "ParseFloat"))?;
    let is_named = text.trim_start_matches(['+', '-']).starts_with(['i', 'I']);
    if number.is_infinite() && !is_named {
        return Err(NumberError::Range(text.to_owned(), "ParseFloat"));
    }
    Ok(number)
}

/// `true` or `false` in one of the ways that Go takes.
pub(crate) fn boolean(text: &str) -> Result<bool, NumberError> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(NumberError::Syntax(text.to_owned(), "ParseBool")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_as_go_reads_them() {
        let numbers =
            [("80", 80), ("-80", -80), ("+5", 5), ("0x50", 80), ("0120", 80), ("8_0", 80), ("0", 0), ("0b11", 3)];
        for (text, number) in numbers {
            assert_eq!(integer(text), Ok(number), "{text}");
        }
        for text in ["", "x", "80.0", "-", "+-5", "0x", "_8", "8_", "1__2", "1e3"] {
            assert_eq!(integer(text), Err(NumberError::Syntax(text.to_owned(), "ParseInt")), "{text}");
        }
        let large = integer("99999999999999999999").unwrap_err().to_string();
        assert_eq!(large, r#"strconv.ParseInt: parsing "99999999999999999999": value out of range"#);
    }

    #[test]
    fn truths_and_fractions_too() {
        assert_eq!((boolean("T"), boolean("0")), (Ok(true), Ok(false)));
        assert_eq!(boolean("yes").unwrap_err().to_string(), r#"strconv.ParseBool: parsing "yes": invalid syntax"#);
        assert_eq!(float("1.5"), Ok(1.5));
        assert!(float("x").is_err() && float("1e999").is_err());
    }
}
