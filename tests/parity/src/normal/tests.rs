//! What is kept of an answer, and what is not.

use super::*;
use crate::scenario::Request;

fn normalizer() -> Normalizer {
    let family = Family { name: "x".to_owned(), settings: String::new(), steps: Vec::new() };
    Normalizer::new(&family, vec![("127.40.1.1".to_owned(), "«address»".to_owned())], 9)
}

fn step() -> Step {
    Step {
        line: 1,
        text: "GET /".to_owned(),
        action: Action::Ask(Request::get("/")),
        saves: Vec::new(),
        any_order: None,
        only: None,
        hidden: Vec::new(),
        counted: false,
        single: false,
    }
}

fn normal(body: &str) -> String {
    normalizer().body(&step(), body)
}

#[test]
fn what_differs_from_run_to_run_is_marked_and_the_rest_is_kept() {
    assert_eq!(normal(r#"{"B":null,"A":[],"Address":"127.40.1.1"}"#), r#"{"B":null,"A":[],"Address":"«address»"}"#);
    assert_eq!(
        normal(r#"{"ModifyIndex": 57,"Index":1,"LockIndex":3}"#),
        r#"{"ModifyIndex": «i57»,"Index":1,"LockIndex":3}"#
    );
    assert_eq!(normal(r#"{"CreateIndex":9,"ModifyIndex":10}"#), r#"{"CreateIndex":«start»,"ModifyIndex":«i10»}"#);
    assert_eq!(normal(r#"{"ContentHash":"00000000000000ff"}"#), r#"{"ContentHash":"«h255»"}"#);
    assert_eq!(normal("2026-01-02T03:04:05.6Z 0001-01-01T00:00:00Z"), "«time» 0001-01-01T00:00:00Z");
}

#[test]
fn indexes_become_places_in_their_order_and_uuids_numbers_by_appearance() {
    let exchange = |answer: &str| Exchange { question: String::new(), answer: answer.to_owned() };
    let [b, a] = ["b", "a"].map(|digit| format!("«u{digit}adf4238-882b-9ddc-4a9d-5b6758e4159e»"));
    let ranked = ranked(vec![exchange(&format!("«i90» {b}")), exchange(&format!("«i7» {a} «i90» {b}"))]);
    assert_eq!([&ranked[0].answer, &ranked[1].answer], ["«i2» «u1»", "«i1» «u2» «i2» «u1»"]);
}

#[test]
fn lists_without_order_are_sorted_without_regard_to_marks() {
    assert_eq!(
        list::sorted("[{\"a\":\"«uf»\",\"b\":2},{\"a\":\"«ux»\",\"b\":\"1,]\"}]", ""),
        "[{\"a\":\"«ux»\",\"b\":\"1,]\"},{\"a\":\"«uf»\",\"b\":2}]"
    );
    assert_eq!(
        list::sorted(r#"{"a":["z","b,"],"c":[],"d":[["y","x"]]}"#, ""),
        r#"{"a":["b,","z"],"c":[],"d":[["x","y"]]}"#
    );
    assert_eq!(
        list::sorted(r#"{"A":[2,1],"B":[{"c":[4]},{"a":3}],"C":0}"#, "B"),
        r#"{"A":[2,1],"B":[{"a":3},{"c":[4]}],"C":0}"#
    );
    assert_eq!(list::sorted("null", ""), "null");
}

#[test]
fn one_field_of_an_answer_is_taken_out_as_it_is_written() {
    let text = r#"{"A":{"B":1,"x":"}"},"B":[{"c":"\"B\":"},2],"C":0}"#;
    assert_eq!(list::value(text, "A"), r#"{"B":1,"x":"}"}"#);
    assert_eq!(list::value(text, "B"), r#"[{"c":"\"B\":"},2]"#);
    assert_eq!(list::value(text, "D"), text);
    assert_eq!(list::value("no object", "A"), "no object");
}

#[test]
fn bytes_that_are_no_text_stay_visible() {
    assert_eq!(escaped(b"a\xff\x00\n"), "a\\xff\\u{0}\n");
}
