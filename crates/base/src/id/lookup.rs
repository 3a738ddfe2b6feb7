//! How Consul reads a UUID that it looks something up by: less strict than the form it writes.

/// Why nothing can be looked up by a text; the words are those of the index in which Consul keeps sessions and queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// Too short or too long.
    #[error("UUID must be 36 characters")]
    Length,
    /// Too many hyphens.
    #[error("UUID should have maximum of 4 \"-\"; got {0}")]
    Hyphens(usize),
    /// Half a byte is left over.
    #[error("Input (without hyphens) must be even length")]
    Odd,
    /// A byte that is no hexadecimal digit.
    #[error("Invalid UUID: encoding/hex: invalid byte: {}", code(*.0))]
    Digit(u8),
}

/// The bytes to look for; `None` when the text is taken, but nothing can have so many bytes.
pub fn lookup(text: &str) -> Result<Option<[u8; 16]>, LookupError> {
    if text.len() != 36 {
        return Err(LookupError::Length);
    }
    let hyphens = text.bytes().filter(|byte| *byte == b'-').count();
    match hyphens {
        0..=4 if hyphens % 2 == 0 => {}
        0..=4 => return Err(LookupError::Odd),
        _ => return Err(LookupError::Hyphens(hyphens)),
    }
    let mut bytes = Vec::with_capacity(18);
    let mut digits = text.bytes().filter(|byte| *byte != b'-').map(digit);
    while let (Some(high), Some(low)) = (digits.next(), digits.next()) {
        bytes.push(high? * 16 + low?);
    }
    Ok(bytes.try_into().ok())
}

fn digit(byte: u8) -> Result<u8, LookupError> {
    let digit = (byte as char).to_digit(16).ok_or(LookupError::Digit(byte))?;
    Ok(digit as u8)
}

/// A byte as Go's `%#U` writes it: taken for the character of that number, which follows when it can be printed.
pub fn code(byte: u8) -> String {
    match byte {
        b' '..=b'~' | 0xa1..=0xac | 0xae..=0xff => format!("U+{byte:04X} '{}'", byte as char),
        _ => format!("U+{byte:04X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_looked_up_whatever_its_letters_and_hyphens() {
        let found = Ok(Some(*b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"));
        for text in ["01234567-89ab-cdef-0123-456789abcdef", "01234567-89AB-CDEF-0123-456789ABCDEF"] {
            assert_eq!(lookup(text), found);
        }
        assert_eq!(lookup("0123456789-ab-cd-ef-0123456789abcdef"), found);
        assert_eq!(lookup("0123456789abcdef0123456789abcdef0123"), Ok(None));
    }

    #[test]
    fn what_cannot_be_looked_up_is_told_in_consuls_words() {
        let texts = [
            ("x", "UUID must be 36 characters"),
            ("1111111112222-3333-4444-555555555555", "Input (without hyphens) must be even length"),
            ("------------------------------------", "UUID should have maximum of 4 \"-\"; got 36"),
            ("zzzzzzzz-2222-3333-4444-555555555555", "Invalid UUID: encoding/hex: invalid byte: U+007A 'z'"),
            ("\0zzzzzzz-2222-3333-4444-555555555555", "Invalid UUID: encoding/hex: invalid byte: U+0000"),
            ("ézzzzzz-2222-3333-4444-555555555555", "Invalid UUID: encoding/hex: invalid byte: U+00C3 'Ã'"),
        ];
        for (text, told) in texts {
            assert_eq!(lookup(text).unwrap_err().to_string(), told, "{text:?}");
        }
    }
}
