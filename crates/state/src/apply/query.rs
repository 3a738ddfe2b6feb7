//! What the commands on prepared queries do.

use proconsul_base::id::{QueryId, SessionId};
use proconsul_base::index::Index;
use proconsul_types::query::PreparedQuery;

use crate::command::query::QueryCommand;
use crate::failure::Failure;
use crate::table::Tables;
use crate::wake::Wakes;
use crate::watch::Table;

impl Tables {
    pub(super) fn apply_query(
        &mut self,
        index: Index,
        command: &QueryCommand,
        wakes: &mut Wakes,
    ) -> Result<(), Failure> {
        match command {
            QueryCommand::Set(query) => {
                self.may_be_kept(query)?;
                self.queries.put(index, PreparedQuery::clone(query));
                wakes.table(Table::Queries);
            }
            QueryCommand::Delete(id) => {
                if self.queries.remove(index, *id) {
                    wakes.table(Table::Queries);
                }
            }
        }
        Ok(())
    }

    /// Removes the queries that are bound to a session which is gone.
    pub(super) fn drop_queries_of(&mut self, index: Index, session: SessionId, wakes: &mut Wakes) {
        if self.queries.remove_session(index, session) {
            wakes.table(Table::Queries);
        }
    }

    fn may_be_kept(&self, query: &PreparedQuery) -> Result<(), Failure> {
        self.name_is_free(query)?;
        match query.session.parse::<SessionId>() {
            Ok(id) if self.sessions.get(id).is_some() => Ok(()),
            Err(_) if query.session.is_empty() => Ok(()),
            _ => Err(Failure::InvalidSession(query.session.clone())),
        }
    }

    /// Names and ids are looked up in the same place, so none may stand for two queries.
    fn name_is_free(&self, query: &PreparedQuery) -> Result<(), Failure> {
        let is_other = |known: &PreparedQuery| known.id != query.id;
        if query.name.is_empty() {
            let is_taken = query.is_template() && self.queries.wild_template().is_some_and(|known| is_other(known));
            return if is_taken { Err(Failure::QueryTemplateTaken) } else { Ok(()) };
        }
        if self.queries.named(&query.name).is_some_and(|known| is_other(known)) {
            return Err(Failure::QueryNameTaken(query.name.clone()));
        }
        if query.name.parse::<QueryId>().is_ok_and(|id| self.queries.get(id).is_some()) {
            return Err(Failure::QueryNameIsId(query.name.clone()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
