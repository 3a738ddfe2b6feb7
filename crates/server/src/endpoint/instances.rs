//! The instances of a service, as the catalog and health lists show them.
//!
//! The list that most readers ask for at one time is kept and shared: ten thousand who wait for a service cost one list.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

use parking_lot::Mutex;
use proconsul_base::index::Index;
use proconsul_base::limit;
use proconsul_calls::catalog::{InstanceList, Instances, Near, NodeMeta, Role};
use proconsul_calls::error::CallError;
use proconsul_calls::read::Answer;
use proconsul_state::name::folded;
use proconsul_state::store::{Found, Store, View};
use proconsul_state::watch::{Table, Topic};
use proconsul_types::check::PASSING;
use proconsul_types::service::{Service, ServiceInstance};

use super::Server;
use super::catalog::has;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> Server<R, L> {
    pub(super) async fn instances(
        &self,
        asked: &Instances<'_>,
        with_checks: bool,
    ) -> Result<Answer<InstanceList>, CallError> {
        authorize(Right::ServiceRead(asked.name))?;
        self.read(&asked.options, Topic::Row(Table::Services, &folded(asked.name)), |store| {
            let key = Key { asked, with_checks };
            if !key.is_shared() {
                let view = store.view();
                return (self.list(&view, &key), index(&view, asked));
            }
            // Before the state: a list of a state that is replaced in between is kept as one of before.
            let replacements = store.replacements();
            if let Some(kept) = self.memo.get(&key, replacements, store) {
                return kept;
            }
            let view = store.view();
            let (list, index) = (self.list(&view, &key), index(&view, asked));
            self.memo.keep(&key, replacements, index, &list);
            (list, index)
        })
        .await
    }

    fn list(&self, view: &View, key: &Key<'_, '_>) -> InstanceList {
        let asked = key.asked;
        let mut list: Vec<ServiceInstance> = match asked.role {
            Role::Service => {
                let tagged = view.instances(asked.name).filter(|found| has_tags(found.service, &asked.tags));
                tagged.filter_map(|found| wanted(found, key)).collect()
            }
            // Tags are not looked at: they are the proxy's, not those of the service.
            Role::Connect => view.connect_instances(asked.name).filter_map(|found| wanted(found, key)).collect(),
            Role::Ingress => Vec::new(),
        };
        self.sort_near(view, &asked.near, &mut list, |instance| &instance.node.name);
        InstanceList::from(list)
    }
}

fn index(view: &View, asked: &Instances<'_>) -> Index {
    match asked.role {
        Role::Service => view.service_index(asked.name),
        Role::Connect => view.connect_index(asked.name),
        Role::Ingress => Index::ZERO,
    }
}

fn wanted(found: Found<'_>, key: &Key<'_, '_>) -> Option<ServiceInstance> {
    let Key { asked, with_checks } = *key;
    if !has(found.node, &asked.node_meta) || authorize(Right::NodeRead(&found.node.name)).is_err() {
        return None;
    }
    let checks = if with_checks || asked.passing { found.checks() } else { Vec::new() };
    if asked.passing && checks.iter().any(|check| *check.status != *PASSING) {
        return None;
    }
    Some(ServiceInstance { node: found.node.clone(), service: found.service.clone(), checks })
}

fn has_tags(service: &Service, tags: &[String]) -> bool {
    let has = |tag: &String| service.tags.iter().any(|known| folded(known) == folded(tag));
    tags.iter().all(has)
}

/// What a list depends on, beside the state.
#[derive(Clone, Copy, Debug)]
struct Key<'k, 'a> {
    asked: &'k Instances<'a>,
    with_checks: bool,
}

impl Key<'_, '_> {
    /// Whether many may ask for just this. The order by distance is each asker's own, and changes with coordinates.
    fn is_shared(&self) -> bool {
        self.asked.role == Role::Service && self.asked.near == Near::Nowhere
    }

    fn parts(&self) -> (&str, &[String], &NodeMeta, bool, bool) {
        let Instances { name, tags, node_meta, passing, .. } = self.asked;
        (name, tags, node_meta, *passing, self.with_checks)
    }
}

/// A list that was made, and what for.
#[derive(Debug)]
struct Kept {
    name: Box<str>,
    tags: Vec<String>,
    node_meta: NodeMeta,
    passing: bool,
    with_checks: bool,
    replacements: u64,
    index: Index,
    list: InstanceList,
}

impl Kept {
    fn is_for(&self, key: &Key<'_, '_>) -> bool {
        key.parts() == (&*self.name, &self.tags[..], &self.node_meta, self.passing, self.with_checks)
    }
}

/// The last lists that were made, each in the place that its key hashes to.
#[derive(Debug)]
pub(super) struct Memo(Box<[Mutex<Option<Kept>>]>);

impl Default for Memo {
    fn default() -> Self {
        Self((0..limit::INSTANCE_LISTS).map(|_| Mutex::default()).collect())
    }
}

impl Memo {
    /// The list, if it was made for the same index of the service: within one life of the state, one index is one list.
    fn get(&self, key: &Key<'_, '_>, replacements: u64, store: &Store) -> Option<(InstanceList, Index)> {
        let place = self.place(key).lock();
        let kept = place.as_ref().filter(|kept| kept.is_for(key) && kept.replacements == replacements)?;
        (kept.index == store.service_index(key.asked.name)).then(|| (kept.list.clone(), kept.index))
    }

    fn keep(&self, key: &Key<'_, '_>, replacements: u64, index: Index, list: &InstanceList) {
        let Instances { name, tags, node_meta, passing, .. } = key.asked;
        let kept = Kept {
            name: (*name).into(),
            tags: tags.clone(),
            node_meta: node_meta.clone(),
            passing: *passing,
            with_checks: key.with_checks,
            replacements,
            index,
            list: list.clone(),
        };
        *self.place(key).lock() = Some(kept);
    }

    fn place(&self, key: &Key<'_, '_>) -> &Mutex<Option<Kept>> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(Hashed(key));
        &self.0[(hash % self.0.len() as u64) as usize]
    }
}

/// A key as it is hashed.
struct Hashed<'h, 'k, 'a>(&'h Key<'k, 'a>);

impl Hash for Hashed<'_, '_, '_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.parts().hash(state);
    }
}
