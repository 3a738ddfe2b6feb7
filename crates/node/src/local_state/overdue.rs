//! Services whose checks have been critical for too long go.

use std::sync::Arc;
use std::time::Duration;

use super::LocalState;

/// How often is looked: Consul's `check_reap_interval`.
const INTERVAL: Duration = Duration::from_secs(30);

/// Lets such services go, for as long as the node runs.
pub(super) async fn let_go(local: Arc<LocalState>) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        let now = local.now();
        for (service, check) in local.held.look(|state| state.overdue(now)) {
            match local.deregister_service(&service).await {
                Ok(()) => tracing::info!(
                    target: "agent", %service, %check,
                    "Check for service has been critical for too long; deregistered service"
                ),
                Err(error) => tracing::error!(
                    target: "agent", %service, %check, %error,
                    "unable to deregister service after check has been critical for too long"
                ),
            }
        }
    }
}
