//! What the machine under the agent is.

use std::future::Future;

use proconsul_types::host::HostInfo;

/// `/v1/agent/host`.
pub trait HostCalls {
    /// Looks at the machine.
    fn host(&self) -> impl Future<Output = HostInfo> + Send;
}
