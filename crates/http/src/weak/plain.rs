//! A value whose form is the user's, as Go keeps it: every number is one with a fraction, shown without where it has none.

use serde_json::{Map, Number, Value};

use crate::decode::Json;

/// The value; a list of one stands for what is in it. Where that is an object, the same holds for everything inside.
pub(super) fn unwrapped(json: &Json<'_>) -> Value {
    match json {
        Json::List(list) => match &list[..] {
            [one @ Json::Object(_)] => inside(one),
            [one] => plain(one),
            _ => plain(json),
        },
        _ => plain(json),
    }
}

fn inside(json: &Json<'_>) -> Value {
    let Json::Object(fields) = json else { return unwrapped(json) };
    let fields = fields.iter().map(|(name, value)| (name.to_string(), inside(value)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn plain(json: &Json<'_>) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => number.parse().map_or(Value::Null, of_float),
        Json::Text(text) => Value::String(text.to_string()),
        Json::List(list) => list.iter().map(plain).collect(),
        Json::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.to_string(), plain(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}

/// Go shows up to 21 digits in full; those that fit no whole number here are shown with an exponent.
fn of_float(number: f64) -> Value {
    if number.fract() == 0.0
        && let Ok(whole) = format!("{number}").parse::<Number>()
    {
        return Value::Number(whole);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}
