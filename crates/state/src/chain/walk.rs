//! Walks over the finished draft: nothing may lead back to itself, and nothing stays that is not led to.

use std::collections::{BTreeMap, BTreeSet};

use proconsul_types::discovery_chain::ChainNode;

use super::ChainError;

/// Where a node leads.
pub(super) fn next(node: &ChainNode) -> impl DoubleEndedIterator<Item = &String> {
    node.routes.iter().map(|route| &route.next_node).chain(node.splits.iter().map(|split| &split.next_node))
}

/// Refuses a chain on which a node leads back to itself. The last way out of a node is tried first, as in Consul, so that the same
/// circle is told.
pub(super) fn refuse_circles(start: &str, nodes: &BTreeMap<String, ChainNode>) -> Result<(), ChainError> {
    enum Step<'n> {
        Enter(&'n str),
        Leave,
    }
    let mut todo = vec![Step::Enter(start)];
    let mut path: Vec<&str> = Vec::new();
    // On the path, or explored to its end.
    let (mut open, mut done) = (BTreeSet::new(), BTreeSet::new());
    while let Some(step) = todo.pop() {
        let name = match step {
            Step::Enter(name) => name,
            Step::Leave => {
                if let Some(left) = path.pop() {
                    open.remove(left);
                    done.insert(left);
                }
                continue;
            }
        };
        if open.contains(name) {
            let circle = path.iter().chain([&name]).map(|name| (*name).to_owned()).collect();
            return Err(ChainError::Circle(circle));
        }
        if done.contains(name) {
            continue;
        }
        path.push(name);
        open.insert(name);
        todo.push(Step::Leave);
        todo.extend(nodes.get(name).into_iter().flat_map(next).map(|name| Step::Enter(name)));
    }
    Ok(())
}

/// Takes away the nodes that nothing leads to.
pub(super) fn keep_reachable(start: &str, nodes: &mut BTreeMap<String, ChainNode>) {
    let mut reached = BTreeSet::new();
    let mut todo = vec![start.to_owned()];
    while let Some(name) = todo.pop() {
        if let Some(node) = nodes.get(&name) {
            todo.extend(next(node).filter(|name| !reached.contains(*name)).cloned());
        }
        reached.insert(name);
    }
    nodes.retain(|name, _| reached.contains(name));
}
