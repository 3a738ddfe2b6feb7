//! The documents by which clients learn what is served.

use proconsul_kube::kind::{Kind, Resource};
use serde_json::{Value, json};

/// The Kubernetes version whose API is spoken.
const VERSION: (&str, &str) = ("1", "36");

/// The document at a path, if it is one of these.
pub(crate) fn document(path: &str) -> Option<Value> {
    Some(match path {
        "/version" => json!({
            "major": VERSION.0, "minor": VERSION.1, "gitVersion": format!("v{}.{}.0", VERSION.0, VERSION.1),
            "gitCommit": "", "gitTreeState": "", "buildDate": "", "goVersion": "", "compiler": "", "platform": "linux",
        }),
        "/api" => json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [] }),
        "/apis" => json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": [group("apps")] }),
        "/apis/apps" => group("apps"),
        "/api/v1" => resources("", "v1"),
        "/apis/apps/v1" => resources("apps", "apps/v1"),
        _ => return None,
    })
}

fn group(name: &str) -> Value {
    let version = json!({ "groupVersion": format!("{name}/v1"), "version": "v1" });
    json!({ "kind": "APIGroup", "apiVersion": "v1", "name": name, "versions": [version], "preferredVersion": version })
}

fn resources(group: &str, group_version: &str) -> Value {
    let served = Kind::ALL.into_iter().map(Kind::resource).filter(|resource| resource.group == group);
    let list: Vec<Value> = served.flat_map(rows).collect();
    json!({ "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": list })
}

fn rows(resource: &Resource) -> Vec<Value> {
    let mut main = json!({
        "name": resource.plural, "singularName": resource.singular, "namespaced": resource.is_namespaced, "kind": resource.kind,
        "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"],
    });
    if !resource.short.is_empty() {
        main["shortNames"] = json!(resource.short);
    }
    if resource.is_in_all {
        main["categories"] = json!(["all"]);
    }
    let below = |name: &str, verbs: &[&str]| {
        json!({ "name": format!("{}/{name}", resource.plural), "singularName": "", "namespaced": resource.is_namespaced,
                "kind": resource.kind, "verbs": verbs })
    };
    let mut rows = vec![main];
    if resource.has_status {
        rows.push(below("status", &["update"]));
    }
    if resource.kind == "Pod" {
        rows.push(below("log", &["get"]));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed_in_its_group() {
        let names = |path: &str| -> Vec<String> {
            let document = document(path).expect("is a document");
            let list = document["resources"].as_array().expect("a list").clone();
            list.iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
        };
        assert!(names("/api/v1").contains(&"pods/log".to_owned()));
        assert_eq!(names("/apis/apps/v1"), ["controllerrevisions", "statefulsets", "statefulsets/status"]);
        assert_eq!(document("/apis/batch/v1"), None);
    }
}
