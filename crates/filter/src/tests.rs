//! The answers of Consul 1.8.7 to filters of `GET /v1/health/service/web` with one instance.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Filter, Shape};

static INSTANCE: Shape = Shape::Record(&[
    ("Node", Shape::Record(&[("Node", Shape::Text), ("Meta", Shape::Map(&Shape::Text))])),
    (
        "Service",
        Shape::Record(&[
            ("Port", Shape::Integer),
            ("Tags", Shape::List(&Shape::Text)),
            ("Meta", Shape::Map(&Shape::Text)),
            ("TaggedAddresses", Shape::Map(&ADDRESS)),
            ("Weights", Shape::Record(&[("Passing", Shape::Integer)])),
            ("EnableTagOverride", Shape::Boolean),
            ("Proxy", Shape::Record(&[("Upstreams", Shape::List(&UPSTREAM))])),
        ]),
    ),
    ("Checks", Shape::List(&CHECK)),
]);
static ADDRESS: Shape = Shape::Record(&[("Address", Shape::Text), ("Port", Shape::Integer)]);
static UPSTREAM: Shape = Shape::Record(&[("DestinationName", Shape::Text)]);
static CHECK: Shape = Shape::Record(&[("Status", Shape::Text), ("ServiceTags", Shape::List(&Shape::Text))]);

fn instance() -> Value {
    json!({
        "Node": {"Node": "f1", "Meta": {"rack": "r1", "a-b": "x"}},
        "Service": {
            "Port": 80,
            "Tags": ["blue", "v1"],
            "Meta": {"k": "v"},
            "TaggedAddresses": {"lan": {"Address": "10.0.0.9", "Port": 81}},
            "Weights": {"Passing": 5},
            "EnableTagOverride": true,
            "Proxy": {},
        },
        "Checks": [{"Status": "passing", "ServiceTags": ["blue"]}, {"Status": "critical", "ServiceTags": null}],
    })
}

fn answer(expression: &str) -> Result<bool, String> {
    let filter = Filter::new(expression, &INSTANCE).map_err(|error| error.to_string())?;
    Ok(filter.matches(&instance()))
}

const KEPT: &[&str] = &[
    "Node.Node == f1",
    r#"Node.Node=="f1""#,
    "Node.Node==`f1`",
    "Node.Node ==\n f1",
    r#"Node.Node == "f\u0031""#,
    r#"Node["Node"] == f1"#,
    "((Node.Node == f1))",
    "( Node.Node == f1 )",
    "not not Node.Node == f1",
    "(Node.Node == f1) and Node.Node == f1",
    "Node.Node == x or Node.Node == y or Node.Node == f1",
    "Node.Node == x and Node.Node == y or Node.Node == f1",
    "not Node.Node == x and Node.Node == f1",
    "Service.Port == 80",
    r#"Service.Port == "80""#,
    r#"Service.Port == "0x50""#,
    "Service.Port != 81",
    r#"Service.Weights.Passing == "+5""#,
    "Service.Tags contains blue",
    r#""blue" in Service.Tags"#,
    "blue in Service.Tags",
    "Service.Tags is not empty",
    "Service.Meta.k == v",
    r#"Service.Meta[ "k" ] == v"#,
    r#"Node.Meta["a-b"] == x"#,
    "Service.Meta.zz != v",
    "Service.Meta.zz matches x",
    "Service.Meta.zz not matches x",
    "Service.Meta.zz not contains x",
    "k in Service.Meta",
    "Service.Meta contains k",
    "Checks.Status == passing",
    "Checks.Status != passing",
    "Checks.Status matches \"pas.*\"",
    "Checks.Status contains crit",
    "Checks.ServiceTags contains blue",
    "Node.Node matches \"^f[0-9]$\"",
    "Node.Node matches 1",
    "Node.Node not matches x",
    "f in Node.Node",
    "Service.EnableTagOverride == T",
    "Service.EnableTagOverride != false",
    "Service.TaggedAddresses.lan.Port == 81",
    r#"Service.TaggedAddresses["lan"].Port == 81"#,
    "lan in Service.TaggedAddresses",
    "Service.TaggedAddresses.zz.Port != 81",
    "Service.Proxy.Upstreams is empty",
];

const DROPPED: &[&str] = &[
    "Node.Node == f1.x",
    "Node.Node == 1.5",
    "Node.Node == -1",
    "Node.Node == a_b",
    r#"Node.Node == "é""#,
    "not (Node.Node == f1)",
    "Service.Port == -80",
    "Service.Tags is empty",
    "blu in Service.Tags",
    "blue not in Service.Tags",
    "Service.Tags not contains blue",
    "Service.Meta.zz == v",
    "Service.Meta.zz contains x",
    "Service.Meta is empty",
    "Checks is empty",
    "not Checks.Status == critical",
    "Service.TaggedAddresses.zz.Port == 81",
    "Service.Proxy.Upstreams.DestinationName == x",
    "Service.Proxy.Upstreams.DestinationName != x",
];

#[test]
fn records_are_kept_and_dropped_as_consul_does_it() {
    for expression in KEPT {
        assert_eq!(answer(expression), Ok(true), "{expression}");
    }
    for expression in DROPPED {
        assert_eq!(answer(expression), Ok(false), "{expression}");
    }
}

mod refused;

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_filter_or_a_mistake(text in ".{0,200}") {
        let _ = answer(&text);
    }

    /// Made of the language's own pieces, so that more of it is reached.
    #[test]
    fn any_row_of_words_is_a_filter_or_a_mistake(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..40),
    ) {
        let _ = answer(&words.concat());
    }

    #[test]
    fn any_text_is_a_pattern_or_a_mistake(text in r#"[a-z0-9\\\[\](){}^$*+?.|:<>PQEdDwWsSpxué -]{0,60}"#) {
        let _ = crate::pattern::compile(&text);
    }

    /// What the engine is given has Go's meaning: plain text stays plain text.
    #[test]
    fn quoted_text_is_found_as_it_is(text in "[ -~é]{1,40}") {
        prop_assume!(!text.contains(r"\E") && !text.ends_with('\\'));
        let pattern = crate::pattern::compile(&format!(r"^\Q{text}\E$"));
        prop_assert!(pattern.unwrap().is_match(&text));
    }
}

const WORDS: &[&str] = &[
    "Node.Node",
    "Service.Port",
    "Service.Tags",
    "Checks.Status",
    "Service.Meta",
    "[",
    "]",
    "\"k\"",
    "`x`",
    "\"",
    "`",
    ".",
    "==",
    "!=",
    " ",
    " ",
    " ",
    "\n",
    "in",
    "not",
    "is",
    "empty",
    "contains",
    "matches",
    "and",
    "or",
    "(",
    ")",
    "80",
    "-",
    "0",
    "x",
    "é",
    "\\",
];
