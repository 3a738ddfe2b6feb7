//! Splitters that lead to splitters become one: a part of a part is a part.

use std::collections::BTreeMap;

use proconsul_base::limit;
use proconsul_types::config_entry::{HeaderModifiers, Split};
use proconsul_types::discovery_chain::{ChainNode, ChainSplit};

use super::ChainError;

/// Puts the parts of inner splitters in the place of the parts that lead to them. The nodes lead nowhere back to themselves.
pub(super) fn flatten(nodes: &mut BTreeMap<String, ChainNode>) -> Result<(), ChainError> {
    let mut todo: Vec<String> =
        nodes.iter().filter(|(_, node)| is_splitter(node)).map(|(name, _)| name.clone()).collect();
    let mut flat: BTreeMap<String, Vec<ChainSplit>> = BTreeMap::new();
    while let Some(name) = todo.last() {
        let splits = nodes.get(name).map(|node| &*node.splits).unwrap_or_default();
        let inner = splits.iter().map(|split| &split.next_node);
        let missing = inner.filter(|next| nodes.get(*next).is_some_and(is_splitter) && !flat.contains_key(*next));
        // The innermost first, so that every splitter is taken apart once.
        let missing: Vec<String> = missing.cloned().collect();
        if !missing.is_empty() {
            todo.extend(missing);
            continue;
        }
        if !flat.contains_key(name) {
            let parts = parts(name, splits, &flat)?;
            flat.insert(name.clone(), parts);
        }
        todo.pop();
    }
    for (name, splits) in flat {
        if let Some(node) = nodes.get_mut(&name) {
            node.splits = splits;
        }
    }
    Ok(())
}

fn is_splitter(node: &ChainNode) -> bool {
    node.node_type == "splitter"
}

fn parts(
    of: &str,
    splits: &[ChainSplit],
    flat: &BTreeMap<String, Vec<ChainSplit>>,
) -> Result<Vec<ChainSplit>, ChainError> {
    let mut parts = Vec::with_capacity(splits.len());
    for split in splits {
        match flat.get(&split.next_node) {
            Some(inner) => parts.extend(inner.iter().map(|inner| within(split, inner))),
            None => parts.push(split.clone()),
        }
        if parts.len() > limit::CHAIN_SPLITS {
            return Err(ChainError::Splits(of.to_owned()));
        }
    }
    Ok(parts)
}

/// A part of a part. What the outer one does to headers, the inner one may overrule on the way in; on the way out it is the other
/// way round (1.11).
fn within(outer: &ChainSplit, inner: &ChainSplit) -> ChainSplit {
    let definition = match (&outer.definition, &inner.definition) {
        (None, None) => None,
        (outer, inner) => {
            let (outer, inner) = (outer.clone().unwrap_or_default(), inner.clone().unwrap_or_default());
            let request_headers = joined(inner.request_headers.as_ref(), outer.request_headers.as_ref());
            let response_headers = joined(outer.response_headers.as_ref(), inner.response_headers.as_ref());
            Some(Split { request_headers, response_headers, ..inner })
        }
    };
    ChainSplit { definition, weight: inner.weight.of(outer.weight), next_node: inner.next_node.clone() }
}

fn joined(first: Option<&HeaderModifiers>, defaults: Option<&HeaderModifiers>) -> Option<HeaderModifiers> {
    match (first, defaults) {
        (Some(first), Some(defaults)) => Some(first.over(defaults)),
        (first, defaults) => first.or(defaults).cloned(),
    }
}
