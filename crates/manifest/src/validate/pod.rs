//! Pods, alone or as a template.

use std::collections::BTreeSet;

use serde_json::Value;

use super::at::{At, Errors};
use super::{container, name, selector, volume_source};

/// Where a pod's specification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// In a pod.
    Pod,
    /// In a template of a StatefulSet, whose claim templates add volumes: a mount may name one that is not in the list.
    Template,
}

const UPDATE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

pub(super) fn spec(spec: &At<'_>, place: Use, errors: &mut Errors) {
    let volumes = volume_source::list(&spec.field("volumes"), errors);
    let known = (place == Use::Pod).then_some(&volumes);
    containers(spec, known, errors);
    errors.one_of(&spec.field("restartPolicy"), &["Always", "OnFailure", "Never"]);
    errors.one_of(&spec.field("dnsPolicy"), &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
    errors.not_negative(&spec.field("terminationGracePeriodSeconds"));
    let deadline = spec.field("activeDeadlineSeconds");
    if deadline.int().is_some_and(|seconds| seconds < 1) {
        errors.invalid(&deadline, "must be between 1 and 2147483647, inclusive");
    }
    for field in ["hostname", "subdomain"] {
        let field = spec.field(field);
        if !field.is_empty() {
            errors.follow(&field, name::label);
        }
    }
    for (field, rule) in
        [("nodeName", name::subdomain as fn(&str) -> Vec<String>), ("serviceAccountName", name::subdomain)]
    {
        let field = spec.field(field);
        if !field.is_empty() {
            errors.follow(&field, rule);
        }
    }
    for alias in spec.field("hostAliases").items() {
        let address = alias.field("ip");
        if address.text().parse::<std::net::IpAddr>().is_err() {
            errors.invalid(&address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
    }
    super::metadata::labels(&spec.field("nodeSelector"), errors);
    affinity(&spec.field("affinity"), errors);
    spec.field("tolerations").items().for_each(|toleration| self::toleration(&toleration, errors));
    spread(&spec.field("topologySpreadConstraints"), errors);
}

fn containers(spec: &At<'_>, volumes: Option<&BTreeSet<String>>, errors: &mut Errors) {
    let list = spec.field("containers");
    if list.is_empty() {
        errors.required(&list, "");
    }
    let mut names = BTreeSet::new();
    let mut host_ports = BTreeSet::new();
    for (list, is_init) in [("containers", false), ("initContainers", true)] {
        for container in spec.field(list).items() {
            let given = container.field("name");
            if !given.is_empty() && !names.insert(given.text()) {
                errors.duplicate(&given);
            }
            container::check(&container, is_init, volumes, errors);
            for port in container.field("ports").items() {
                let host = port.field("hostPort");
                let key = (host.int(), port.field("protocol").text(), port.field("hostIP").text());
                if host.int().is_some_and(|host| host != 0) && !host_ports.insert(key) {
                    errors.duplicate(&host);
                }
            }
        }
    }
}

fn affinity(affinity: &At<'_>, errors: &mut Errors) {
    for kind in ["podAffinity", "podAntiAffinity"] {
        let kind = affinity.field(kind);
        for term in kind.field("requiredDuringSchedulingIgnoredDuringExecution").items() {
            pod_term(&term, errors);
        }
        for preferred in kind.field("preferredDuringSchedulingIgnoredDuringExecution").items() {
            weight(&preferred, errors);
            pod_term(&preferred.field("podAffinityTerm"), errors);
        }
    }
    let node = affinity.field("nodeAffinity");
    let required = node.field("requiredDuringSchedulingIgnoredDuringExecution");
    if required.is_set() && required.field("nodeSelectorTerms").is_empty() {
        errors.required(&required.field("nodeSelectorTerms"), "must have at least one node selector term");
    }
    for term in required.field("nodeSelectorTerms").items() {
        node_term(&term, errors);
    }
    for preferred in node.field("preferredDuringSchedulingIgnoredDuringExecution").items() {
        weight(&preferred, errors);
        node_term(&preferred.field("preference"), errors);
    }
}

fn weight(preferred: &At<'_>, errors: &mut Errors) {
    let weight = preferred.field("weight");
    if !weight.int().is_some_and(|weight| (1..=100).contains(&weight)) {
        errors.invalid(&weight, "must be in the range 1-100");
    }
}

fn pod_term(term: &At<'_>, errors: &mut Errors) {
    selector::check(&term.field("labelSelector"), errors);
    let key = term.field("topologyKey");
    if key.is_empty() {
        errors.required(&key, "can not be empty");
    } else {
        errors.follow(&key, name::label_key);
    }
}

fn node_term(term: &At<'_>, errors: &mut Errors) {
    for expression in term.field("matchExpressions").items() {
        let (operator, values) = (expression.field("operator"), expression.field("values"));
        match operator.text() {
            "In" | "NotIn" if values.is_empty() => {
                errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                errors.forbidden(&values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
            }
            "Gt" | "Lt" if values.items().count() != 1 => {
                errors.required(&values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
            _ => errors.invalid(&operator, "not a valid selector operator"),
        }
    }
}

fn toleration(toleration: &At<'_>, errors: &mut Errors) {
    let (key, operator, effect) = (toleration.field("key"), toleration.field("operator"), toleration.field("effect"));
    if key.is_empty() && operator.text() != "Exists" {
        errors.invalid(
            &operator,
            "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
        );
    }
    if toleration.field("tolerationSeconds").is_set() && effect.text() != "NoExecute" {
        errors.invalid(&effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    errors.one_of_if_set(&operator, &["Equal", "Exists"]);
    if operator.text() == "Exists" && !toleration.field("value").is_empty() {
        errors.invalid(&operator, "value must be empty when `operator` is 'Exists'");
    }
    errors.one_of_if_set(&effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
}

fn spread(constraints: &At<'_>, errors: &mut Errors) {
    for constraint in constraints.items() {
        let skew = constraint.field("maxSkew");
        if skew.int().is_none_or(|skew| skew <= 0) {
            errors.invalid(&skew, "must be greater than zero");
        }
        let key = constraint.field("topologyKey");
        if key.is_empty() {
            errors.required(&key, "can not be empty");
        }
        errors.one_of(&constraint.field("whenUnsatisfiable"), &["DoNotSchedule", "ScheduleAnyway"]);
    }
}

pub(super) fn update(before: &At<'_>, after: &At<'_>, errors: &mut Errors) {
    let (old, new) = (before.field("tolerations"), after.field("tolerations"));
    let keeps = old.items().all(|old| new.items().any(|new| new.value == old.value));
    if !keeps || fixed(before.value) != fixed(after.value) {
        errors.forbidden(after, UPDATE);
    }
}

/// What may not change. The node is set once, by binding.
fn fixed(spec: &Value) -> Value {
    let mut spec = spec.clone();
    if let Some(fields) = spec.as_object_mut() {
        for field in ["activeDeadlineSeconds", "tolerations", "nodeName"] {
            fields.remove(field);
        }
        for list in ["containers", "initContainers"] {
            let list = fields.get_mut(list).and_then(Value::as_array_mut);
            for container in list.into_iter().flatten().filter_map(Value::as_object_mut) {
                container.remove("image");
            }
        }
        if fields.get("terminationGracePeriodSeconds").and_then(Value::as_i64).is_some_and(|seconds| seconds <= 1) {
            fields.insert("terminationGracePeriodSeconds".to_owned(), 1.into());
        }
    }
    spec
}
