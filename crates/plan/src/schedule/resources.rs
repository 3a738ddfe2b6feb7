//! Whether what pods request fits into what a node has. A node that does not say what it has, has enough.

use k8s_openapi::api::core::v1::{Node, Pod, PodSpec};
use proconsul_manifest::quantity;

use super::{Cluster, Refusal, node};
use crate::pod;

const RESOURCES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

pub(super) fn suffice(pod: &Pod, node: &Node, cluster: Cluster<'_>) -> Vec<Refusal> {
    let allocatable = node.status.as_ref().and_then(|status| status.allocatable.as_ref());
    let has = |name: &str| amount(&allocatable?.get(name)?.0);
    let mut refusals = Vec::new();
    if has("pods")
        .is_some_and(|pods| i64::try_from(cluster.on(node::name(node)).count()).is_ok_and(|count| count >= pods / 1000))
    {
        refusals.push(Refusal::crowded("Too many pods"));
    }
    for name in RESOURCES {
        let (Some(has), wanted) = (has(name), requested(pod, name)) else { continue };
        let used: i64 = cluster.on(node::name(node)).map(|other| requested(other, name)).fold(0, i64::saturating_add);
        if wanted > 0 && wanted > has.saturating_sub(used) {
            let reason = format!("Insufficient {name}");
            refusals.push(Refusal { reason, is_resolvable: wanted <= has });
        }
    }
    refusals
}

/// In thousandths.
fn amount(text: &str) -> Option<i64> {
    quantity::parse(text).ok().map(quantity::Quantity::thousandths)
}

/// What a pod requests: its containers together, or its largest step of initialisation.
fn requested(pod: &Pod, name: &str) -> i64 {
    let Some(spec) = pod::spec(pod) else { return 0 };
    let of = |containers: &[k8s_openapi::api::core::v1::Container]| -> Vec<i64> {
        containers
            .iter()
            .map(|container| {
                let requests = container.resources.as_ref().and_then(|resources| resources.requests.as_ref());
                requests.and_then(|requests| amount(&requests.get(name)?.0)).unwrap_or(0)
            })
            .collect()
    };
    let together: i64 = of(&spec.containers).into_iter().fold(0, i64::saturating_add);
    together.max(of(initial(spec)).into_iter().max().unwrap_or(0))
}

fn initial(spec: &PodSpec) -> &[k8s_openapi::api::core::v1::Container] {
    spec.init_containers.as_deref().unwrap_or_default()
}
