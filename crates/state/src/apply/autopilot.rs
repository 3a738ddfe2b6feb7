//! What the command on autopilot does.

use proconsul_base::index::Index;

use crate::command::autopilot::SetAutopilot;
use crate::table::Tables;
use crate::wake::Wakes;
use crate::watch::Table;

impl Tables {
    pub(super) fn apply_autopilot(&mut self, index: Index, set: &SetAutopilot, wakes: &mut Wakes) -> bool {
        if set.cas.is_some_and(|cas| cas != self.autopilot.changed()) {
            return false;
        }
        self.autopilot.put(index, &set.configuration);
        wakes.table(Table::Autopilot);
        true
    }
}

#[cfg(test)]
mod tests {
    use proconsul_types::autopilot::Configuration;

    use super::*;
    use crate::snapshot;
    use crate::store::View;

    #[test]
    fn it_is_made_once_and_changed_only_by_who_knows_its_last_change() {
        let mut tables = Tables::default();
        let mut wakes = Wakes::default();
        let mut set = |index, cas: Option<u64>, max_trailing_logs| {
            let configuration = Configuration { max_trailing_logs, ..Configuration::initial() };
            let set = SetAutopilot { configuration, cas: cas.map(Index) };
            (tables.apply_autopilot(Index(index), &set, &mut wakes), tables.autopilot.get().cloned().unwrap())
        };
        assert!(set(4, Some(0), 250).0);
        assert!(!set(5, Some(0), 1).0, "there is one already");
        assert!(!set(6, Some(5), 1).0);
        let (done, kept) = set(7, Some(4), 1);
        assert_eq!((done, kept.create_index, kept.modify_index, kept.max_trailing_logs), (true, Index(4), Index(7), 1));
        assert_eq!(set(8, None, 1).1.modify_index, Index(8));
        tables.applied = Index(8);
        let view = View { tables };
        let mut bytes = Vec::new();
        view.write_to(&mut bytes).unwrap();
        assert_eq!(snapshot::read(&mut &bytes[..]).unwrap(), view);
    }
}
