//! JSON as Go prints it for people. Knows no record: it works on the text, so that fields keep the order in which they came.

/// A JSON text with a line for each member and element, and so much before each for every level.
pub(crate) fn indented(json: &str, indent: &str) -> String {
    let (mut text, mut depth) = (String::with_capacity(json.len() * 2), 0_usize);
    let (mut quoted, mut escaped) = (false, false);
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.push_str(&indent.repeat(depth));
    };
    for letter in json.chars() {
        if quoted {
            text.push(letter);
            (quoted, escaped) = (escaped || letter != '"', !escaped && letter == '\\');
            continue;
        }
        if matches!(letter, ' ' | '\n' | '\t' | '\r') {
            continue;
        }
        let is_closing = matches!(letter, '}' | ']');
        match text.chars().next_back() {
            Some('{' | '[') if is_closing => depth = depth.saturating_sub(1),
            Some('{' | '[' | ',') => line(&mut text, depth),
            _ if is_closing => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
            }
            _ => {}
        }
        text.push(letter);
        match letter {
            '{' | '[' => depth += 1,
            ':' => text.push(' '),
            '"' => quoted = true,
            _ => {}
        }
    }
    text
}

/// The same JSON with the letters escaped that Go does not trust inside of HTML.
pub(crate) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => text.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_below_each_other_and_empty_lists_on_one_line() {
        let json = r#"{"a":[],"b":{},"c":[1, {"d":"x, {\"y\": z\\"}],"e":null}"#;
        let expected = "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": \"x, {\\\"y\\\": z\\\\\"\n    }\n  ],\n  \"e\": null\n}";
        assert_eq!(indented(json, "  "), expected);
        assert_eq!(indented("[ ]", "\t"), "[]");
    }

    #[test]
    fn letters_of_html_are_escaped() {
        assert_eq!(escaped(r#""a<b>&c""#), r#""a\u003cb\u003e\u0026c""#);
    }
}
