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
use proconsul_telemetry::names::server as names;
use proconsul_types::check::PASSING;
use proconsul_types::config_entry::Kind;
use proconsul_types::service::{Service, ServiceInstance, ServiceKind};

use super::Server;
use super::catalog::has;
use super::central;
use crate::authorize::{Right, authorize};
use crate::blocking::Topics;
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> Server<R, L> {
    pub(super) async fn instances(
        &self,
        asked: &Instances<'_>,
        with_checks: bool,
    ) -> Result<Answer<InstanceList>, CallError> {
        authorize(Right::ServiceRead(asked.name))?;
        let name = folded(asked.name);
        let answer = self.read(&asked.options, topics(asked, &name), |store| {
            let key = Key { asked, with_checks };
            if !key.is_shared() {
                return self.look(&store.view(), &key);
            }
            // Before the state: a list of a state that is replaced in between is kept as one of before.
            let replacements = store.replacements();
            if let Some(kept) = self.memo.get(&key, replacements, store) {
                return kept;
            }
            let (list, index) = self.look(&store.view(), &key);
            self.memo.keep(&key, replacements, index, &list);
            (list, index)
        });
        let answer = answer.await?;
        if asked.role == Role::Service {
            count(asked.name, with_checks, answer.value.is_empty());
        }
        Ok(answer)
    }

    fn look(&self, view: &View, key: &Key<'_, '_>) -> (InstanceList, Index) {
        let asked = key.asked;
        let behind = gateways(view, asked);
        let through = behind
            .iter()
            .flat_map(|(gateway, kind)| view.instances(gateway).filter(|found| found.service.kind == *kind));
        let mut list: Vec<ServiceInstance> = match asked.role {
            Role::Service => {
                let tagged = view.instances(asked.name).filter(|found| has_tags(found.service, &asked.tags));
                tagged.filter_map(|found| wanted(view, found, key)).collect()
            }
            // Tags are not looked at: they are the proxy's, not those of the service.
            Role::Connect => {
                let all = view.connect_instances(asked.name).chain(through);
                all.filter_map(|found| wanted(view, found, key)).collect()
            }
            Role::Ingress => through.filter_map(|found| wanted(view, found, key)).collect(),
        };
        self.sort_near(view, &asked.near, &mut list, |instance| &instance.node.name);
        (InstanceList::from(list), index(view, key, &behind))
    }
}

/// Counts a question about a service, and whether there is any such.
fn count(name: &str, with_checks: bool, is_empty: bool) {
    let (asked, not_found) = match with_checks {
        true => (&names::HEALTH_SERVICE_QUERY, &names::HEALTH_SERVICE_NOT_FOUND),
        false => (&names::CATALOG_SERVICE_QUERY, &names::CATALOG_SERVICE_NOT_FOUND),
    };
    asked.one(name);
    if is_empty {
        not_found.one(name);
    }
}

/// What a read depends on: the service, and what decides about gateways or is filled in.
fn topics<'t>(asked: &Instances<'_>, name: &'t str) -> Topics<'t> {
    let service = Topic::Row(Table::Services, name);
    match asked.role {
        Role::Service if asked.merge_central_config => Topics::Either(service, Topic::Table(Table::ConfigEntries)),
        Role::Service => Topics::One(service),
        // Config entries that bind a service to gateways wake its readers.
        Role::Connect | Role::Ingress => Topics::Either(service, Topic::Table(Table::Gateways)),
    }
}

/// The gateways through which a service is reached: out of the mesh, or into it.
fn gateways(view: &View, asked: &Instances<'_>) -> Vec<(String, ServiceKind)> {
    let (entry, kind) = match asked.role {
        Role::Service => return Vec::new(),
        Role::Connect => (Kind::TerminatingGateway, ServiceKind::TerminatingGateway),
        Role::Ingress => (Kind::IngressGateway, ServiceKind::IngressGateway),
    };
    let mut names: Vec<_> = view.gateways_of(entry, asked.name).into_iter().map(|behind| behind.gateway.name).collect();
    // One gateway may have several ports for a service.
    names.dedup();
    names.into_iter().map(|name| (name, kind)).collect()
}

fn index(view: &View, key: &Key<'_, '_>, behind: &[(String, ServiceKind)]) -> Index {
    let Key { asked, with_checks } = *key;
    let entries = view.chain_index();
    let through =
        || behind.iter().map(|(gateway, _)| view.service_index(gateway, with_checks)).max().unwrap_or_default();
    // A service that a `*` stands for comes and goes with its instances.
    let own = || view.service_index(asked.name, with_checks);
    match asked.role {
        Role::Service if asked.merge_central_config => own().max(entries),
        Role::Service => own(),
        Role::Connect => {
            let index = view.connect_index(asked.name, with_checks).max(entries).max(through());
            if view.terminating_for_all() { index.max(own()) } else { index }
        }
        // Without any config entry there are no gateways.
        Role::Ingress if entries == Index::ZERO => entries,
        Role::Ingress => own().max(entries).max(through()),
    }
}

fn wanted(view: &View, found: Found<'_>, key: &Key<'_, '_>) -> Option<ServiceInstance> {
    let Key { asked, with_checks } = *key;
    if !has(found.node, &asked.node_meta) || authorize(Right::NodeRead(&found.node.name)).is_err() {
        return None;
    }
    let checks = if with_checks || asked.passing { found.checks() } else { Vec::new() };
    if asked.passing && checks.iter().any(|check| *check.status != *PASSING) {
        return None;
    }
    let service = if asked.merge_central_config { central::merged(view, found.service) } else { found.service.clone() };
    Some(ServiceInstance { node: found.node.clone(), service, checks })
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
    /// Whether many ask for just this, and it changes with the service's index alone. Distances and config entries do not.
    fn is_shared(&self) -> bool {
        let Instances { role, near, merge_central_config, .. } = self.asked;
        *role == Role::Service && *near == Near::Nowhere && !merge_central_config
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
        (kept.index == store.service_index(key.asked.name, key.with_checks)).then(|| (kept.list.clone(), kept.index))
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
