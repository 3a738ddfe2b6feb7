//! What the operations of a transaction do to nodes, services and checks.

use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::node::Node;
use proconsul_types::service::Service;
use proconsul_types::txn::{OpResult, Verb};

use super::Found;
use super::refusal::Refusal;
use crate::failure::Failure;
use crate::table::Tables;
use crate::table::catalog::{Catalog, Effects};
use crate::wake::Wakes;

impl Tables {
    pub(super) fn operate_on_node(&mut self, index: Index, verb: &Verb, node: &Node, wakes: &mut Wakes) -> Found {
        let now = self.catalog.nodes.get(&node.name).map(|known| known.modify_index);
        if !may(verb, now, node.modify_index) {
            return Err(Refusal::NodeStale { verb: told(verb), node: node.name.to_string() });
        }
        match verb {
            Verb::Get => {}
            Verb::Unknown(word) => return Err(Refusal::NoVerb { kind: "Node", word: word.to_string() }),
            Verb::Set | Verb::Cas => {
                self.change(index, wakes, |catalog, effects| Ok(catalog.put_node(node, effects)?))?;
            }
            Verb::Delete | Verb::DeleteCas => {
                self.change(index, wakes, |catalog, effects| {
                    catalog.remove_node(&node.name, effects);
                    Ok(())
                })?;
                return Ok(Vec::new());
            }
        }
        let nodes = &self.catalog.nodes;
        let found = node.id.map_or_else(|| nodes.get(&node.name), |id| nodes.with_id(&id));
        let found = found.ok_or_else(|| Refusal::NoNode(node.name.to_string()))?;
        Ok(vec![OpResult::Node(found.clone())])
    }

    pub(super) fn operate_on_service(
        &mut self,
        index: Index,
        verb: &Verb,
        service: &Service,
        wakes: &mut Wakes,
    ) -> Found {
        let Service { id, node, .. } = service;
        let now = self.catalog.services.get(node, id).map(|known| known.modify_index);
        if !may(verb, now, service.modify_index) {
            return Err(stale(verb, "service", id, node));
        }
        match verb {
            Verb::Get => {}
            Verb::Unknown(word) => return Err(Refusal::NoVerb { kind: "Service", word: word.to_string() }),
            Verb::Set | Verb::Cas => self.change(index, wakes, |catalog, effects| {
                has_id(catalog, node, id, "service")?;
                Ok(catalog.put_service(service, effects)?)
            })?,
            Verb::Delete | Verb::DeleteCas => {
                self.change(index, wakes, |catalog, effects| {
                    catalog.remove_service(node, id, effects);
                    Ok(())
                })?;
                return Ok(Vec::new());
            }
        }
        let found = self.catalog.services.get(node, id).ok_or_else(|| not_on_node("service", id, node))?;
        Ok(vec![OpResult::Service(found.clone())])
    }

    pub(super) fn operate_on_check(&mut self, index: Index, verb: &Verb, check: &Check, wakes: &mut Wakes) -> Found {
        let Check { id, node, .. } = check;
        let now = self.catalog.checks.get(node, id).map(|known| known.modify_index);
        if !may(verb, now, check.modify_index) {
            return Err(stale(verb, "check", id, node));
        }
        match verb {
            Verb::Get => {}
            Verb::Unknown(word) => return Err(Refusal::NoVerb { kind: "Check", word: word.to_string() }),
            Verb::Set | Verb::Cas => self.change(index, wakes, |catalog, effects| {
                has_id(catalog, node, id, "check")?;
                Ok(catalog.put_check(check, effects)?)
            })?,
            Verb::Delete | Verb::DeleteCas => {
                self.change(index, wakes, |catalog, effects| {
                    catalog.remove_check(node, id, effects);
                    Ok(())
                })?;
                return Ok(Vec::new());
            }
        }
        let found = self.catalog.checks.get(node, id).ok_or_else(|| not_on_node("check", id, node))?;
        Ok(vec![OpResult::Check(found.clone())])
    }

    /// Changes the catalog, and takes away what relied on what went.
    fn change(
        &mut self,
        index: Index,
        wakes: &mut Wakes,
        change: impl FnOnce(&mut Catalog, &mut Effects<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut effects = Effects::new(index, wakes);
        change(&mut self.catalog, &mut effects)?;
        let lost = effects.lost;
        self.lose(index, &lost, wakes);
        Ok(())
    }
}

/// Whether the index of what there is allows it. A condition of index 0 asks that there is nothing.
fn may(verb: &Verb, now: Option<Index>, wanted: Index) -> bool {
    match verb {
        Verb::Set | Verb::Get | Verb::Delete | Verb::Unknown(_) => true,
        Verb::Cas => now.unwrap_or_default() == wanted,
        Verb::DeleteCas => now == Some(wanted),
    }
}

/// On a node that is there, what has no id cannot be kept.
fn has_id(catalog: &Catalog, node: &str, id: &str, kind: &'static str) -> Result<(), Refusal> {
    match catalog.nodes.get(node) {
        None => Err(Failure::MissingNode.into()),
        Some(_) if id.is_empty() => Err(Refusal::NoId(kind)),
        Some(_) => Ok(()),
    }
}

fn not_on_node(kind: &'static str, id: &str, node: &str) -> Refusal {
    Refusal::NotOnNode { kind, id: id.to_owned(), node: node.to_owned() }
}

fn stale(verb: &Verb, kind: &'static str, id: &str, node: &str) -> Refusal {
    Refusal::Stale { verb: told(verb), kind, id: id.to_owned(), node: node.to_owned() }
}

const fn told(verb: &Verb) -> &'static str {
    match verb {
        Verb::Delete | Verb::DeleteCas => "delete",
        Verb::Set | Verb::Cas | Verb::Get | Verb::Unknown(_) => "set",
    }
}
