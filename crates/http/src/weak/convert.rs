//! One value into another kind, as Go's weak conversions do it. What cannot be converted is noted and stands for nothing.

use proconsul_types::config_entry::Span;

use super::Weak;
use super::number::{NotANumber, Number};
use crate::decode::Json;

impl Weak<'_, '_> {
    pub(super) fn truth(&self) -> bool {
        match self.json {
            Json::Null => false,
            Json::Bool(truth) => *truth,
            Json::Number(number) => number.parse::<f64>().is_ok_and(|number| number != 0.0),
            Json::Text(text) => match &**text {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
                "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
                other => {
                    self.unparsable("bool", "ParseBool", other, NotANumber::Syntax);
                    false
                }
            },
            Json::List(_) | Json::Object(_) => {
                self.unconvertible("bool");
                false
            }
        }
    }

    pub(super) fn text(&self) -> String {
        match self.json {
            Json::Null => String::new(),
            Json::Text(text) => text.to_string(),
            Json::Bool(truth) => u8::from(*truth).to_string(),
            // As Go's shortest form without an exponent.
            Json::Number(number) => number.parse().map_or_else(|_| String::new(), |number: f64| number.to_string()),
            Json::List(_) | Json::Object(_) => {
                self.unconvertible("string");
                String::new()
            }
        }
    }

    pub(super) fn number<N: Number>(&self) -> N {
        self.number_of(N::GO)
    }

    /// A number, of a type that Go calls so.
    fn number_of<N: Number>(&self, go: &str) -> N {
        match self.json {
            Json::Null => N::ZERO,
            Json::Bool(truth) => N::of(f64::from(u8::from(*truth))),
            Json::Number(number) => number.parse().map_or(N::ZERO, N::of),
            Json::Text(text) => N::parse(text).unwrap_or_else(|error| {
                self.unparsable(N::WHAT, N::PARSER, text, error);
                N::ZERO
            }),
            Json::List(_) | Json::Object(_) => {
                self.unconvertible(go);
                N::ZERO
            }
        }
    }

    pub(super) fn span(&self) -> i64 {
        let Json::Text(text) = self.json else { return self.number_of("time.Duration") };
        Span::parse(text).map_or_else(
            |error| {
                self.mistakes.note(format!("error decoding '{}': {error}", self.path));
                0
            },
            |span| span.0,
        )
    }
}
