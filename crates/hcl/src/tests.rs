//! What both forms read and refuse, and that no text makes the reader panic.

use proptest::prelude::*;

use super::*;

/// The tree as one line, so that a test shows what it expects.
fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => format!("[{}]", items.iter().map(|item| show(&item.value)).collect::<Vec<_>>().join(" ")),
        Value::Object(object) => format!("{{{}}}", show_entries(object)),
    }
}

fn show_entries(object: &Object) -> String {
    object
        .entries
        .iter()
        .map(|entry| format!("{}={}", entry.key, show(&entry.node.value)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn check(format: Format, text: &str, expected: &str) {
    let shown = match read(text, format) {
        Ok(object) => show_entries(&object),
        Err(error) => error.to_string(),
    };
    assert_eq!(shown, expected, "reading {text:?}");
}

#[test]
fn hcl_is_read_in_all_the_forms_that_consul_accepts() {
    for (text, expected) in [
        ("", ""),
        ("# only a comment", ""),
        ("a = 1\nb = \"x\"", "a=1 b=\"x\""),
        ("a = 1, b = 2,", "a=1 b=2"),
        ("a=1 b=2", "a=1 b=2"),
        ("ports { http = 1 dns = -1 }", "ports={http=1 dns=-1}"),
        ("\"quoted name\" = true // end\n/* two\nlines */ c = false", "quoted name=true c=false"),
        ("service \"web\" { port = 80 }", "service={web={port=80}}"),
        (
            "key_prefix \"a/\" { policy = \"read\" }\nkey_prefix \"b/\" {}",
            "key_prefix={a/={policy=\"read\"}} key_prefix={b/={}}",
        ),
        ("l = [\"a\", 1, [true], {x = 1},\n]", "l=[\"a\" 1 [true] {x=1}]"),
        ("n = [0x1f, 0644, 1.5, -2e3, 08.5]", "n=[31 420 1.5 -2000.0 8.5]"),
        ("t = \"a\\n\\\"\\u00e9\\\\\"", "t=\"a\\n\\\"é\\\\\""),
        ("t = \"${ a(\"b\") }\"", "t=\"${ a(\\\"b\\\") }\""),
        ("h = <<EOF\none\n  two\nEOF\na = 1", "h=\"one\\n  two\\n\" a=1"),
        ("h = <<-EOF\n    one\n      two\n    EOF\n", "h=\"one\\n  two\\n\""),
        ("node-meta.x = 1", "node-meta.x=1"),
    ] {
        check(Format::Hcl, text, expected);
    }
}

#[test]
fn a_mistake_in_hcl_is_named_with_its_place() {
    for (text, expected) in [
        ("datacenter = \nports {\n", "2:1: ports has to be written in quotes"),
        ("ports {\n", "2:1: expected '}' to close the block, found the end of the text"),
        ("a", "1:2: expected '=' or '{' after the key, found the end of the text"),
        ("a = 1 }", "1:7: expected a key, found '}'"),
        ("a = \"x\nb = 1", "1:5: this text has no closing quote on its line; for several lines write a heredoc: <<EOF"),
        ("a = [1 2]", "1:8: expected ',' or ']' after an item of the list, found '2'"),
        ("a = 12ab", "1:5: 12ab is no number"),
        ("a = \"\\q\"", "1:6: \"\\\\q\" is no escape; write \\\\ for a backslash"),
        ("/* x", "1:1: this comment is never closed by */"),
        ("a = <<EOF\nb\n", "1:5: this heredoc has no line that says only EOF"),
        ("a = 1;", "1:6: expected a key, found ';'"),
    ] {
        check(Format::Hcl, text, expected);
    }
}

#[test]
fn json_is_read_into_the_same_tree() {
    for (text, expected) in [
        ("{}", ""),
        (
            " {\"a\": 1, \"b\": [true, null, -1.5e1], \"c\": {\"d\": \"\\u00e9\\ud83d\\ude00\\/\"}} ",
            "a=1 b=[true null -15.0] c={d=\"é😀/\"}",
        ),
        ("{\"a\": \"\\ud800x\"}", "a=\"\u{fffd}x\""),
        ("{\"a\": 99999999999999999999}", "a=1e20"),
    ] {
        check(Format::Json, text, expected);
    }
}

#[test]
fn a_mistake_in_json_is_named_with_its_place() {
    for (text, expected) in [
        ("", "1:1: expected '{', found the end of the text"),
        ("{\"a\": 1,}", "1:9: expected a key in double quotes, found '}'"),
        ("{\"a\": 1,\n // no\n}", "2:2: expected a key in double quotes, found '/'"),
        ("{\"a\" 1}", "1:6: expected ':' after the key, found '1'"),
        ("{\"a\": 01}", "1:7: 01 is no number"),
        ("{\"a\": yes}", "1:7: yes has to be written in quotes"),
        ("{\"a\": \"x\ny\"}", "1:9: a text must not contain the character '\\n'; write it as an escape"),
        ("{} {}", "1:4: expected nothing more after the closing '}', found '{'"),
        ("{\"a\": [1", "1:9: expected ',' or ']' after an item of the list, found the end of the text"),
    ] {
        check(Format::Json, text, expected);
    }
}

#[test]
fn nesting_is_bounded_in_both_forms() {
    let depth = proconsul_base::limit::CONFIG_DEPTH;
    let lists = |count: usize| format!("{}{}", "[".repeat(count), "]".repeat(count));
    assert!(read(&format!("a = {}", lists(depth)), Format::Hcl).is_ok());
    assert!(read(&format!("a = {}", lists(depth + 1)), Format::Hcl).is_err());
    assert!(read(&format!("{{\"a\": {}}}", lists(depth - 1)), Format::Json).is_ok());
    assert!(read(&format!("{{\"a\": {}}}", lists(100_000)), Format::Json).is_err());
    assert!(read(&"a {".repeat(100_000), Format::Hcl).is_err());
}

#[test]
fn many_labels_are_bounded_as_blocks_are() {
    let text = format!("a {} {{}}", "\"x\" ".repeat(100_000));
    assert!(read(&text, Format::Hcl).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[ -~\n\u{e9}]{0,60}", json in any::<bool>()) {
        let _ = read(&text, if json { Format::Json } else { Format::Hcl });
    }

    #[test]
    fn no_text_of_the_languages_own_words_makes_the_reader_panic(
        words in proptest::collection::vec(
            prop_oneof!["a", "\"", "=", "[{]}", "<<E\n", "E\n", "\\\\", "-?0x?[0-9]{1,3}", "\\$\\{", ",", ":", "/\\*", "\\\\u[d8-f]{4}", "true"],
            0..24,
        ),
        json in any::<bool>(),
    ) {
        let _ = read(&words.concat(), if json { Format::Json } else { Format::Hcl });
    }

    #[test]
    fn any_text_survives_being_written_as_json(text in "\\PC{0,20}") {
        let written: String = text.chars().map(|character| format!("\\u{:04x}", character as u32)).collect();
        if text.chars().all(|character| (character as u32) < 0x10000) {
            let object = read(&format!("{{\"a\": \"{written}\"}}"), Format::Json).unwrap();
            prop_assert_eq!(&object.get("a").unwrap().node.value, &Value::Text(text));
        }
    }
}
