//! Why config entries make no chain. The texts are Consul's.

use proconsul_base::limit;

/// Why there is no chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No service was named.
    #[error("serviceName is required")]
    NoService,
    /// Two services on it speak differently.
    #[error(
        "discovery chain {chain:?} uses inconsistent protocols; service {service:?} has {protocol:?} which is not {expected:?}"
    )]
    Protocols {
        /// The service whose chain it is.
        chain: String,
        /// The service that speaks differently.
        service: String,
        /// What that one speaks.
        protocol: String,
        /// What the others speak.
        expected: String,
    },
    /// Requests in its protocol cannot be told apart.
    #[error(
        "discovery chain {chain:?} uses a protocol {protocol:?} that does not permit advanced routing or splitting behavior"
    )]
    NotRoutable {
        /// The service whose chain it is.
        chain: String,
        /// What it speaks.
        protocol: String,
    },
    /// Splitters lead back to themselves.
    #[error("detected circular reference: [{}]", .0.join(" -> "))]
    Circle(Vec<String>),
    /// Resolvers lead back to themselves.
    #[error("detected circular resolver redirect: [{}]", .0.join(" -> "))]
    RedirectCircle(Vec<String>),
    /// A subset that no resolver knows.
    #[error("service {service:?} does not have a subset named {subset:?}")]
    NoSubset {
        /// The service.
        service: String,
        /// The subset.
        subset: String,
    },
    /// Something is said about instances of a service that lies outside.
    #[error("service {service:?} has an external SNI set; cannot define {what} for external services")]
    External {
        /// The service.
        service: String,
        /// What is said about it.
        what: &'static str,
    },
    /// Splitters that lead to splitters make too many parts. Consul has no limit, and does not come to an end.
    #[error("discovery chain splits {0:?} into more than {max} parts", max = limit::CHAIN_SPLITS)]
    Splits(String),
}
