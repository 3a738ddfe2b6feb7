//! What Kubernetes has and this runtime does not do: refused with its place and what to do, never ignored.

use std::fmt;

use serde_json::Value;

use crate::object::Fields;

/// A field that asks for something this runtime does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// Its path.
    pub field: String,
    /// What to do instead.
    pub advice: &'static str,
}

impl fmt::Display for Unserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: Forbidden: not served by this runtime; {}", self.field, self.advice)
    }
}

const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];
const PROBE_ADVICE: &str = "use an httpGet or tcpSocket probe";

/// All such fields of an object.
pub(super) fn of(object: &Value) -> Vec<Unserved> {
    let (pod, path) = match object.text("/kind") {
        "Pod" => (&object["spec"], "spec"),
        "StatefulSet" => (&object["spec"]["template"]["spec"], "spec.template.spec"),
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    if pod["hostNetwork"] == true {
        let advice = "leave it out: every pod has its own address";
        found.push(Unserved { field: format!("{path}.hostNetwork"), advice });
    }
    for list in ["initContainers", "containers"] {
        for (place, container) in pod.list(&format!("/{list}")).iter().enumerate() {
            found.extend(of_container(container, &format!("{path}.{list}[{place}]")));
        }
    }
    found
}

fn of_container(container: &Value, path: &str) -> Vec<Unserved> {
    let mut found = Vec::new();
    for probe in PROBES {
        for way in ["exec", "grpc"] {
            if container[probe].get(way).is_some() {
                found.push(Unserved { field: format!("{path}.{probe}.{way}"), advice: PROBE_ADVICE });
            }
        }
        if container[probe]["httpGet"]["scheme"] == "HTTPS" {
            found.push(Unserved {
                field: format!("{path}.{probe}.httpGet.scheme"),
                advice: "use HTTP, or a tcpSocket probe",
            });
        }
    }
    for hook in ["postStart", "preStop"] {
        if container["lifecycle"].get(hook).is_some() {
            let advice = "let the container's own command do it";
            found.push(Unserved { field: format!("{path}.lifecycle.{hook}"), advice });
        }
    }
    found
}
