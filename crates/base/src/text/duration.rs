//! Durations in Go's form (`1h2m3.5s`, `250ms`), read and written as Go's `time` package documents.

use std::time::Duration;

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not of Go's form.
    #[error("time: invalid duration {0:?}")]
    Invalid(String),
    /// A number with no unit after it.
    #[error("time: missing unit in duration {0:?}")]
    MissingUnit(String),
    /// A number with a unit Go does not know.
    #[error("time: unknown unit {1:?} in duration {0:?}")]
    UnknownUnit(String, String),
    /// Below zero, where only a length of time makes sense.
    #[error("duration {0:?} is negative; a length of time is expected")]
    Negative(String),
}

/// Reads a duration such as `10s`, `1.5h` or `1h2m`; a bare `0` is allowed, as in Go.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let invalid = || DurationError::Invalid(text.to_owned());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(Duration::ZERO);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut rest = unsigned;
    let mut nanos: f64 = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let scale = match unit {
            "" => return Err(DurationError::MissingUnit(text.to_owned())),
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return Err(DurationError::UnknownUnit(text.to_owned(), unit.to_owned())),
        };
        nanos += number * scale;
        rest = tail;
    }
    if nanos > i64::MAX as f64 {
        return Err(invalid());
    }
    if text.starts_with('-') && nanos > 0.0 {
        return Err(DurationError::Negative(text.to_owned()));
    }
    Ok(Duration::from_nanos(nanos.round() as u64))
}

/// Reads a duration that may lie below zero, in nanoseconds.
pub fn parse_signed(text: &str) -> Result<i64, DurationError> {
    let (sign, length) = text.strip_prefix('-').map_or((1, text), |length| (-1, length));
    if sign < 0 && length.starts_with(['+', '-']) {
        return Err(DurationError::Invalid(text.to_owned()));
    }
    let length = parse(length).map_err(|error| match error {
        DurationError::Invalid(_) | DurationError::Negative(_) => DurationError::Invalid(text.to_owned()),
        DurationError::MissingUnit(_) => DurationError::MissingUnit(text.to_owned()),
        DurationError::UnknownUnit(_, unit) => DurationError::UnknownUnit(text.to_owned(), unit),
    })?;
    Ok(sign * i64::try_from(length.as_nanos()).unwrap_or(i64::MAX))
}

/// Writes a duration in nanoseconds, which may lie below zero, as Go's `Duration.String` does.
pub fn format_signed(nanos: i64) -> String {
    let length = format(Duration::from_nanos(nanos.unsigned_abs()));
    if nanos < 0 { format!("-{length}") } else { length }
}

/// Writes a duration as Go's `Duration.String` does: `1h0m0s`, `1.5s`, `250ms`, `0s`.
pub fn format(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    match nanos {
        0 => "0s".to_owned(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => format!("{}µs", decimal(nanos, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", decimal(nanos, 1_000_000)),
        _ => {
            let (minutes, rest) = (nanos / 60_000_000_000, nanos % 60_000_000_000);
            let seconds = decimal(rest, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

fn decimal(value: u128, unit: u128) -> String {
    let places = unit.ilog10() as usize;
    let fraction = format!("{:0places$}", value % unit);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { (value / unit).to_string() } else { format!("{}.{fraction}", value / unit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_durations_are_read_and_written_as_go_does() {
        for (text, millis, written) in [
            ("10s", 10_000, "10s"),
            ("1h", 3_600_000, "1h0m0s"),
            ("1h2m3.5s", 3_723_500, "1h2m3.5s"),
            ("250ms", 250, "250ms"),
            ("1.5m", 90_000, "1m30s"),
            ("0", 0, "0s"),
        ] {
            let duration = Duration::from_millis(millis);
            assert_eq!(parse(text), Ok(duration));
            assert_eq!(format(duration), written);
        }
    }

    #[test]
    fn a_text_that_is_no_duration_names_what_is_wrong() {
        assert_eq!(parse("10").unwrap_err().to_string(), "time: missing unit in duration \"10\"");
        assert_eq!(parse("10x").unwrap_err().to_string(), "time: unknown unit \"x\" in duration \"10x\"");
        assert_eq!(parse("zz").unwrap_err().to_string(), "time: invalid duration \"zz\"");
        assert!(parse("-1s").is_err());
        assert_eq!(parse_signed("-1s"), Ok(-1_000_000_000));
        assert_eq!(parse_signed("1m"), Ok(60_000_000_000));
        assert_eq!(parse_signed("-+1s").unwrap_err().to_string(), "time: invalid duration \"-+1s\"");
    }
}
