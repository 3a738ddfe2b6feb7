//! Which reads a batch of commands concerns, collected while the tables are locked and told when they no longer are.

use proconsul_types::kv::Key;
use proconsul_types::node::Text;

use crate::watch::Table;

/// One thing that changed, as far as waiting reads care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// A key, and with it all prefixes it stands under.
    Key(Key),
    /// Something in a table.
    Table(Table),
    /// What a table holds under one name.
    Row(Table, Text),
}

/// The changes of one batch.
#[derive(Debug, Default)]
pub(crate) struct Wakes(Vec<Wake>);

impl Wakes {
    /// A key was made, changed or removed.
    pub(crate) fn key(&mut self, key: Key) {
        self.0.push(Wake::Key(key));
    }

    /// A table changed as a whole.
    pub(crate) fn table(&mut self, table: Table) {
        // The commands of a batch are much alike: most repeats stand beside each other.
        if self.0.last() != Some(&Wake::Table(table)) {
            self.0.push(Wake::Table(table));
        }
    }

    /// What a table holds under a name changed. The table itself is not told by this.
    pub(crate) fn row(&mut self, table: Table, name: Text) {
        self.0.push(Wake::Row(table, name));
    }

    /// Adds the changes of something that has taken place after all.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Takes the changes out, keeping the room.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Wake> {
        self.0.drain(..)
    }
}
