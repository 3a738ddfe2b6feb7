//! Amounts with a unit (`1Gi`, `500m`, `1e3`), read, compared and written as Kubernetes does.

use std::cmp::Ordering;
use std::fmt;

/// The suffix family an amount was written with, kept when it is written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Decimal,
    Binary,
    Exponent,
}

/// An amount in billionths, exact. Amounts beyond 2^63-1 are cut to it, finer ones rounded up, as Kubernetes does.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    nano: i128,
    family: Family,
}

/// A text that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
pub struct QuantityError;

const NANO: i128 = 1_000_000_000;
const LARGEST: i128 = i64::MAX as i128 * NANO;
const BINARY: [(&str, u32); 6] = [("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
const DECIMAL: [(&str, i32); 10] =
    [("E", 18), ("P", 15), ("T", 12), ("G", 9), ("M", 6), ("k", 3), ("", 0), ("m", -3), ("u", -6), ("n", -9)];

/// Reads an amount.
///
/// # Errors
/// When the text is no number, or its unit is not known.
pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return Err(QuantityError);
    }
    let (family, scale) = unit(suffix)?;
    let magnitude = scaled(whole, fraction, scale).min(LARGEST);
    Ok(Quantity { nano: if negative { -magnitude } else { magnitude }, family })
}

/// How a unit multiplies: by a power of two, or of ten.
#[derive(Clone, Copy)]
enum Scale {
    Two(u32),
    Ten(i32),
}

fn unit(suffix: &str) -> Result<(Family, Scale), QuantityError> {
    if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Ok((Family::Binary, Scale::Two(*power)));
    }
    if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Ok((Family::Decimal, Scale::Ten(*power)));
    }
    let exponent = suffix.strip_prefix(['e', 'E']).ok_or(QuantityError)?;
    let power: i32 = exponent.parse().map_err(|_| QuantityError)?;
    Ok((Family::Exponent, Scale::Ten(power.clamp(-64, 64))))
}

/// The number times its unit in billionths, rounded up.
fn scaled(whole: &str, fraction: &str, scale: Scale) -> i128 {
    // More digits than these neither reach the largest amount from below nor change the rounding.
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    if whole.len() > 28 {
        return LARGEST;
    }
    let kept = &fraction[..fraction.len().min(9)];
    let mut value = format!("0{whole}{kept}").parse::<i128>().unwrap_or(LARGEST);
    value += i128::from(kept.len() < fraction.len());
    let power = 9 - i32::try_from(kept.len()).unwrap_or(0);
    match scale {
        Scale::Two(bits) => ten_times(value.saturating_mul(1 << bits), power),
        Scale::Ten(tens) => ten_times(value, power + tens),
    }
}

fn ten_times(value: i128, power: i32) -> i128 {
    match u32::try_from(power) {
        Ok(power) => 10_i128
            .checked_pow(power)
            .map_or(if value == 0 { 0 } else { LARGEST }, |factor| value.saturating_mul(factor)),
        Err(_) => 10_i128
            .checked_pow(power.unsigned_abs())
            .map_or(i128::from(value > 0), |divisor| value / divisor + i128::from(value % divisor > 0)),
    }
}

impl Quantity {
    /// The whole units, rounded up: bytes of storage, or cores.
    pub fn units(self) -> i64 {
        clamp(self.nano, NANO)
    }

    /// The thousandths, rounded up: what CPU time is counted in.
    pub fn thousandths(self) -> i64 {
        clamp(self.nano, NANO / 1000)
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.nano < 0
    }
}

fn clamp(nano: i128, per: i128) -> i64 {
    let rounded = nano.div_euclid(per) + i128::from(nano.rem_euclid(per) > 0);
    i64::try_from(rounded).unwrap_or(if nano < 0 { i64::MIN } else { i64::MAX })
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nano == other.nano
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nano.cmp(&other.nano)
    }
}

/// In canonical form: the largest unit of its family that leaves no fraction.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nano == 0 {
            return f.write_str("0");
        }
        // Binary units hold no fractions and nothing below 1024; such amounts are written with decimal ones.
        let is_binary = self.family == Family::Binary && self.nano % NANO == 0 && self.nano.abs() >= 1024 * NANO;
        if is_binary {
            let units = self.nano / NANO;
            let (name, bits) = BINARY.iter().find(|(_, bits)| units % (1 << bits) == 0).copied().unwrap_or(("", 0));
            return write!(f, "{}{name}", units >> bits);
        }
        let (name, power) = DECIMAL
            .iter()
            .find(|(_, power)| self.nano % 10_i128.pow((power + 9).unsigned_abs()) == 0)
            .copied()
            .unwrap_or(("n", -9));
        let digits = self.nano / 10_i128.pow((power + 9).unsigned_abs());
        match self.family {
            Family::Exponent if power != 0 => write!(f, "{digits}e{power}"),
            _ => write!(f, "{digits}{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_written_in_canonical_form() {
        for (text, canonical) in [
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("0.5", "500m"),
            ("1.5", "1500m"),
            ("1000m", "1"),
            ("1000", "1k"),
            ("12e6", "12e6"),
            ("1e3", "1e3"),
            ("0", "0"),
            ("0Gi", "0"),
            ("-1", "-1"),
            ("1Gi", "1Gi"),
            ("512Ki", "512Ki"),
            ("1025Ki", "1025Ki"),
            ("100Ki", "100Ki"),
            ("0.0000000001", "1n"),
            ("1234567890123456789012345678901", "9223372036854775807"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn amounts_compare_by_size_whatever_their_unit() {
        assert_eq!(parse("1Gi").unwrap(), parse("1024Mi").unwrap());
        assert!(parse("1G").unwrap() < parse("1Gi").unwrap());
        assert!(parse("-1").unwrap() < parse("0").unwrap());
        assert_eq!(parse("1Ki").unwrap().units(), 1024);
        assert_eq!(parse("100m").unwrap().thousandths(), 100);
        assert_eq!(parse("100m").unwrap().units(), 1);
    }

    #[test]
    fn a_text_that_is_no_amount_is_refused() {
        for text in ["", "x", "1x", "1 Gi", "Gi", "1.2.3", "1gi", "--1", "1e", "."] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        #[test]
        fn the_canonical_form_is_the_same_amount(text in "[+-]?[0-9]{0,20}(\\.[0-9]{0,12})?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|e[0-9]{1,2}|E-[0-9])?") {
            if let Ok(quantity) = parse(&text) {
                prop_assert_eq!(parse(&quantity.to_string()).unwrap(), quantity);
            }
        }
    }
}
