//! The language of the files, and the files themselves.

use super::*;

fn parse(text: &str) -> Result<Family, Mistake> {
    parse::family("x", text)
}

#[test]
fn a_step_is_a_line_with_the_indented_lines_below_it() {
    let text =
        "config a = 1\n# said\n\nPUT /v1/kv/a?flags=1 some body\n  header X: y\n  save $id = .0.ID\nGET /v1/$id\n";
    let family = parse(text).unwrap();
    assert_eq!(family.settings, "a = 1\n");
    assert_eq!(family.steps.len(), 2);
    let Action::Ask(request) = &family.steps[0].action else { panic!("{family:?}") };
    assert_eq!((request.path.as_str(), request.body.as_slice()), ("/v1/kv/a?flags=1", &b"some body"[..]));
    assert_eq!(request.headers, ["X: y"]);
    assert_eq!(family.steps[0].saves[0].from, Source::Path(vec!["0".to_owned(), "ID".to_owned()]));
}

#[test]
fn a_call_has_words_input_and_files() {
    let text = "run kv put 'a b' '' -\n  stdin one\n  stdin two\n  file x.hcl a = 1\n  file x.hcl b = 2\n  environment A=b=c\n  lines 1\n";
    let family = parse(text).unwrap();
    let Action::Run(call) = &family.steps[0].action else { panic!("{family:?}") };
    assert_eq!(call.words, ["kv", "put", "a b", "", "-"]);
    assert_eq!((call.stdin.as_str(), call.lines), ("one\ntwo\n", Some(1)));
    assert_eq!(call.files, [("x.hcl".to_owned(), "a = 1\nb = 2\n".to_owned())]);
    assert_eq!(call.environment, [("A".to_owned(), "b=c".to_owned())]);
}

#[test]
fn bodies_of_any_bytes_can_be_written() {
    let family = parse("PUT /a\n  body bytes a\\xff\\x00b\nPUT /b\n  body repeat 3 ab\n").unwrap();
    let body = |step: &Step| match &step.action {
        Action::Ask(request) => request.body.clone(),
        other => panic!("{other:?}"),
    };
    let bodies: Vec<_> = family.steps.iter().map(body).collect();
    assert_eq!(bodies, [b"a\xff\x00b".to_vec(), b"ababab".to_vec()]);
}

#[test]
fn mistakes_are_told_with_their_line() {
    for (text, told) in [
        ("get /x", "x.txt:1: get is neither a method nor a word of this language"),
        ("GET /x\n  colour blue", "x.txt:2: colour is no option of a step"),
        ("GET /$id", "x.txt:1: nothing is known as $id"),
        ("dns A", "x.txt:1: a DNS question is a type and a name"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), told);
    }
}

#[test]
fn all_files_are_understood_and_ask_as_much_as_was_promised() {
    let families = Family::all().unwrap();
    let count = |wanted: fn(&Action) -> bool| {
        families.iter().flat_map(|family| &family.steps).filter(|step| wanted(&step.action)).count()
    };
    let requests = count(|action| matches!(action, Action::Ask(_) | Action::Begin(..)));
    let questions = count(|action| matches!(action, Action::Dns(_)));
    let calls = count(|action| matches!(action, Action::Run(_)));
    let enough = requests >= 400 && questions >= 60 && calls >= 80;
    assert!(enough, "{requests} requests, {questions} questions, {calls} calls");
}
