//! Numbers from numbers and from texts, as Go converts and parses them.

/// A number of a document.
pub(super) trait Number: Sized {
    /// What a number that cannot be read stands for.
    const ZERO: Self;
    /// What it is in messages.
    const WHAT: &'static str;
    /// Which of Go's functions reads it from a text.
    const PARSER: &'static str;
    /// Go's name of the type.
    const GO: &'static str;

    /// From a number of JSON, cut off as Go cuts it.
    fn of(number: f64) -> Self;

    /// From a text.
    fn parse(text: &str) -> Result<Self, NotANumber>;
}

/// Why a text is no number; Go's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotANumber {
    /// It is not written as one.
    #[error("invalid syntax")]
    Syntax,
    /// It is too large, or too far below zero.
    #[error("value out of range")]
    Range,
}

macro_rules! whole {
    ($($type:ident $what:literal $parser:literal $go:literal;)*) => {$(
        impl Number for $type {
            const ZERO: Self = 0;
            const WHAT: &'static str = $what;
            const PARSER: &'static str = $parser;
            const GO: &'static str = $go;

            fn of(number: f64) -> Self {
                // By way of the signed number, so that what is below zero wraps around.
                number as i64 as Self
            }

            fn parse(text: &str) -> Result<Self, NotANumber> {
                let (sign, digits) = match text.strip_prefix('-') {
                    Some(digits) if $what == "int" => ("-", digits),
                    _ => ("", text.strip_prefix('+').unwrap_or(text)),
                };
                // Go tells the base by how the text begins.
                let (base, digits) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
                    Some("0x") => (16, &digits[2..]),
                    Some("0b") => (2, &digits[2..]),
                    Some("0o") => (8, &digits[2..]),
                    Some(octal) if octal.starts_with('0') => (8, &digits[1..]),
                    _ => (10, digits),
                };
                if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
                    return Err(NotANumber::Syntax);
                }
                $type::from_str_radix(&format!("{sign}{digits}"), base).map_err(|_| NotANumber::Range)
            }
        }
    )*};
}

whole! {
    i64 "int" "ParseInt" "int";
    u32 "uint" "ParseUint" "uint32";
    u64 "uint" "ParseUint" "uint64";
}

macro_rules! broken {
    ($($type:ident $go:literal;)*) => {$(
        impl Number for $type {
            const ZERO: Self = 0.0;
            const WHAT: &'static str = "float";
            const PARSER: &'static str = "ParseFloat";
            const GO: &'static str = $go;

            fn of(number: f64) -> Self {
                number as Self
            }

            fn parse(text: &str) -> Result<Self, NotANumber> {
                let number: Self = text.parse().map_err(|_| NotANumber::Syntax)?;
                if number.is_finite() { Ok(number) } else { Err(NotANumber::Range) }
            }
        }
    )*};
}

broken! {
    f32 "float32";
    f64 "float64";
}
