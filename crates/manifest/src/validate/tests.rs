//! One line per rule: a change to a good object, and what the API server says.

use serde_json::json;

use super::*;
use crate::default;

fn pod() -> Value {
    json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "x:1"}]}})
}

fn errors(kind: Kind, mut object: Value) -> Vec<String> {
    default::fill(&mut object, kind);
    create(kind, &object).iter().map(ToString::to_string).collect()
}

#[test]
fn a_small_pod_is_right() {
    assert_eq!(errors(Kind::Pod, pod()), Vec::<String>::new());
}
