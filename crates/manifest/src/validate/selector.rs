//! Label selectors.

use super::at::{At, Errors};
use super::{Fault, metadata, name};

pub(super) fn check(selector: &At<'_>, errors: &mut Errors) {
    metadata::labels(&selector.field("matchLabels"), errors);
    for requirement in selector.field("matchExpressions").items() {
        let values = requirement.field("values");
        let operator = requirement.field("operator");
        match operator.text() {
            "In" | "NotIn" if values.is_empty() => {
                errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                errors.forbidden(&values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            _ => errors.invalid(&operator, "not a valid selector operator"),
        }
        let key = requirement.field("key");
        for detail in name::label_key(key.text()) {
            errors.add(&key.path, Fault::Invalid { value: key.value.clone(), detail });
        }
    }
}
