//! Restores: parts are kept aside until all of the state is there.

use crate::command::restore::RestoreCommand;
use crate::table::Tables;

impl Tables {
    /// Whether the step could be taken. A restore is finished by the store's writer: reading a whole state takes longer than
    /// reads should wait.
    pub(super) fn apply_restore(&mut self, command: &RestoreCommand<'_>) -> bool {
        match *command {
            RestoreCommand::Part { id, offset, bytes } => self.restores.take(id, offset, bytes),
            RestoreCommand::Abandon(id) => {
                self.restores.abandon(id);
                true
            }
            RestoreCommand::Finish(_) => false,
        }
    }
}
