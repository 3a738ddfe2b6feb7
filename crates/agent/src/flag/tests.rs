//! Go's rules, one by one.

use super::*;

const KNOWN: &[Flag] = &[
    Flag { name: "server", takes: Takes::Switch, doc: "Runs as a server.", default: "" },
    Flag { name: "retry-join", takes: Takes::Text("value"), doc: "Address of an agent to join.", default: "" },
    Flag { name: "bootstrap-expect", takes: Takes::Integer, doc: "Servers to wait for.", default: "" },
    Flag { name: "flags", takes: Takes::Unsigned, doc: "A number.", default: "" },
];

fn check(line: &str, expected: &str) {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let shown = match parse(&[KNOWN], &words) {
        Ok(given) => {
            let flags: Vec<String> = given.flags.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{} | {}", flags.join(" "), given.rest.join(" "))
        }
        Err(mistakes) => mistakes.to_string(),
    };
    assert_eq!(shown, expected, "reading {line:?}");
}

#[test]
fn flags_are_read_by_gos_rules() {
    check("-server -retry-join=a --retry-join b rest -server", "server=true retry-join=a retry-join=b | rest -server");
    check("-server=false --server=T", "server=false server=true | ");
    check("-server true", "server=true | true");
    check("-retry-join -server x", "retry-join=-server | x");
    check("-bootstrap-expect=-1 -flags 0x10", "bootstrap-expect=-1 flags=0x10 | ");
    check("-server -- -x", "server=true | -x");
    check("-server - -x", "server=true | - -x");
    check("-retry-join=", "retry-join= | ");
}

#[test]
fn every_mistake_is_named_with_the_nearest_flag() {
    check(
        "-retry-jion=a -bogus",
        "flag provided but not defined: -retry-jion; did you mean -retry-join?\nflag provided but not defined: -bogus",
    );
    check(
        "-server=maybe -flags=-1",
        "invalid boolean value \"maybe\" for -server: parse error\ninvalid value \"-1\" for flag -flags: parse error",
    );
    check("-retry-join", "flag needs an argument: -retry-join");
    check("---server", "bad flag syntax: ---server");
    check("-=x", "bad flag syntax: -=x");
}

#[test]
fn help_comes_before_every_mistake() {
    let words: Vec<String> = ["-bogus=1", "-h"].map(str::to_owned).to_vec();
    assert!(parse(&[KNOWN], &words).unwrap_err().is_help());
}

#[test]
fn numbers_are_read_in_gos_three_bases() {
    let words: Vec<String> = ["-flags=010"].map(str::to_owned).to_vec();
    assert_eq!(parse(&[KNOWN], &words).unwrap().unsigned("flags"), Some(8));
}

#[test]
fn help_has_consuls_layout() {
    let flags = [
        Flag {
            name: "zone",
            takes: Takes::Text("value"),
            doc: "one two three four five six seven eight nine ten eleven twelve thirteen",
            default: "",
        },
        Flag { name: "a", takes: Takes::Switch, doc: "A switch.", default: "on" },
    ];
    let expected = "Command Options\n\n  -a\n     A switch. Default: on.\n\n  -zone=<value>\n     one two three four five six seven eight nine ten eleven twelve\n     thirteen\n";
    assert_eq!(options("Command Options", &flags), expected);
}
