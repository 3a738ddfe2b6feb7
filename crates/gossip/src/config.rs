//! What a pool is started with. Knows no flags and no files; tags and addresses are chosen by the caller.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proconsul_serf::Tags;

/// On one machine news spreads within a few gossip intervals of 100 ms.
const LOCAL_LEAVE_PROPAGATION: Duration = Duration::from_millis(500);

/// Everything that [`start`](crate::start) needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// This member's name, unique in the pool.
    pub name: String,
    /// Where UDP and TCP are bound; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The address told to others; port 0 stands for the bound port, an unspecified address for the bound address.
    pub advertise: SocketAddr,
    /// What this member tells about itself; at most 512 bytes when packed.
    pub tags: Tags,
    /// How fast everything goes.
    pub profile: Profile,
    /// Where outgoing connections come from; `None` leaves it to the system.
    pub source: Option<IpAddr>,
    /// The seed of this member's random choices.
    pub seed: u64,
}

/// How fast everything goes.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Probes, suspicion, gossip.
    pub swim: proconsul_swim::Timing,
    /// Leaving, reconnecting, forgetting.
    pub serf: proconsul_serf::Timing,
}

impl Profile {
    /// Consul's timing of the pool of one datacenter.
    pub const fn lan() -> Self {
        Self { swim: proconsul_swim::Timing::lan(), serf: proconsul_serf::Timing::consul() }
    }

    /// For members on one machine: faster gossip, short timeouts.
    pub const fn local() -> Self {
        let serf =
            proconsul_serf::Timing { leave_propagation: LOCAL_LEAVE_PROPAGATION, ..proconsul_serf::Timing::consul() };
        Self { swim: proconsul_swim::Timing::local(), serf }
    }
}
