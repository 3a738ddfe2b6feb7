//! At most one leader per term.

use std::collections::BTreeMap;

use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::index::Term;

use super::Violation;

/// Who led which term.
#[derive(Debug, Default)]
pub(crate) struct Leaders {
    seen: BTreeMap<(ClusterId, Term), RaftId>,
}

impl Leaders {
    /// This server leads this term; answers whether that is new.
    pub(crate) fn leads(&mut self, cluster: ClusterId, term: Term, id: RaftId) -> Result<bool, Violation> {
        match self.seen.insert((cluster, term), id) {
            Some(one) if one != id => Err(Violation::TwoLeaders { term, one, other: id }),
            before => Ok(before.is_none()),
        }
    }
}
