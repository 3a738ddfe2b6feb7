//! How long serf waits before it gives up, tries again or forgets. Defaults are serf's with what Consul changes.

use std::time::Duration;

/// Serf's periods and waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long a leaving member waits for its intent to be sent: `BroadcastTimeout`.
    pub broadcast_timeout: Duration,
    /// How long it then waits for the news to spread: `LeavePropagateDelay`.
    pub leave_propagation: Duration,
    /// How often members are looked through for those to forget.
    pub reap_interval: Duration,
    /// How often one failed member is tried again.
    pub reconnect_interval: Duration,
    /// A member that failed this long ago is forgotten.
    pub forget_failed: Duration,
    /// A member that left this long ago is forgotten.
    pub forget_left: Duration,
    /// An intent about a name that nobody announced is forgotten after this.
    pub forget_intent: Duration,
}

impl Timing {
    /// As Consul runs its pool of one datacenter.
    pub const fn consul() -> Self {
        Self {
            broadcast_timeout: Duration::from_secs(5),
            leave_propagation: Duration::from_secs(3),
            reap_interval: Duration::from_secs(15),
            reconnect_interval: Duration::from_secs(30),
            forget_failed: Duration::from_secs(72 * 3600),
            forget_left: Duration::from_secs(24 * 3600),
            forget_intent: Duration::from_secs(5 * 60),
        }
    }
}
