//! A session: what locks belong to, bound to a node and its checks.

use std::sync::Arc;

use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use serde::{Serialize, Serializer};

use crate::node::Text;

/// One session, as `GET /v1/session/info/:id` shows it.
///
/// Users see `ID, Name, Node, LockDelay, Behavior, TTL, NodeChecks, ServiceChecks, Checks, CreateIndex, ModifyIndex`, in this
/// order; without old-style checks `Checks` is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Session {
    /// Its id.
    #[serde(rename = "ID", serialize_with = "in_text")]
    pub id: SessionId,
    /// What the user calls it.
    pub name: Text,
    /// The node it is bound to, spelled as the user spelled it.
    pub node: Text,
    /// How long the keys it held cannot be locked after it was invalidated, in nanoseconds, as the user gave it: more than a
    /// minute counts as a minute, less than nothing as nothing.
    pub lock_delay: i64,
    /// What becomes of the keys it holds.
    pub behavior: Behavior,
    /// How long it lives without being renewed, as the user wrote it; empty or zero for ever.
    #[serde(rename = "TTL")]
    pub ttl: Text,
    /// The checks of the node that it is bound to.
    pub node_checks: Option<Arc<[Text]>>,
    /// The checks of services that it is bound to.
    pub service_checks: Option<Arc<[ServiceCheck]>>,
    /// Checks that it is bound to, in the form of before 1.7.
    #[serde(skip_serializing_if = "<[Text]>::is_empty")]
    pub checks: Arc<[Text]>,
    /// The write that made it.
    #[serde(serialize_with = "number")]
    pub create_index: Index,
    /// The same: a session does not change.
    #[serde(serialize_with = "number")]
    pub modify_index: Index,
}

/// What becomes of the keys that a session holds when it is invalidated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Behavior {
    /// They stay, without a lock.
    #[default]
    Release,
    /// They are deleted.
    Delete,
}

/// A check of a service, as a session names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceCheck {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: Text,
    /// Its namespace: whatever the user wrote, there is only one.
    pub namespace: Text,
}

impl Session {
    /// The ids of all checks it is bound to, in the order in which they are looked at.
    pub fn check_ids(&self) -> impl Iterator<Item = &Text> {
        let of_node = self.node_checks.iter().flat_map(|checks| checks.iter());
        let of_services = self.service_checks.iter().flat_map(|checks| checks.iter()).map(|check| &check.id);
        self.checks.iter().chain(of_node).chain(of_services)
    }
}

fn in_text<S: Serializer>(id: &SessionId, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

fn number<S: Serializer>(index: &Index, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(index.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_consuls_order_of_fields() {
        let session = Session {
            id: SessionId::from_bytes([0x1f; 16]),
            name: "n".into(),
            node: "n1".into(),
            lock_delay: 15_000_000_000,
            behavior: Behavior::Delete,
            ttl: "10s".into(),
            node_checks: Some(Arc::from(["serfHealth".into()])),
            service_checks: None,
            checks: Arc::default(),
            create_index: Index(7),
            modify_index: Index(7),
        };
        let text = concat!(
            r#"{"ID":"1f1f1f1f-1f1f-1f1f-1f1f-1f1f1f1f1f1f","Name":"n","Node":"n1","LockDelay":15000000000,"#,
            r#""Behavior":"delete","TTL":"10s","NodeChecks":["serfHealth"],"ServiceChecks":null,"#,
            r#""CreateIndex":7,"ModifyIndex":7}"#,
        );
        assert_eq!(serde_json::to_string(&session).unwrap(), text);
        let bound = Session {
            node_checks: None,
            service_checks: Some(Arc::from([ServiceCheck { id: "sv".into(), namespace: "".into() }])),
            checks: Arc::from(["c1".into()]),
            ..session
        };
        let checks = r#""NodeChecks":null,"ServiceChecks":[{"ID":"sv","Namespace":""}],"Checks":["c1"],"#;
        assert!(serde_json::to_string(&bound).unwrap().contains(checks));
        assert_eq!(bound.check_ids().map(|id| &**id).collect::<Vec<_>>(), ["c1", "sv"]);
    }
}
