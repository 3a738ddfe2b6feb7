//! Texts in quotes, as Go's `%q` writes them.

/// The text between double quotes; what cannot be printed is escaped.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\x07' => out.push_str(r"\a"),
            '\x08' => out.push_str(r"\b"),
            '\t' => out.push_str(r"\t"),
            '\n' => out.push_str(r"\n"),
            '\x0b' => out.push_str(r"\v"),
            '\x0c' => out.push_str(r"\f"),
            '\r' => out.push_str(r"\r"),
            _ if is_printable(character) => out.push(character),
            ..=' ' | '\x7f' => out.push_str(&format!(r"\x{:02x}", u32::from(character))),
            ..='\u{ffff}' => out.push_str(&format!(r"\u{:04x}", u32::from(character))),
            _ => out.push_str(&format!(r"\U{:08x}", u32::from(character))),
        }
    }
    out.push('"');
    out
}

/// Letters, marks, numbers, punctuation, symbols and the ASCII space, as Go's `unicode.IsPrint` has it.
pub fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    // Escaping for debug output knows what can be printed. Behind a letter it leaves combining marks alone.
    let behind_a_letter: String = ['a', character].iter().collect();
    behind_a_letter.escape_debug().nth(1) == Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_printed_is_escaped_as_go_does_it() {
        assert_eq!(quoted("a \"b\" é€\\"), r#""a \"b\" é€\\""#);
        assert_eq!(quoted("\u{1}\n\t\x07\x7f\u{80}\u{200b}\u{e000}"), r#""\x01\n\t\a\x7f\u0080\u200b\ue000""#);
        assert_eq!(quoted("\u{10ffff}"), r#""\U0010ffff""#);
    }
}
