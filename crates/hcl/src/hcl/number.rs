//! HCL1's numbers: decimal, `0x1f`, `0644`, with fraction and exponent.

use crate::cursor::Cursor;
use crate::error::{Mistake, ReadError};
use crate::value::Value;

/// Reads the number that comes next.
pub(super) fn number(cursor: &mut Cursor<'_>) -> Result<Value, ReadError> {
    let at = cursor.at();
    let word = cursor.take_while(|character| character.is_alphanumeric() || matches!(character, '+' | '-' | '.' | '_'));
    parse(word).ok_or_else(|| ReadError { at, mistake: Mistake::Number(word.to_owned()) })
}

fn parse(word: &str) -> Option<Value> {
    let (negative, digits) = match word.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, word),
    };
    if let Some(hexadecimal) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return integer(hexadecimal, 16, negative);
    }
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return integer(&digits[1..], 8, negative);
    }
    if !digits.contains(|character: char| character.is_ascii_digit())
        || digits.contains(|character: char| !matches!(character, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'))
    {
        return None;
    }
    integer(digits, 10, negative).or_else(|| word.parse().ok().map(Value::Float))
}

fn integer(digits: &str, radix: u32, negative: bool) -> Option<Value> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = i64::from_str_radix(digits, radix).ok()?;
    Some(Value::Integer(if negative { -magnitude } else { magnitude }))
}
