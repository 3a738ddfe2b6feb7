//! Watches from parameters.

use serde_json::{Value, json};

use super::*;

fn parameters(named: Value) -> Parameters {
    let Value::Object(named) = named else { panic!("an object") };
    Parameters::new(named)
}

fn plan(named: Value) -> Result<Plan, PlanError> {
    parameters(named).plan()
}

#[test]
fn what_is_no_watch_is_refused_in_consuls_words() {
    for (parameters, expected) in [
        (json!({}), "Watch type must be specified"),
        (json!({ "type": "foo" }), "Unsupported watch type: foo"),
        (json!({ "type": "key" }), "Must specify a single key to watch"),
        (json!({ "type": "keyprefix" }), "Must specify a single prefix to watch"),
        (json!({ "type": "service" }), "Must specify a single service to watch"),
        (json!({ "type": "checks", "service": "a", "state": "b" }), "Cannot specify service and state"),
        (json!({ "type": "nodes", "service": "a", "key": "b" }), "Invalid parameters: [key service]"),
        (json!({ "type": "key", "key": 1 }), "Expecting key to be a string"),
        (json!({ "type": "service", "service": "a", "passingonly": "x" }), "Expecting passingonly to be a boolean"),
    ] {
        assert_eq!(plan(parameters.clone()).unwrap_err().to_string(), expected, "{parameters}");
    }
}

#[test]
fn a_watch_of_a_file_needs_exactly_one_handler() {
    for (named, expected) in [
        (json!({ "type": "nodes" }), "Must define a watch handler"),
        (json!({ "type": "nodes", "args": [] }), "Must define a watch handler"),
        (json!({ "type": "nodes", "handler": "x", "args": ["y"] }), "Only one watch handler allowed"),
        (json!({ "type": "nodes", "handler_type": "zz" }), "Handler type 'zz' not recognized"),
        (
            json!({ "type": "nodes", "handler_type": "http" }),
            "Handler type 'http' requires 'http_handler_config' to be set",
        ),
        (
            json!({ "type": "nodes", "handler_type": "http", "http_handler_config": { "path": "" } }),
            "Failed to parse 'http_handler_config': Requires 'path' to be set",
        ),
        (json!({ "type": "nodes", "args": ["x"], "foo": 1 }), "Invalid parameters: [foo]"),
        (json!({ "args": ["x"] }), "Watch type must be specified"),
    ] {
        assert_eq!(Watch::read(parameters(named.clone())).unwrap_err().to_string(), expected, "{named}");
    }
}

#[test]
fn a_server_is_told_by_post_within_ten_seconds_unless_the_file_says_otherwise() {
    let read = |settings: Value| {
        let named = json!({ "type": "nodes", "handler_type": "http", "http_handler_config": settings });
        Watch::read(parameters(named)).unwrap().handler
    };
    let HandlerSettings::Http { method, timeout, .. } = read(json!({ "path": "http://a:1/x" })) else { panic!("http") };
    assert_eq!((method.as_str(), timeout.as_secs()), ("POST", 10));
    let settings = json!({ "path": "http://a:1/x", "method": "PUT", "timeout": "5s", "header": { "x-a": ["1", "2"] } });
    let HandlerSettings::Http { method, timeout, header, .. } = read(settings) else { panic!("http") };
    assert_eq!((method.as_str(), timeout.as_secs()), ("PUT", 5));
    assert_eq!(header, [("x-a", "1"), ("x-a", "2")].map(|(name, value)| (name.to_owned(), value.to_owned())));
}
