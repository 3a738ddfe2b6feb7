//! What an unquoted word means in YAML 1.1, after the reader that Kubernetes uses (go-yaml 2 behind `sigs.k8s.io/yaml`).

use serde_json::Number;

use super::Content;

/// The value of a plain scalar; `None` for a number that JSON cannot hold (`.inf`, `.nan`).
pub(super) fn plain(text: &str) -> Option<Content> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Content::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Content::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Content::Bool(false),
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf"
        | "-.INF" => {
            return None;
        }
        _ => number(text).map_or_else(|| Content::Text(text.to_owned()), Content::Number),
    })
}

/// Whether a text, written without quotes, would be read back as something else than itself.
pub(super) fn is_ambiguous(text: &str) -> bool {
    !matches!(plain(text), Some(Content::Text(_))) || is_timestamp(text) || text == "<<" || text == "="
}

/// A number in any of the forms of Go's `ParseInt` with base 0, or a decimal fraction; underscores are skipped.
fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let digits = text.replace('_', "");
    integer(&digits).or_else(|| is_decimal(&digits).then(|| fraction(&digits)).flatten())
}

fn integer(text: &str) -> Option<Number> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = unsigned.to_ascii_lowercase();
    let (radix, body) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        Some(start) if start.starts_with('0') => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if !body.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(body, radix).ok()?;
    if negative { i64::try_from(-i128::from(magnitude)).ok().map(Number::from) } else { Some(magnitude.into()) }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_is_right = match mantissa.split_once('.') {
        Some(("", after)) => !after.is_empty() && digits(after),
        Some((before, after)) => digits(before) && digits(after),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    mantissa_is_right
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

/// A fraction; one without a fractional part is written as the integer it is, as Go does when it writes JSON.
fn fraction(text: &str) -> Option<Number> {
    let value: f64 = text.parse().ok()?;
    let exact = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= exact {
        Some(Number::from(value as i64))
    } else {
        Number::from_f64(value)
    }
}

/// A date, with or without a time behind it. Kubernetes takes it as text, others might not.
fn is_timestamp(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut all_digits = |least: usize| {
        parts
            .next()
            .is_some_and(|part| part.len() >= least && part.bytes().take(least).all(|byte| byte.is_ascii_digit()))
    };
    all_digits(4) && all_digits(1) && all_digits(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_mean_what_they_mean_in_yaml_1_1() {
        for (text, expected) in [
            ("0644", "420"),
            ("0o644", "420"),
            ("0x1F", "31"),
            ("0b101", "5"),
            ("1_000", "1000"),
            ("08", "8"),
            ("-12", "-12"),
            ("+7", "7"),
            ("1e3", "1000"),
            ("1.5", "1.5"),
            (".5", "0.5"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            assert_eq!(plain(text), Some(Content::Number(serde_json::from_str(expected).unwrap())), "{text}");
        }
        assert_eq!(plain("yes"), Some(Content::Bool(true)));
        assert_eq!(plain("off"), Some(Content::Bool(false)));
        assert_eq!(plain("~"), Some(Content::Null));
        for text in ["1Gi", "1:20", "2001-01-01", "-", "+", ".", "0x", "1.2.3", "yEs", "0644s", "1e", "-f"] {
            assert_eq!(plain(text), Some(Content::Text(text.to_owned())), "{text}");
        }
        assert_eq!(plain(".inf"), None);
    }
}
