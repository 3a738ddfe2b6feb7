//! Kubernetes' `Status` objects: how the API says no.

use serde_json::{Value, json};

use crate::validate::FieldError;
use crate::{Kind, Mistake};

/// 422: an object that breaks rules.
pub fn invalid(kind: Kind, name: &str, errors: &[FieldError]) -> Value {
    let causes: Vec<Value> = errors
        .iter()
        .map(|error| json!({"reason": error.fault.reason(), "message": error.fault.to_string(), "field": error.field}))
        .collect();
    let subject = match kind.group() {
        "" => kind.name().to_owned(),
        group => format!("{}.{group}", kind.name()),
    };
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let list = match texts.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    failure(
        422,
        "Invalid",
        &format!("{subject} \"{name}\" is invalid: {list}"),
        Some(json!({"name": name, "group": kind.group(), "kind": kind.name(), "causes": causes})),
    )
}

/// 400: a body that is no object of its kind, or not under strict validation.
pub fn undecodable(kind: Kind, mistakes: &[Mistake]) -> Value {
    let strict: Vec<String> = mistakes.iter().flat_map(|mistake| mistake.problem.strict_texts()).collect();
    let hard = mistakes.iter().find(|mistake| mistake.problem.strict_texts().is_empty());
    let reason = match hard {
        Some(mistake) => mistake.problem.to_string(),
        None => format!("strict decoding error: {}", strict.join(", ")),
    };
    let message = format!("{kind} in version \"{}\" cannot be handled as a {kind}: {reason}", kind.version());
    failure(400, "BadRequest", &message, None)
}

/// Any failure: HTTP status code, reason, message, details.
pub fn failure(code: u16, reason: &str, message: &str, details: Option<Value>) -> Value {
    let mut status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code
    });
    if let Some(mut details) = details {
        if let Some(fields) = details.as_object_mut() {
            fields.retain(|_, value| !matches!(value, Value::String(text) if text.is_empty()));
        }
        status["details"] = details;
    }
    status
}
