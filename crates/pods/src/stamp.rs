//! Instants of the calendar as text, as Kubernetes writes them (RFC 3339, UTC). Knows no time zone.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Shows an instant with nanoseconds: `2026-01-02T03:04:05.123456789Z`. With `{:.0}`, without the fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(pub SystemTime);

impl fmt::Display for Stamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.0.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let seconds = since.as_secs();
        let (year, month, day) = civil(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if out.precision() != Some(0) {
            write!(out, ".{:09}", since.subsec_nanos())?;
        }
        out.write_str("Z")
    }
}

/// Year, month and day of a day number since 1970-01-01, by Howard Hinnant's `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(seconds: u64, nanos: u32) -> String {
        Stamp(UNIX_EPOCH + Duration::new(seconds, nanos)).to_string()
    }

    #[test]
    fn instants_are_shown_as_kubernetes_writes_them() {
        assert_eq!(shown(0, 0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(shown(1_767_323_045, 123_456_789), "2026-01-02T03:04:05.123456789Z");
        assert_eq!(shown(1_709_164_800, 1), "2024-02-29T00:00:00.000000001Z");
        assert_eq!(format!("{:.0}", Stamp(UNIX_EPOCH + Duration::from_secs(951_782_400))), "2000-02-29T00:00:00Z");
    }
}
