//! Values as YAML, as `kubectl get -o yaml` prints them: sorted keys, lists not indented, quotes only where a reader would need them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::scalar;

/// The value as one YAML document, with a newline at its end.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(fields) if !fields.is_empty() => mapping(fields, 0, false, &mut text),
        Value::Array(items) if !items.is_empty() => list(items, 0, &mut text),
        other => {
            inline(other, 0, &mut text);
            text.push('\n');
        }
    }
    text
}

fn mapping(fields: &Map<String, Value>, indent: usize, first_is_placed: bool, text: &mut String) {
    let mut keys: Vec<&String> = fields.keys().collect();
    keys.sort();
    for (position, key) in keys.into_iter().enumerate() {
        if position > 0 || !first_is_placed {
            spaces(indent, text);
        }
        quoted(key, text);
        text.push(':');
        member(&fields[key], indent, text);
    }
}

fn member(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            text.push('\n');
            mapping(fields, indent + 2, false, text);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            list(items, indent, text);
        }
        other => {
            text.push(' ');
            inline(other, indent + 2, text);
            text.push('\n');
        }
    }
}

fn list(items: &[Value], indent: usize, text: &mut String) {
    for item in items {
        spaces(indent, text);
        text.push_str("- ");
        match item {
            Value::Object(fields) if !fields.is_empty() => mapping(fields, indent + 2, true, text),
            // A list within a list stands behind its dash: `- - x`.
            Value::Array(inner) if !inner.is_empty() => {
                let mut nested = String::new();
                list(inner, indent + 2, &mut nested);
                text.push_str(nested.trim_start_matches(' '));
            }
            other => {
                inline(other, indent + 2, text);
                text.push('\n');
            }
        }
    }
}

fn inline(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => text.push_str(&value.to_string()),
        Value::String(value) if wants_block(value) => block(value, indent, text),
        Value::String(value) => quoted(value, text),
        Value::Array(_) => text.push_str("[]"),
        Value::Object(_) => text.push_str("{}"),
    }
}

/// Texts of several lines are written as a block unless a block cannot hold them.
fn wants_block(value: &str) -> bool {
    value.trim_end_matches('\n').contains('\n') && value.chars().all(|c| c == '\n' || is_printed(c))
        || (value.len() > 1
            && value.ends_with('\n')
            && value.chars().all(|c| c == '\n' || is_printed(c))
            && !value.trim().is_empty())
}

fn block(value: &str, indent: usize, text: &mut String) {
    text.push('|');
    if value.starts_with([' ', '\n']) {
        text.push('2');
    }
    match (value.ends_with('\n'), value.ends_with("\n\n")) {
        (false, _) => text.push('-'),
        (true, true) => text.push('+'),
        (true, false) => {}
    }
    for line in value.strip_suffix('\n').unwrap_or(value).split('\n') {
        text.push('\n');
        if !line.is_empty() {
            spaces(indent, text);
            text.push_str(line);
        }
    }
}

fn quoted(value: &str, text: &mut String) {
    if !value.chars().all(is_printed) {
        double_quoted(value, text);
    } else if scalar::is_ambiguous(value) {
        // go-yaml prefers double quotes for texts that would be another type, single quotes for texts that would be no scalar.
        double_quoted(value, text);
    } else if is_plain(value) {
        text.push_str(value);
    } else {
        let _ = write!(text, "'{}'", value.replace('\'', "''"));
    }
}

fn double_quoted(value: &str, text: &mut String) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            c if is_printed(c) => text.push(c),
            c if u32::from(c) < 0x100 => {
                let _ = write!(text, "\\x{:02X}", u32::from(c));
            }
            c if u32::from(c) < 0x1_0000 => {
                let _ = write!(text, "\\u{:04X}", u32::from(c));
            }
            c => {
                let _ = write!(text, "\\U{:08X}", u32::from(c));
            }
        }
    }
    text.push('"');
}

/// Whether a text may stand without quotes, beside the question whether it would be read as another type.
fn is_plain(value: &str) -> bool {
    let first_is_free = match value.as_bytes() {
        [] => false,
        [b'-' | b'?' | b':', next, ..] => !next.is_ascii_whitespace() && *next != b'-',
        [first, ..] => !b"-?:,[]{}#&*!|>'\"%@`= ".contains(first),
    };
    first_is_free
        && !value.ends_with([' ', ':'])
        && !value.contains(": ")
        && !value.contains(" #")
        && !value.starts_with("---")
        && !value.starts_with("...")
}

fn is_printed(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{1_0000}'..)
        && !matches!(c, '\u{2028}' | '\u{2029}')
}

fn spaces(count: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::yaml::load;

    #[test]
    fn objects_are_printed_as_kubectl_prints_them() {
        let value = json!({
            "metadata": {"name": "web", "labels": {}, "annotations": {"a": "yes", "b": "0644", "c": "x: y", "d": "", "e": "2020-01-01"}},
            "kind": "Pod",
            "spec": {"containers": [{"name": "c", "args": ["-x", "- y", "a b"]}, {"name": "d"}], "none": null, "lists": [["a", "b"], []]},
            "script": "one\ntwo\n", "open": "one\ntwo", "port": 80
        });
        let expected = "kind: Pod\nmetadata:\n  annotations:\n    a: \"yes\"\n    b: \"0644\"\n    c: 'x: y'\n    d: \"\"\n    e: \"2020-01-01\"\n  labels: {}\n  name: web\n\
                        open: |-\n  one\n  two\nport: 80\nscript: |\n  one\n  two\nspec:\n  containers:\n  - args:\n    - -x\n    - '- y'\n    - a b\n    name: c\n  - name: d\n  lists:\n  - - a\n    - b\n  - []\n  none: null\n";
        assert_eq!(write(&value), expected);
        assert_eq!(load(expected).remove(0).unwrap().to_json(), value);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        #[test]
        fn what_is_written_reads_back(text in "(?s).{0,20}", key in "[ -~]{0,12}", odd in "([-:?&*!|>%@,\\[\\]{}#'\" \\n]|yes|1|a){0,10}") {
            prop_assume!(key != "<<");
            let value = json!({key.clone(): text, "list": [odd.clone(), {"inner": odd}]});
            let printed = write(&value);
            prop_assert_eq!(load(&printed).remove(0).unwrap().to_json(), value, "{}", printed);
        }
    }
}
