//! How often each kind of event happened: a sweep that found nothing is worth what it went through.

use std::fmt;

macro_rules! events {
    ($($name:ident $text:literal),+ $(,)?) => {
        /// A kind of event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Event {
            $(#[doc = $text] $name,)+
        }

        const NAMES: &[&str] = &[$($text),+];
    };
}

events! {
    Delivered "messages delivered",
    Lost "messages lost",
    Doubled "messages doubled",
    Refused "connections refused: another server's address",
    Tick "ticks",
    Sync "writes made durable",
    Crash "crashes",
    TornWrite "crashes in the middle of a write",
    TornSnapshot "crashes in the middle of a snapshot",
    LostBytes "unsynced changes lost in a crash",
    Restart "restarts",
    Wipe "data directories wiped",
    Cut "one-way cuts",
    Heal "networks healed",
    Move "changes of address",
    Swap "swaps of two addresses",
    Elected "leaders elected",
    Transfer "transfers of leadership",
    Committed "entries committed",
    Applied "entries applied",
    LearnerAdded "learners added",
    Promoted "learners promoted",
    Removed "servers removed",
    SnapshotTaken "snapshots taken",
    Compacted "compactions",
    SnapshotSent "snapshots sent",
    SnapshotLost "snapshots lost on their way",
    SnapshotInstalled "snapshots installed",
    Fetched "old entries read from disk",
    Recycled "log segments recycled or removed",
    Written "writes acknowledged",
    WriteRefused "writes refused",
    WriteOverwritten "writes lost to another leader's, and told so",
    Read "reads answered",
    ReadRefused "reads refused",
    Promised "bootstrap promises stored",
    Released "bootstrap promises taken back",
    Bootstrapped "servers that started a cluster",
    Joined "servers that were taken in",
    Converged "runs converged",
}

/// The counts of one run or of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    counts: Vec<u64>,
}

impl Default for Report {
    fn default() -> Self {
        Self { counts: vec![0; NAMES.len()] }
    }
}

impl Report {
    pub(crate) fn count(&mut self, event: Event) {
        self.add(event, 1);
    }

    pub(crate) fn add(&mut self, event: Event, times: u64) {
        self.counts[event as usize] += times;
    }

    /// Adds another run's counts.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// How often it happened.
    pub fn of(&self, event: Event) -> u64 {
        self.counts[event as usize]
    }

    /// The kinds of event that never happened.
    pub fn never(&self) -> Vec<&'static str> {
        NAMES.iter().zip(&self.counts).filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, count) in NAMES.iter().zip(&self.counts) {
            writeln!(f, "{count:>14}  {name}")?;
        }
        Ok(())
    }
}
