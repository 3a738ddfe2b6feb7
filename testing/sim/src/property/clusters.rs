//! One cluster only: of all attempts to bootstrap, only one ever decides anything.

use proconsul_base::id::ClusterId;

use super::Violation;

/// The cluster that has decided something.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    first: Option<ClusterId>,
}

impl Clusters {
    /// A server applied an entry of this cluster.
    pub(crate) fn decides(&mut self, cluster: ClusterId) -> Result<(), Violation> {
        match *self.first.get_or_insert(cluster) {
            one if one != cluster => Err(Violation::TwoClusters { one, other: cluster }),
            _ => Ok(()),
        }
    }

    /// Which one it is.
    pub(crate) fn first(&self) -> Option<ClusterId> {
        self.first
    }
}
