//! What Consul 1.8.7 said to the same bodies.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Base64, DecodeError, Named, Nanos, ReadableNanos, body, named};

#[derive(Debug, Default, PartialEq)]
struct Weights {
    passing: i64,
}

#[derive(Debug, Default, PartialEq)]
struct Proxy {
    port: i64,
}

#[derive(Debug, Default, PartialEq)]
struct Service {
    port: i64,
    tags: Option<Arc<[Arc<str>]>>,
    meta: Option<Arc<BTreeMap<String, String>>>,
    weights: Option<Weights>,
    proxy: Proxy,
    enable_tag_override: bool,
}

#[derive(Debug, Default, PartialEq)]
struct Register {
    node: String,
    service: Option<Service>,
    checks: Vec<Weights>,
}

#[derive(Debug, Default, PartialEq)]
struct Session {
    ttl: String,
    lock_delay: Nanos,
}

named!(Verb = "api.KVOp");
record!(Weights, "structs.Weights", strict { "Passing" => passing });
record!(Proxy, "structs.ConnectProxyConfig", itself strict { "LocalBindPort" => port });
record!(Service, "structs.NodeService", strict {
    "Port" => port,
    "Tags" => tags,
    "Meta" => meta,
    "Weights" => weights,
    "Proxy" => proxy,
    "EnableTagOverride" | "enable_tag_override" => enable_tag_override,
});
record!(Register, "structs.RegisterRequest", strict { "Node" => node, "Service" => service, "Checks" => checks });
record!(Session, "struct { LockDelay interface {}; *structs.Alias }", itself lenient {
    "TTL" => ttl,
    "LockDelay" => lock_delay,
});

fn refused(text: &str) -> String {
    body::<Register>(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn fields_are_found_whatever_their_letters() {
    let text = r#" {"NODE":"first","node":"a","Service":{"port":80,"tags":["x",null],"meta":{"k":"v"},
        "weights":{"passing":3},"ENABLE_TAG_OVERRIDE":true,"proxy":null},"chec\u212as":[{"pa\u017fsing":1},null]} trailing"#;
    let service = Service {
        port: 80,
        tags: Some(Arc::from(["x".into(), "".into()])),
        meta: Some(Arc::new(BTreeMap::from([("k".to_owned(), "v".to_owned())]))),
        weights: Some(Weights { passing: 3 }),
        proxy: Proxy::default(),
        enable_tag_override: true,
    };
    let register = Register {
        node: "a".to_owned(),
        service: Some(service),
        checks: vec![Weights { passing: 1 }, Weights::default()],
    };
    assert_eq!(body::<Register>(text.as_bytes()), Ok(register));
    assert_eq!(body::<Register>(b"null"), Ok(Register::default()));
    assert_eq!(body::<Register>(b"{}{"), Ok(Register::default()));
}

