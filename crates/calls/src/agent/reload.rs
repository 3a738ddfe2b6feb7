//! Reading the configuration again.

use std::future::Future;

use super::AgentError;

/// `/v1/agent/reload`.
pub trait ReloadCalls {
    /// Reads flags and files again, as SIGHUP does. A configuration with a mistake changes nothing, and the error tells all of them.
    fn reload(&self) -> impl Future<Output = Result<(), AgentError>> + Send;
}
