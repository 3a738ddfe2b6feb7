//! Documents, anchors, limits and places.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn json_of(text: &str) -> serde_json::Value {
    load(text).remove(0).unwrap().to_json()
}

#[test]
fn every_value_knows_its_line_and_column() {
    let node = load("a: 1\n---\nb:\n  - c\n  - d: yes\n").remove(1).unwrap();
    let Content::List(items) = &node.get("b").unwrap().content else { panic!("b is a list") };
    assert_eq!(items[0].mark, Mark { line: 4, column: 5 });
    assert_eq!(items[1].get("d").unwrap().mark, Mark { line: 5, column: 8 });
    assert_eq!(node.last_line(), 5);
}

#[test]
fn a_broken_document_does_not_hide_the_next() {
    let documents = load("a: [1\n---\nb: 2\n---\n# nothing\n---\nc: {\n");
    assert_eq!(documents.len(), 3);
    assert!(documents[0].is_err());
    assert_eq!(documents[1].as_ref().unwrap().to_json(), json!({"b": 2}));
    assert!(documents[2].as_ref().unwrap_err().mark.line >= 7);
}

#[test]
fn json_is_yaml() {
    assert_eq!(
        json_of("{\"a\": [1, true, null, \"yes\"],\n\t\"b\": {}}"),
        json!({"a": [1, true, null, "yes"], "b": {}})
    );
}

#[test]
fn anchors_and_merge_keys_are_resolved() {
    let text = "base: &base {x: 1, y_: 2}\nuse:\n  <<: *base\n  x: 3\nlist: [*base]\n";
    assert_eq!(
        json_of(text),
        json!({"base": {"x": 1, "y_": 2}, "use": {"x": 3, "y_": 2}, "list": [{"x": 1, "y_": 2}]})
    );
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", alias.trim_end_matches(", ")));
    }
    assert!(load(&text)[0].as_ref().unwrap_err().reason.contains("values"));
    assert!(load(&"[".repeat(20_000))[0].is_err());
}

#[test]
fn quoted_words_stay_text() {
    assert_eq!(
        json_of("a: 'yes'\nb: \"0644\"\nc: !!str 12\nd: |\n  0644\n"),
        json!({"a": "yes", "b": "0644", "c": "12", "d": "0644\n"})
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s)[ -~\\n\\t\u{e4}\u{2028}]{0,120}") {
        let _ = load(&text);
    }

    #[test]
    fn no_heap_of_indicators_makes_the_reader_panic(text in "([-:?&*!|>%@,\\[\\]{}#'\" \\n]|a|1|---|\\.\\.\\.){0,60}") {
        let _ = load(&text);
    }
}