#[test]
fn a_value_of_another_kind_is_told_with_its_place() {
    let cannot = [
        (r#"[]"#, "array into Go value of type structs.RegisterRequest"),
        (r#"{"node":1}"#, "number into Go struct field RegisterRequest.Node of type string"),
        (r#"{"Service":3}"#, "number into Go struct field RegisterRequest.Service of type structs.NodeService"),
        (r#"{"Service":{"port":"x"}}"#, "string into Go struct field NodeService.Service.Port of type int"),
        (r#"{"Service":{"Port":1.5}}"#, "number 1.5 into Go struct field NodeService.Service.Port of type int"),
        (r#"{"Service":{"Port":1e2}}"#, "number 1e2 into Go struct field NodeService.Service.Port of type int"),
        (r#"{"Service":{"Tags":"x"}}"#, "string into Go struct field NodeService.Service.Tags of type []string"),
        (r#"{"Service":{"Tags":[1]}}"#, "number into Go struct field NodeService.Service.Tags of type string"),
        (r#"{"Service":{"Meta":[]}}"#, "array into Go struct field NodeService.Service.Meta of type map[string]string"),
        (r#"{"Service":{"Meta":{"a":1}}}"#, "number into Go struct field NodeService.Service.Meta of type string"),
        (
            r#"{"Service":{"Weights":{"Passing":"x"}}}"#,
            "string into Go struct field Weights.Service.Weights.Passing of type int",
        ),
        (
            r#"{"Service":{"Proxy":{"LocalBindPort":"x"}}}"#,
            "string into Go struct field NodeService.Service.Proxy of type int",
        ),
        (r#"{"Checks":[{"Passing":true}]}"#, "bool into Go struct field Weights.Checks.Passing of type int"),
    ];
    for (text, told) in cannot {
        assert_eq!(refused(text), format!("json: cannot unmarshal {told}"), "{text}");
    }
    let session = body::<Session>(br#"{"TTL":10}"#).unwrap_err().to_string();
    assert_eq!(session, "json: cannot unmarshal number into Go struct field .TTL of type string");
}

#[test]
fn a_strict_record_refuses_what_it_does_not_know_and_a_lenient_one_passes_it_over() {
    assert_eq!(refused(r#"{"Service":{"Foo":"x"}}"#), r#"json: unknown field "Foo""#);
    assert_eq!(refused(r#"{"Foo":1,"Node":1}"#), r#"json: unknown field "Foo""#);
    assert!(refused(r#"{"Node":1,"Foo":1}"#).starts_with("json: cannot unmarshal"));
    assert_eq!(body::<Session>(br#"{"Foo":{"a":[1]}}"#), Ok(Session::default()));
}

#[test]
fn what_is_no_json_is_refused_in_the_words_of_gos_scanner() {
    let texts = [
        ("", "EOF"),
        (" \n", "EOF"),
        ("{", "unexpected EOF"),
        ("tru", "unexpected EOF"),
        (r#"{"a":"\u12"#, "unexpected EOF"),
        ("}", "invalid character '}' looking for beginning of value"),
        ("\u{feff}{}", "invalid character 'ï' looking for beginning of value"),
        ("{Node:1}", "invalid character 'N' looking for beginning of object key string"),
        ("{é:1}", "invalid character 'Ã' looking for beginning of object key string"),
        ("{'a':1}", r"invalid character '\'' looking for beginning of object key string"),
        (r#"{"a":1,}"#, "invalid character '}' looking for beginning of object key string"),
        (r#"{"Node" 1}"#, "invalid character '1' after object key"),
        (r#"{"Name":"a" "b"}"#, r#"invalid character '"' after object key:value pair"#),
        (r#"{"a":1\}"#, r"invalid character '\\' after object key:value pair"),
        (r#"{"Node":01}"#, "invalid character '1' after object key:value pair"),
        (r#"["a" "b"]"#, r#"invalid character '"' after array element"#),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        (r#"{"Node":}"#, "invalid character '}' looking for beginning of value"),
        (r#"{"Node":-}"#, "invalid character '}' in numeric literal"),
        (r#"{"Node":1.}"#, "invalid character '}' after decimal point in numeric literal"),
        (r#"{"Node":1e}"#, "invalid character '}' in exponent of numeric literal"),
        (r#"{"Node":tru3}"#, "invalid character '3' in literal true (expecting 'e')"),
        (r#"{"Node":nul}"#, "invalid character '}' in literal null (expecting 'l')"),
        (r#"{"Node":falsy}"#, "invalid character 'y' in literal false (expecting 'e')"),
        (r#"{"Node":"a\x"}"#, "invalid character 'x' in string escape code"),
        (r#"{"Node":"\u12g4"}"#, r"invalid character 'g' in \u hexadecimal character escape"),
        ("{\"Node\":\"a\nb\"}", r"invalid character '\n' in string literal"),
    ];
    for (text, told) in texts {
        assert_eq!(refused(text), told, "{text}");
    }
}

#[test]
fn texts_are_unescaped_and_bytes_that_are_none_replaced() {
    let text = |bytes: &[u8]| body::<String>(bytes).unwrap();
    assert_eq!(text(br#""a\"\\\/\b\f\n\r\t\u20ac""#), "a\"\\/\u{8}\u{c}\n\r\t€");
    assert_eq!(text(br#""\ud83d\ude00 \ud800 \ud800\u0041 \udc00""#), "😀 \u{fffd} \u{fffd}A \u{fffd}");
    assert_eq!(text(b"\"a\xff\xfe\xe2\x82z\""), "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}z");
}

#[test]
fn nesting_has_an_end() {
    let deep = "[".repeat(100_000);
    assert_eq!(refused(&deep), "exceeded max depth");
    let deep = format!("{}1", r#"{"a":"#.repeat(100_000));
    assert_eq!(refused(&deep), "exceeded max depth");
}

#[test]
fn durations_are_texts_or_nanoseconds() {
    let lengths =
        [(r#""10s""#, 10_000_000_000), (r#""-1m""#, -60_000_000_000), ("15", 15), ("1.5", 1), ("true", 0), ("{}", 0)];
    for (text, nanos) in lengths {
        assert_eq!(body::<Nanos>(text.as_bytes()), Ok(Nanos(nanos)), "{text}");
    }
    let wrong = body::<Session>(br#"{"LockDelay":"x"}"#).unwrap_err();
    assert_eq!(wrong.to_string(), r#"time: invalid duration "x""#);
}

#[test]
fn a_named_text_and_a_readable_duration_have_their_own_mistakes() {
    assert_eq!(&*body::<Named<Verb>>(br#""set""#).unwrap().text, "set");
    let wrong = |error: DecodeError| error.to_string();
    assert_eq!(
        wrong(body::<Vec<Named<Verb>>>(b"[1]").unwrap_err()),
        "json: cannot unmarshal number into Go value of type api.KVOp"
    );
    assert_eq!(body::<ReadableNanos>(br#""-1m""#), Ok(ReadableNanos(-60_000_000_000)));
    assert_eq!(
        wrong(body::<ReadableNanos>(b"true").unwrap_err()),
        r#"strconv.ParseFloat: parsing "true": invalid syntax"#
    );
}

#[test]
fn bytes_are_base64() {
    assert_eq!(body::<Base64>(b"\"aGVs\\nbG8=\"").unwrap().0, "hello");
    assert_eq!(body::<Base64>(b"\"!!\"").unwrap_err().to_string(), "illegal base64 data at input byte 0");
    assert_eq!(
        body::<Base64>(b"1").unwrap_err().to_string(),
        "json: cannot unmarshal number into Go value of type []uint8"
    );
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(".{0,8}", inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(value in value()) {
        for text in [serde_json::to_vec(&value).unwrap(), serde_json::to_vec_pretty(&value).unwrap()] {
            prop_assert_eq!(body::<serde_json::Value>(&text).unwrap(), value.clone());
        }
    }

    #[test]
    fn any_bytes_are_a_body_or_a_mistake(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = body::<serde_json::Value>(&bytes);
        let _ = body::<Register>(&bytes);
    }
}
