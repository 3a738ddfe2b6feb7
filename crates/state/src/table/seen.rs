//! The last change that the readers of a service see, for each name that has instances.

use imbl::OrdMap;
use proconsul_base::index::Index;
use proconsul_types::node::Text;

use crate::name::folded;

/// What is kept for names as long as they have instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen(OrdMap<Text, Named>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
    /// The last change of its instances, their nodes or their checks.
    changed: Index,
    instances: usize,
}

impl Seen {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, name: &str) -> Option<Index> {
        self.0.get(&*folded(name)).map(|named| named.changed)
    }

    /// Each name with how many instances it has.
    pub(super) fn instances(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|(name, named)| (&**name, named.instances))
    }

    /// A name has one more instance.
    pub(super) fn enter(&mut self, index: Index, name: &str) {
        let name = folded(name);
        let instances = self.0.get(&*name).map_or(0, |named| named.instances);
        self.0.insert(name.into(), Named { changed: index, instances: instances + 1 });
    }

    /// Something about a name's instances changed.
    pub(super) fn touch(&mut self, index: Index, name: &str) {
        if let Some(named) = self.0.get_mut(&*folded(name)) {
            named.changed = index;
        }
    }

    /// A name has one instance less; whether that was its last.
    pub(super) fn leave(&mut self, index: Index, name: &str) -> bool {
        let name = folded(name);
        match self.0.get_mut(&*name) {
            Some(named) if named.instances > 1 => {
                named.instances -= 1;
                named.changed = index;
                false
            }
            _ => self.0.remove(&*name).is_some(),
        }
    }
}
