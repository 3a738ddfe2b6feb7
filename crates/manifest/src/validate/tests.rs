//! One line per rule: a change to a good object, and what the API server says.

mod change;
mod kinds;
mod pods;

use serde_json::json;

use super::*;
use crate::default;

fn pod() -> Value {
    json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "x:1"}]}})
}

fn set() -> Value {
    json!({"metadata": {"name": "web"}, "spec": {
        "serviceName": "web",
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "x:1"}]}}
    }})
}

fn service() -> Value {
    json!({"metadata": {"name": "s"}, "spec": {"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]}})
}

fn volume() -> Value {
    json!({"metadata": {"name": "v"}, "spec": {
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany"], "hostPath": {"path": "/data"}
    }})
}

fn claim() -> Value {
    json!({"metadata": {"name": "c"}, "spec": {
        "resources": {"requests": {"storage": "1Gi"}}, "accessModes": ["ReadWriteMany"]
    }})
}

fn config() -> Value {
    json!({"metadata": {"name": "m"}, "data": {"a": "1"}})
}

fn filled(kind: Kind, mut object: Value) -> Value {
    default::fill(&mut object, kind);
    object
}

fn texts(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

/// Replaces what a JSON pointer leads to; `null` removes it.
fn with(mut object: Value, pointer: &str, value: Value) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = object.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
        _ if value.is_null() => {
            parent.as_object_mut().unwrap().remove(last);
        }
        _ => parent[last] = value,
    }
    object
}

/// Each change must lead to exactly one error, which begins like this.
fn each(kind: Kind, good: &Value, cases: &[(&str, Value, &str)]) {
    assert_eq!(texts(&create(kind, &filled(kind, good.clone()))), Vec::<String>::new());
    for (pointer, value, expected) in cases {
        let errors = texts(&create(kind, &filled(kind, with(good.clone(), pointer, value.clone()))));
        assert!(errors.len() == 1 && errors[0].starts_with(expected), "{pointer} = {value}: {errors:#?}");
    }
}
