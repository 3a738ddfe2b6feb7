//! What the commands on nodes, services and checks do, in the catalog and beyond it.

use proconsul_base::index::Index;

use crate::command::catalog::CatalogCommand;
use crate::failure::Failure;
use crate::table::Tables;
use crate::table::catalog::{Effects, Lost};
use crate::wake::Wakes;
use crate::watch::Table;

impl Tables {
    pub(super) fn apply_catalog(
        &mut self,
        index: Index,
        command: &CatalogCommand<'_>,
        wakes: &mut Wakes,
    ) -> Result<(), Failure> {
        let mut effects = Effects::new(index, wakes);
        match command {
            CatalogCommand::Register(register) => self.catalog.register(register, &mut effects)?,
            CatalogCommand::DeregisterNode { node } => self.catalog.remove_node(node, &mut effects),
            CatalogCommand::DeregisterService { node, id } => self.catalog.remove_service(node, id, &mut effects),
            CatalogCommand::DeregisterCheck { node, id } => self.catalog.remove_check(node, id, &mut effects),
        }
        let lost = effects.lost;
        self.lose(index, &lost, wakes);
        Ok(())
    }

    /// Takes away what relied on these nodes and checks. Every change of the catalog ends with this, in the same command.
    pub(crate) fn lose(&mut self, index: Index, lost: &[Lost], wakes: &mut Wakes) {
        for lost in lost {
            match lost {
                Lost::Node(node) => {
                    self.end_sessions_of_node(index, node, wakes);
                    if self.coordinates.remove_node(index, node) {
                        wakes.table(Table::Coordinates);
                    }
                }
                Lost::Check { node, id } => self.end_sessions_of_check(index, node, id, wakes),
            }
        }
    }
}
