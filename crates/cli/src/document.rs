//! Documents of HCL or JSON as JSON values, for agents that judge what is in them. Knows no field.

use proconsul_hcl::{Node, Object, Value as Read};
use serde_json::{Map, Value};

/// All entries; a block that stands there more than once becomes a list of what each holds.
pub(crate) fn map(object: &Object) -> Map<String, Value> {
    let mut map = Map::new();
    for entry in &object.entries {
        let value = value(&entry.node);
        match map.get_mut(&entry.key) {
            None => drop(map.insert(entry.key.clone(), value)),
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    map
}

/// One value; a number that JSON cannot show is nothing.
pub(crate) fn value(node: &Node) -> Value {
    match &node.value {
        Read::Null => Value::Null,
        Read::Boolean(truth) => Value::from(*truth),
        Read::Integer(number) => Value::from(*number),
        Read::Float(number) => Value::from(*number),
        Read::Text(text) => Value::from(text.as_str()),
        Read::List(list) => list.iter().map(value).collect(),
        Read::Object(object) => Value::Object(map(object)),
    }
}

#[cfg(test)]
mod tests {
    use proconsul_hcl::{Format, read};

    use super::*;

    #[test]
    fn repeated_blocks_become_a_list() {
        let object = read("a = 1.5 b { c = [true, \"x\"] } b { d = 2 } b { }", Format::Hcl).unwrap();
        let expected = r#"{"a":1.5,"b":[{"c":[true,"x"]},{"d":2},{}]}"#;
        assert_eq!(Value::Object(map(&object)).to_string(), expected);
    }
}
