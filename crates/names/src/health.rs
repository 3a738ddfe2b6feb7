//! Which instances are told, and with which weight.

use proconsul_types::check::{CRITICAL, NODE_MAINTENANCE, PASSING, SERVICE_MAINTENANCE, WARNING};
use proconsul_types::service::ServiceInstance;

/// Whether an instance is told: nothing about it is critical; nothing even warns when only passing ones are wanted.
pub(crate) fn is_told(instance: &ServiceInstance, only_passing: bool) -> bool {
    instance.checks.iter().all(|check| &*check.status != CRITICAL && (!only_passing || &*check.status == PASSING))
}

/// The weight of an instance in SRV records, by the worst of its checks.
pub(crate) fn weight(instance: &ServiceInstance) -> u16 {
    let service = &instance.service;
    let (mut is_out, mut is_warning) = (false, false);
    for check in &instance.checks {
        if !check.service_name.is_empty() && check.service_name != service.name {
            continue;
        }
        match &*check.status {
            _ if &*check.id == NODE_MAINTENANCE || check.id.starts_with(SERVICE_MAINTENANCE) => is_out = true,
            PASSING => {}
            WARNING => is_warning = true,
            CRITICAL => is_out = true,
            _ => return 1,
        }
    }
    match (is_out, is_warning) {
        (true, _) => 0,
        (false, true) => service.weights.warning as u16,
        (false, false) => service.weights.passing as u16,
    }
}
