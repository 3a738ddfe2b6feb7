//! One object as it comes over the API: its kind is known from the path, its fields are checked as `fieldValidation` says.

use serde_json::Value;

use crate::decode::decode;
use crate::yaml::{self, Mark};
use crate::{Kind, Mistake, Problem, Validation};

/// What a body is called in messages.
const NAME: &str = "request body";

/// An object of a kind from JSON or YAML, without defaults, and what was left out under [`Validation::Warn`]. Rules beyond names and
/// types of fields are for [`crate::validate`].
///
/// # Errors
/// Every mistake; [`crate::status::undecodable`] makes the answer of it.
pub fn body(kind: Kind, text: &str, validation: Validation) -> Result<(Value, Vec<Mistake>), Vec<Mistake>> {
    let mistake = |mark: Mark, problem: Problem| Mistake {
        file: NAME.to_owned(),
        line: mark.line,
        column: mark.column,
        object: Some(kind.to_string()),
        problem,
    };
    let start = Mark { line: 1, column: 1 };
    let node = match yaml::load(text).into_iter().next() {
        Some(Ok(node)) => node,
        Some(Err(error)) => return Err(vec![mistake(error.mark, Problem::Syntax(error.to_string()))]),
        None => return Err(vec![mistake(start, Problem::NoObject("empty"))]),
    };
    let decoded = decode(&node, kind);
    if !decoded.value.is_object() {
        return Err(vec![mistake(node.mark, Problem::NoObject("none"))]);
    }
    let (lenient, hard): (Vec<_>, Vec<_>) = decoded
        .problems
        .into_iter()
        .map(|(mark, problem)| mistake(mark, problem))
        .partition(|mistake| !mistake.problem.strict_texts().is_empty());
    match validation {
        _ if !hard.is_empty() => Err(hard),
        Validation::Strict if !lenient.is_empty() => Err(lenient),
        Validation::Strict | Validation::Ignore => Ok((decoded.value, Vec::new())),
        Validation::Warn => Ok((decoded.value, lenient)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status;

    const BODY: &str = r#"{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}, "dat": {}}"#;

    #[test]
    fn a_body_is_checked_as_the_request_says() {
        let refused = body(Kind::ConfigMap, BODY, Validation::Strict).unwrap_err();
        assert_eq!(
            status::undecodable(Kind::ConfigMap, &refused)["message"],
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dat\""
        );
        let (value, warnings) = body(Kind::ConfigMap, BODY, Validation::Warn).unwrap();
        assert_eq!(
            (value.get("dat"), warnings[0].problem.strict_texts()),
            (None, vec!["unknown field \"dat\"".to_owned()])
        );
        assert!(body(Kind::ConfigMap, BODY, Validation::Ignore).unwrap().1.is_empty());
    }

    #[test]
    fn a_body_of_another_shape_is_refused_whatever_the_request_says() {
        for text in ["", "[]", "{", "{\"data\": 1}"] {
            assert!(body(Kind::ConfigMap, text, Validation::Ignore).is_err(), "{text}");
        }
    }
}
