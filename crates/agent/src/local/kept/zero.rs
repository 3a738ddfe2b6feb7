//! Leaving out what is zero, as Go's `omitempty` does. Consul refuses fields that it does not know, so what only later versions
//! have must not be there while it is not used.

use serde_json::Value;

/// Where the user's own words begin: nothing is left out there.
const OF_USERS: [&str; 4] = ["Meta", "Config", "TaggedAddresses", "Header"];

/// Where `false` is something else than nothing.
const NOT_NO: &str = "H2PingUseTLS";

/// Leaves out the fields that are zero, at every depth.
pub(super) fn leave_out(document: &mut Value) {
    match document {
        Value::Object(fields) => {
            for (_, value) in fields.iter_mut().filter(|(name, _)| !OF_USERS.contains(&name.as_str())) {
                leave_out(value);
            }
            fields.retain(|name, value| !is_zero(value) || *name == *NOT_NO && value.is_boolean());
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}
