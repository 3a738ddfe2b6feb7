//! What the endpoints of a server ask the node around them.

use std::time::SystemTime;

use proconsul_base::text::stamp;
use proconsul_calls::event::BroadcastError;
use proconsul_server::local::Local;
use proconsul_types::event::UserEvent;

use super::Node;
use crate::events;

impl Local for Node {
    fn datacenters(&self) -> Vec<String> {
        vec![self.config.datacenter.clone()]
    }

    async fn fire_event(&self, event: &UserEvent) -> Result<(), BroadcastError> {
        events::fire(&self.gossip, event).await
    }

    fn wall_clock(&self) -> String {
        stamp::utc(SystemTime::now(), 9)
    }

    fn unix_milliseconds(&self) -> u64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn trust_domain(&self) -> Option<String> {
        // Until there is a cluster nothing is answered that could show it.
        let cluster = self.role.cluster().map(|cluster| cluster.to_string()).unwrap_or_default();
        self.config.mesh.then(|| format!("{cluster}.consul"))
    }
}
