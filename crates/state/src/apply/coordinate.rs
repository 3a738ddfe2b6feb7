//! What the command on coordinates does.

use proconsul_base::index::Index;

use crate::command::coordinate::CoordinateUpdate;
use crate::table::Tables;
use crate::wake::Wakes;
use crate::watch::Table;

impl Tables {
    pub(super) fn apply_coordinates(&mut self, index: Index, update: &CoordinateUpdate, wakes: &mut Wakes) {
        for place in &update.places {
            let is_known = self.catalog.nodes.get(&place.node).is_some();
            if is_known && self.coordinates.put(index, place) {
                wakes.table(Table::Coordinates);
            }
        }
    }
}

#[cfg(test)]
mod tests;
