//! What a run is to be like, and the bugs that can be planted to see whether they are found.

/// How to run one seed.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Steps before everything is healed and must converge.
    pub steps: u64,
    /// A bug to plant.
    pub plant: Option<Plant>,
    /// Keep the last events as text; slower.
    pub tells: bool,
}

impl Options {
    /// A plain run of this many steps.
    pub const fn steps(steps: u64) -> Self {
        Self { steps, plant: None, tells: false }
    }
}

/// A bug that the simulation must find. Each is planted in the simulated driver or disk, never in the code that ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Entries are acknowledged before they are written.
    ReplyBeforeSync,
    /// A change of membership takes effect although neither it nor the commit index is on disk.
    MembershipBeforeDurable,
    /// Votes and terms are acted upon before they are on disk.
    MessageBeforeVote,
    /// A recycled segment's old frames look like new ones.
    NoGeneration,
    /// A leader answers reads from its own state.
    StaleRead,
    /// The end of a snapshot is not synced.
    LostSnapshotTail,
    /// A server whose disk was wiped goes on under its old identity.
    OldIdentity,
    /// A bootstrap promise is given before it is on disk.
    BootstrapTwice,
}

impl Plant {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ReplyBeforeSync,
        Self::MembershipBeforeDurable,
        Self::MessageBeforeVote,
        Self::NoGeneration,
        Self::StaleRead,
        Self::LostSnapshotTail,
        Self::OldIdentity,
        Self::BootstrapTwice,
    ];
}
