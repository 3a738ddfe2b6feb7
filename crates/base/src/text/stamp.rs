//! Points in time as text, in UTC: `2026-11-23T14:00:00.000Z`.

use std::time::{SystemTime, UNIX_EPOCH};

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// The time with so many digits of a second, at most 9; without any, no point stands before the `Z`, as in Go's `time.RFC3339`.
/// Times before 1970 count as 1970.
pub fn utc(time: SystemTime, digits: usize) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (year, month, day) = date(since.as_secs() / SECONDS_PER_DAY);
    let second = since.as_secs() % SECONDS_PER_DAY;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let fraction = format!(".{:09}", since.subsec_nanos());
    let fraction = if digits == 0 { "" } else { &fraction[..=digits.min(9)] };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// A time of RFC 3339 in UTC, such as [`utc`] writes, as Go's `time.RFC850` has it: `Monday, 23-Nov-26 14:00:00 UTC`. `None` for
/// any other text.
pub fn rfc850(text: &str) -> Option<String> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
    let (day_text, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let mut parts = day_text.splitn(3, '-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let name = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)? * 3..)?.get(..3)?;
    // The first of March of this year or the one before, and from there: the inverse of `date`.
    let (era_year, from_march) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = 365 * era_year + era_year / 4 - era_year / 100 + era_year / 400 + (153 * from_march + 2) / 5 + day;
    // 1 January 1970 was a Thursday.
    let weekday = WEEKDAYS[usize::try_from(days.checked_sub(719_469)? % 7).ok()?];
    let clock = clock.get(..8)?;
    Some(format!("{weekday}, {day:02}-{name}-{:02} {clock} UTC", year % 100))
}

/// Year, month and day so many days after 1 January 1970: eras of 400 years that begin on 1 March, so that the leap day is last.
fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_PER_ERA: u64 = 146_097;
    const DAYS_FROM_MARCH_OF_YEAR_0: u64 = 719_468;
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0;
    let (era, day) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_written_with_their_weekday() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some("Thursday, 01-Jan-70 00:00:00 UTC")),
            ("2024-02-29T23:59:59.123Z", Some("Thursday, 29-Feb-24 23:59:59 UTC")),
            ("2026-11-23T21:22:09.5Z", Some("Monday, 23-Nov-26 21:22:09 UTC")),
            ("2026-13-01T00:00:00Z", None),
            ("yesterday", None),
        ] {
            assert_eq!(rfc850(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn times_are_written_in_utc() {
        for (nanos, digits, expected) in [
            (0, 3, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999_999_999, 3, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000_000_000, 3, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_123_456_789, 6, "2024-02-29T23:59:59.123456Z"),
            (4_107_542_400_000_000_000, 0, "2100-03-01T00:00:00Z"),
            (1_795_445_663_732_743_393, 3, "2026-11-23T14:54:23.732Z"),
        ] {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_nanos(nanos), digits), expected);
        }
    }
}
