//! The service that everybody waits for.

use proconsul_base::index::Index;
use proconsul_calls::catalog::Register;
use proconsul_types::node::Node;
use proconsul_types::service::{Service, ServiceKind, Weights};

/// Its name.
pub(crate) const NAME: &str = "web";

/// One instance on a node of its own; another port makes it another instance to those who look.
pub(crate) fn instance(number: usize, port: i64) -> Register {
    let name = format!("node-{number}");
    let node = Node {
        id: None,
        name: name.as_str().into(),
        address: format!("10.0.{}.{}", number / 256, number % 256).into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    };
    let service = Service {
        kind: ServiceKind::Typical,
        id: NAME.into(),
        name: NAME.into(),
        node: name.into(),
        tags: ["primary".into(), "v1".into()].into(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Default::default(),
        connect_native: false,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    };
    Register { datacenter: None, node, service: Some(service), checks: Vec::new(), skip_node_update: false }
}
