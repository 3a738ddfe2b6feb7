//! How fast the protocol goes. Defaults are memberlist's profiles.

use std::time::Duration;

/// The protocol's periods, waits and factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How often a member is probed.
    pub probe_interval: Duration,
    /// How long a ping waits for its ack before others are asked.
    pub probe_timeout: Duration,
    /// How many others are asked to ping in our place.
    pub indirect_checks: usize,
    /// How often queued broadcasts are sent.
    pub gossip_interval: Duration,
    /// To how many members each time.
    pub gossip_nodes: usize,
    /// How long dead members are still sent to, so that they can refute.
    pub gossip_to_the_dead: Duration,
    /// How often whole states are exchanged.
    pub push_pull_interval: Duration,
    /// How long a conversation over a stream may take.
    pub stream_timeout: Duration,
    /// Factor of how often a broadcast is sent.
    pub retransmit_multiplier: u32,
    /// Factor of how long a suspect may refute.
    pub suspicion_multiplier: u32,
    /// The longest suspicion, in shortest ones.
    pub suspicion_maximum_factor: u32,
    /// Lifeguard: probes slow down at most by this factor when we may be at fault ourselves.
    pub awareness_maximum: u32,
    /// How long a name stays bound to the address of its dead holder, whoever announces it.
    pub reclaim_after: Duration,
}

impl Timing {
    /// memberlist's `DefaultLANConfig`; the reclaim time is Consul's.
    pub const fn lan() -> Self {
        Self {
            probe_interval: Duration::from_secs(1),
            probe_timeout: Duration::from_millis(500),
            indirect_checks: 3,
            gossip_interval: Duration::from_millis(200),
            gossip_nodes: 3,
            gossip_to_the_dead: Duration::from_secs(30),
            push_pull_interval: Duration::from_secs(30),
            stream_timeout: Duration::from_secs(10),
            retransmit_multiplier: 4,
            suspicion_multiplier: 4,
            suspicion_maximum_factor: 6,
            awareness_maximum: 8,
            reclaim_after: Duration::from_secs(30),
        }
    }

    /// memberlist's `DefaultLocalConfig`, for members on one machine.
    pub const fn local() -> Self {
        Self {
            probe_timeout: Duration::from_millis(200),
            indirect_checks: 1,
            gossip_interval: Duration::from_millis(100),
            gossip_to_the_dead: Duration::from_secs(15),
            push_pull_interval: Duration::from_secs(15),
            stream_timeout: Duration::from_secs(1),
            retransmit_multiplier: 2,
            suspicion_multiplier: 3,
            ..Self::lan()
        }
    }
}
