//! Limits and requests of containers, for limits themselves and for variables and files that show them.

use k8s_openapi::api::core::v1::{Container, Pod, ResourceFieldSelector};
use proconsul_manifest::quantity::{self, Quantity};

use super::ConfigError;
use crate::pod;

/// What a node has to give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocatable {
    /// Processor time, in thousandths of one processor.
    pub cpu_thousandths: i64,
    /// Memory, in bytes.
    pub memory_bytes: i64,
    /// Disk, in bytes.
    pub ephemeral_storage_bytes: i64,
}

pub(super) fn limit(container: &Container, name: &str) -> Option<Quantity> {
    quantity::parse(&container.resources.as_ref()?.limits.as_ref()?.get(name)?.0).ok()
}

fn request(container: &Container, name: &str) -> Option<Quantity> {
    quantity::parse(&container.resources.as_ref()?.requests.as_ref()?.get(name)?.0).ok()
}

/// What a `resourceFieldRef` shows: in units of its divisor, rounded up. A limit that is not set is what the node has.
pub(super) fn shown(
    pod: &Pod,
    own: Option<&Container>,
    wanted: &ResourceFieldSelector,
    node: Allocatable,
) -> Result<String, ConfigError> {
    let named = wanted.container_name.as_deref().filter(|name| !name.is_empty());
    let all =
        pod::spec(pod).into_iter().flat_map(|spec| spec.containers.iter().chain(spec.init_containers.iter().flatten()));
    let container = match named {
        Some(name) => all.into_iter().find(|container| container.name == name),
        None => own,
    };
    let unknown = || ConfigError::Resource(wanted.resource.clone());
    let container = container.ok_or_else(unknown)?;
    let (side, name) = wanted.resource.split_once('.').ok_or_else(unknown)?;
    let whole = match name {
        "cpu" => i128::from(node.cpu_thousandths),
        "memory" => i128::from(node.memory_bytes) * 1000,
        "ephemeral-storage" => i128::from(node.ephemeral_storage_bytes) * 1000,
        _ => return Err(unknown()),
    };
    let set = match side {
        "limits" => limit(container, name),
        "requests" => request(container, name).or(limit(container, name)),
        _ => return Err(unknown()),
    };
    let fallback = if side == "limits" { whole } else { 0 };
    let thousandths = set.map_or(fallback, |amount| i128::from(amount.thousandths()));
    let divisor = wanted.divisor.as_ref().and_then(|divisor| quantity::parse(&divisor.0).ok());
    let divisor =
        divisor.map(|divisor| i128::from(divisor.thousandths())).filter(|divisor| *divisor > 0).unwrap_or(1000);
    Ok(thousandths.div_euclid(divisor).saturating_add(i128::from(thousandths.rem_euclid(divisor) > 0)).to_string())
}
