//! Maintenance: a critical check that nobody carries out keeps a service, or the whole node, out of answers.

use proconsul_types::check::{CRITICAL, Check, NODE_MAINTENANCE, SERVICE_MAINTENANCE};
use proconsul_types::service::Service;

use super::checks::PlannedCheck;
use super::{Source, State};

const NODE_REASON: &str =
    "Maintenance mode is enabled for this node, but no reason was provided. This is a default message.";
const SERVICE_REASON: &str =
    "Maintenance mode is enabled for this service, but no reason was provided. This is a default message.";

/// The id of the check that puts a service into maintenance.
pub fn check_id(service: &str) -> String {
    format!("{SERVICE_MAINTENANCE}{service}")
}

impl State {
    /// What putting a service into maintenance would mean; `None` when it is already.
    pub fn plan_service_maintenance(&self, service: &Service, reason: &str, token: &str) -> Option<PlannedCheck> {
        let check = Check {
            service_id: service.id.clone(),
            service_name: service.name.clone(),
            service_tags: service.tags.clone(),
            ..self.maintenance(check_id(&service.id), "Service Maintenance Mode", reason, SERVICE_REASON)
        };
        self.unless_known(check, token)
    }

    /// The same for the node.
    pub fn plan_node_maintenance(&self, reason: &str, token: &str) -> Option<PlannedCheck> {
        let check = self.maintenance(NODE_MAINTENANCE.to_owned(), "Node Maintenance Mode", reason, NODE_REASON);
        self.unless_known(check, token)
    }

    fn maintenance(&self, id: String, name: &str, reason: &str, otherwise: &str) -> Check {
        Check {
            node: self.node_name().clone(),
            id: id.into(),
            name: name.into(),
            status: CRITICAL.into(),
            notes: if reason.is_empty() { otherwise } else { reason }.into(),
            kind: "maintenance".into(),
            ..Check::default()
        }
    }

    fn unless_known(&self, check: Check, token: &str) -> Option<PlannedCheck> {
        let planned = PlannedCheck { check, registration: None, token: token.to_owned(), source: Source::Agent };
        self.check(&planned.check.id).is_none().then_some(planned)
    }
}
