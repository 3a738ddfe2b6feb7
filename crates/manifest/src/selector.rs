//! Label selectors: which labels they pick, and whether they are well formed.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

/// Whether the selector picks these labels. An empty selector picks everything.
pub fn matches(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> bool {
    let pairs = selector.match_labels.iter().flatten().all(|(key, value)| labels.get(key) == Some(value));
    pairs
        && selector.match_expressions.iter().flatten().all(|requirement| {
            let values = requirement.values.as_deref().unwrap_or_default();
            fits(&requirement.operator, values, labels.get(&requirement.key).map(String::as_str))
        })
}

/// Whether a value (or its absence) fits an operator with its values. `Gt` and `Lt` compare whole numbers, as node selectors do.
/// An operator Kubernetes does not have fits nothing.
pub fn fits(operator: &str, values: &[String], found: Option<&str>) -> bool {
    let is_in = found.is_some_and(|found| values.iter().any(|value| value == found));
    let number = |text: &str| text.parse::<i64>().ok();
    let ordered =
        |wanted: fn(&i64, &i64) -> bool| match (found.and_then(number), values.first().and_then(|value| number(value)))
        {
            (Some(found), Some(bound)) => wanted(&found, &bound),
            _ => false,
        };
    match operator {
        "In" => is_in,
        "NotIn" => !is_in,
        "Exists" => found.is_some(),
        "DoesNotExist" => found.is_none(),
        "Gt" => ordered(i64::gt),
        "Lt" => ordered(i64::lt),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selects(selector: serde_json::Value, labels: &[(&str, &str)]) -> bool {
        let labels = labels.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        matches(&serde_json::from_value(selector).unwrap(), &labels)
    }

    #[test]
    fn pairs_and_expressions_must_all_fit() {
        let expression = |operator: &str| serde_json::json!({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": operator, "values": ["a", "b"]}]});
        assert!(selects(expression("In"), &[("app", "web"), ("tier", "b")]));
        assert!(!selects(expression("In"), &[("app", "web")]));
        assert!(selects(expression("NotIn"), &[("app", "web")]));
        assert!(!selects(expression("Exists"), &[("app", "web")]));
        assert!(!selects(expression("NotIn"), &[("tier", "c")]));
        assert!(selects(serde_json::json!({}), &[]));
    }
}
