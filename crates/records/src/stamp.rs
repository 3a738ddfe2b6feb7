//! Points in time between Go's binary form and the text that users see (RFC 3339, UTC).

use std::time::{Duration, UNIX_EPOCH};

use proconsul_base::text::stamp;
use proconsul_gopack::Time;
use proconsul_types::intention::NEVER;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// The text of a time, as many digits of a second as it has. Times before 1970 that are not Go's zero time count as 1970.
pub(crate) fn text(time: Time) -> String {
    if time.is_zero() {
        return NEVER.to_owned();
    }
    let (seconds, nanos) = time.unix();
    let since = Duration::new(u64::try_from(seconds).unwrap_or(0), nanos);
    let text = stamp::utc(UNIX_EPOCH + since, if nanos == 0 { 0 } else { 9 });
    match text.strip_suffix('Z') {
        Some(digits) if nanos != 0 => format!("{}Z", digits.trim_end_matches('0')),
        _ => text,
    }
}

/// The time that a text means; Go's zero time when it means none.
pub(crate) fn time(text: &str) -> Time {
    parse(text).unwrap_or_default()
}

fn parse(text: &str) -> Option<Time> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let [hour, minute, second] = numbers(clock, ':')?;
    let is_time = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_time
        || fraction.len() > 9
        || !(0..24).contains(&hour)
        || !(0..60).contains(&minute)
        || !(0..60).contains(&second)
    {
        return None;
    }
    let nanos = if fraction.is_empty() { 0 } else { format!("{fraction:0<9}").parse().ok()? };
    Some(Time::from_unix(days(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second, nanos))
}

fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let numbers: Vec<i64> = text.split(between).map(str::parse).collect::<Result<_, _>>().ok()?;
    numbers.try_into().ok()
}

/// Days from 1 January 1970 to a date: years begin on 1 March, so that the leap day is last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    const DAYS_FROM_MARCH_OF_YEAR_0: i64 = 719_468;
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - DAYS_FROM_MARCH_OF_YEAR_0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_from_its_text() {
        for (seconds, nanos, written) in [
            (0, 0, "1970-01-01T00:00:00Z"),
            (951_782_399, 999_999_999, "2000-02-28T23:59:59.999999999Z"),
            (1_709_251_199, 120_000_000, "2024-02-29T23:59:59.12Z"),
            (1_795_468_616, 171_253_854, "2026-11-23T21:16:56.171253854Z"),
        ] {
            let at = Time::from_unix(seconds, nanos);
            assert_eq!(text(at), written);
            assert_eq!(time(written), at);
        }
        assert_eq!(text(Time::default()), NEVER);
        assert!(time(NEVER).is_zero());
    }

    #[test]
    fn what_is_no_time_is_gos_zero_time() {
        for text in
            ["", "Z", "T", "2026-11-23", "2026-13-01T00:00:00Z", "2026-11-23T00:00:00.1234567890Z", "x-y-zT1:2:3Z"]
        {
            assert!(time(text).is_zero(), "{text}");
        }
    }
}
