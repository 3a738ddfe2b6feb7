//! Expressions that are no filters, with the texts of Consul 1.8.7.

use proconsul_base::limit;

use super::answer;

const PRIMARY: &str = r#""(", "-", "0", "\"", "`", "not", [ \t\r\n], [1-9] or [a-zA-Z]"#;
const VALUE: &str = r#""-", "0", "\"", "`", [ \t\r\n], [1-9] or [a-zA-Z]"#;
const OPERATOR: &str = r#""!=", "==", "contains", "in", "is", "matches", "not" or [ \t\r\n]"#;
const BEHIND_NAME: &str = r#""!=", ".", "==", "[", [ \t\r\n] or [a-zA-Z0-9_]"#;
const JOIN: &str = r#""and", "or", [ \t\r\n] or EOF"#;
const SPACE: &str = r"[ \t\r\n]";

const EXPECTED: &[(&str, &str, &str)] = &[
    (" ", "1:2 (1)", PRIMARY),
    ("(", "1:2 (1)", PRIMARY),
    (")", "1:1 (0)", PRIMARY),
    ("()", "1:2 (1)", PRIMARY),
    (".Node == a", "1:1 (0)", PRIMARY),
    ("é == a", "1:1 (0)", PRIMARY),
    ("Node.Node == f1 and ", "1:21 (20)", PRIMARY),
    ("Node", "1:5 (4)", BEHIND_NAME),
    ("not", "1:4 (3)", BEHIND_NAME),
    ("not(Node.Node == f1)", "1:4 (3)", BEHIND_NAME),
    ("Node.Meta.a-b == x", "1:12 (11)", BEHIND_NAME),
    ("Node.Node == f1 or not x", "1:25 (24)", BEHIND_NAME),
    (
        "not ",
        "1:5 (4)",
        r#""!=", "(", "-", "0", "==", "\"", "`", "contains", "in", "is", "matches", "not", [ \t\r\n], [1-9] or [a-zA-Z]"#,
    ),
    ("Node.Node = f1", "1:11 (10)", OPERATOR),
    ("Node.Nodecontains x", "1:19 (18)", OPERATOR),
    ("Service.Port > 3", "1:14 (13)", OPERATOR),
    ("Node.Node ==", "1:13 (12)", VALUE),
    ("Node.Node == ", "1:14 (13)", VALUE),
    ("Node.Node == 'f1'", "1:14 (13)", VALUE),
    ("Node.Node == _a", "1:14 (13)", VALUE),
    ("Node.Node contains ", "1:20 (19)", VALUE),
    ("Node.Node == -", "1:15 (14)", r#""0" or [1-9]"#),
    ("(Node.Node == f1))", "1:18 (17)", r"[ \t\r\n] or EOF"),
    ("(Node.Node == f1)and Node.Node == f1", "1:18 (17)", r"[ \t\r\n] or EOF"),
    ("(Node.Node == f1) x", "1:19 (18)", JOIN),
    ("Node.Node == f1 x", "1:17 (16)", JOIN),
    ("Node.Node == f1 xor Node.Node == f2", "1:17 (16)", JOIN),
    ("Node.Node == f1 AND Node.Node == f1", "1:17 (16)", JOIN),
    ("Node.Node\n==\n\nf1 x", "4:4 (17)", JOIN),
    ("Node.Node == f1-x", "1:16 (15)", r#"".", "[", [ \t\r\n], [a-zA-Z0-9_] or EOF"#),
    ("Node.Node == f1 and", "1:20 (19)", SPACE),
    ("Node.Node == f1 and(Node.Node == f1)", "1:20 (19)", SPACE),
    ("x in", "1:5 (4)", SPACE),
    ("x not in", "1:9 (8)", SPACE),
    ("Node.Node is", "1:13 (12)", SPACE),
    ("Node.Node is not", "1:17 (16)", SPACE),
    ("Node.Node contains", "1:19 (18)", SPACE),
    ("Node.Node is full", "1:14 (13)", r#""empty", "not" or [ \t\r\n]"#),
    ("Node.Node is not full", "1:18 (17)", r#""empty" or [ \t\r\n]"#),
    ("Node.Node not f1", "1:15 (14)", r#""contains", "in", "matches" or [ \t\r\n]"#),
    ("1 == 1", "1:3 (2)", r#""in", "not" or [ \t\r\n]"#),
    (r#""a" == b"#, "1:5 (4)", r#""in", "not" or [ \t\r\n]"#),
    ("Node. == x", "1:6 (5)", "[a-zA-Z]"),
    ("Node.1 == x", "1:6 (5)", "[a-zA-Z]"),
];

const TOLD: &[(&str, &str)] = &[
    ("(Node.Node == f1", r#"1:17 (16): rule "grouping": Unmatched parentheses"#),
    ("Service.Port in 80", r#"1:17 (16): rule "match": Invalid selector"#),
    (r#""Node" in "x""#, r#"1:11 (10): rule "match": Invalid selector"#),
    ("x in ", r#"1:6 (5): rule "match": Invalid selector"#),
    ("Node[Node] == f1", r#"1:6 (5): rule "index": Invalid index"#),
    ("Service.Tags[0] == y", r#"1:14 (13): rule "index": Invalid index"#),
    (r#"Node["Node" == f1"#, r#"1:13 (12): rule "index": Unclosed index expression"#),
    (
        r#"Node["Node"#,
        "1:11 (10): rule \"string\": Unterminated string literal\n1:6 (5): rule \"index\": Invalid index",
    ),
    (r#"Node.Node == "f1"#, r#"1:17 (16): rule "string": Unterminated string literal"#),
    ("Node.Node == `f1", r#"1:17 (16): rule "string": Unterminated string literal"#),
    (r#"Node.Node == "f\q""#, r#"1:14 (13): rule "string": invalid syntax"#),
    (r#"Node.Node == "f\"1""#, r#"1:14 (13): rule "string": invalid syntax"#),
    ("Node.Node == 1x", r#"1:15 (14): rule "number": Invalid number literal"#),
    ("Node.Node == 1.", r#"1:15 (14): rule "number": Invalid number literal"#),
    ("Service.Port == 080", r#"1:18 (17): rule "number": Invalid number literal"#),
    ("bogus == x", r#"Selector "bogus" is not valid"#),
    ("node.node == f1", r#"Selector "node" is not valid"#),
    ("bogus == x and Service.Port == z", r#"Selector "bogus" is not valid"#),
    ("Checks.Status in crit", r#"Selector "crit" is not valid"#),
    ("Checks.Foo == a", r#"Selector "Checks.Foo" is not valid"#),
    ("Service.Tags.x == y", r#"Selector "Service.Tags.x" is not valid"#),
    ("Service.Meta.k.j == k", r#"Selector "Service.Meta.k.j" is not valid"#),
    ("Service.Proxy.Config.a == 1", r#"Selector "Service.Proxy.Config" is not valid"#),
    ("Service.Tags == blue", r#"Invalid match operator "Equal" for selector "Service.Tags""#),
    ("Service.Tags matches b", r#"Invalid match operator "Matches" for selector "Service.Tags""#),
    ("80 in Service.Port", r#"Invalid match operator "In" for selector "Service.Port""#),
    ("Service.Port contains 80", r#"Invalid match operator "In" for selector "Service.Port""#),
    ("c1 in Checks", r#"Invalid match operator "In" for selector "Checks""#),
    ("Node.Node is empty", r#"Invalid match operator "Is Empty" for selector "Node.Node""#),
    ("Service.Meta.zz is not empty", r#"Invalid match operator "Is Not Empty" for selector "Service.Meta.zz""#),
    ("Service.Weights is empty", r#"Invalid match operator "Is Empty" for selector "Service.Weights""#),
    (
        "Service.TaggedAddresses.lan == 3",
        r#"Invalid match operator "Equal" for selector "Service.TaggedAddresses.lan""#,
    ),
    (
        "Service.Port == x",
        r#"Failed to coerce value "x" for selector "Service.Port": strconv.ParseInt: parsing "x": invalid syntax"#,
    ),
    (
        "Service.EnableTagOverride == yes",
        r#"Failed to coerce value "yes" for selector "Service.EnableTagOverride": strconv.ParseBool: parsing "yes": invalid syntax"#,
    ),
    (
        r#"Node.Node matches "(""#,
        r#"Failed to compile regular expression "(": error parsing regexp: missing closing ): `(`"#,
    ),
];

fn refused(expression: &str) -> String {
    let text = answer(expression).unwrap_err();
    text.strip_prefix("Failed to create boolean expression evaluator: ").unwrap().to_owned()
}

#[test]
fn what_was_expected_is_told_at_the_farthest_place() {
    for (expression, place, expected) in EXPECTED {
        assert_eq!(refused(expression), format!("{place}: no match found, expected: {expected}"), "{expression}");
    }
}

#[test]
fn known_mistakes_have_their_names() {
    for (expression, told) in TOLD {
        assert_eq!(refused(expression), *told, "{expression}");
    }
}

#[test]
fn length_depth_and_patterns_have_their_bounds() {
    let nested = |depth| format!("{}Node.Node == f1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(answer(&nested(limit::FILTER_DEPTH)), Ok(true));
    assert!(refused(&nested(limit::FILTER_DEPTH + 1)).contains("nested deeper"));
    assert!(refused(&"(".repeat(limit::FILTER_BYTES)).contains("nested deeper"));
    assert!(refused(&"not ".repeat(limit::FILTER_DEPTH + 1)).contains("nested deeper"));
    assert!(refused(&" ".repeat(limit::FILTER_BYTES + 1)).contains("longer than"));
    let patterns = vec!["Node.Node matches x"; limit::FILTER_PATTERNS + 1].join(" or ");
    assert!(refused(&patterns).contains("regular expressions"));
    let long = vec!["Node.Node == f1"; 800].join(" and ");
    assert_eq!(answer(&long), Ok(true));
}
