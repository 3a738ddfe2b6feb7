//! What a request leaves of a list: its filter, and whose neighbours come first.

use std::collections::BTreeMap;
use std::net::IpAddr;

use proconsul_calls::catalog::{Near, NodeMeta};
use proconsul_filter::{Filter, Shape};
use proconsul_records::options::{QueryOptions, QuerySource};
use serde::Serialize;

use crate::refused::Refused;

/// The node that stands for the one with the asker's address.
const BY_ADDRESS: &str = "_ip";

/// The records that a request wants.
pub(crate) struct Selection(Option<Filter>);

impl Selection {
    pub(crate) fn of(options: &QueryOptions, shape: &'static Shape) -> Result<Self, Refused> {
        let expression = Some(&options.filter).filter(|expression| !expression.is_empty());
        Ok(Self(expression.map(|expression| Filter::new(expression, shape)).transpose()?))
    }

    /// The wanted ones of these records.
    pub(crate) fn from<T: Serialize>(&self, mut records: Vec<T>) -> Vec<T> {
        if let Some(filter) = &self.0 {
            records.retain(|record| serde_json::to_value(record).is_ok_and(|record| filter.matches(&record)));
        }
        records
    }

    /// The same as a list of Go's: nil when there was nothing to put into it, empty when a filter has left nothing.
    pub(crate) fn list<T, R>(&self, items: impl IntoIterator<Item = T>) -> Option<Vec<R>>
    where
        R: Serialize + From<T>,
    {
        let records = self.from(items.into_iter().map(R::from).collect());
        (!records.is_empty() || self.0.is_some()).then_some(records)
    }
}

/// Metadata that nodes must have.
pub(crate) fn node_meta(filters: Option<BTreeMap<String, String>>) -> NodeMeta {
    filters.unwrap_or_default().into_iter().collect()
}

/// Whose neighbours come first.
pub(crate) fn near(source: &QuerySource) -> Near {
    match &*source.node {
        "" => Near::Nowhere,
        BY_ADDRESS => address(source).map_or(Near::Nowhere, Near::Address),
        node => Near::Node(node.into()),
    }
}

/// The address of who asks.
pub(crate) fn address(source: &QuerySource) -> Option<IpAddr> {
    source.ip.parse().ok()
}

#[cfg(test)]
mod tests {
    use proconsul_records::node::Node;
    use proconsul_records::shape::NODE;

    use super::*;

    fn named(names: &[&str]) -> Vec<Node> {
        names.iter().map(|name| Node { node: (*name).into(), ..Node::default() }).collect()
    }

    #[test]
    fn a_filter_chooses_and_leaves_an_empty_list_where_there_was_none_before() {
        let options = |filter: &str| QueryOptions { filter: filter.to_owned(), ..QueryOptions::default() };
        let left =
            |filter: &str| Selection::of(&options(filter), &NODE).map(|left| left.list::<_, Node>(named(&["a", "b"])));
        assert_eq!(left("").unwrap().map(|nodes| nodes.len()), Some(2));
        assert_eq!(left("Node == b").unwrap(), Some(named(&["b"])));
        assert_eq!(left("Node == c").unwrap(), Some(Vec::new()));
        let none = Selection::of(&options(""), &NODE).map(|left| left.list::<_, Node>(named(&[])));
        assert_eq!(none.unwrap(), None);
        assert!(left("Name == a").is_err());
    }

    #[test]
    fn the_source_of_a_question_says_whose_neighbours_come_first() {
        let near_to = |node: &str, ip: &str| {
            near(&QuerySource { node: node.to_owned(), ip: ip.to_owned(), ..QuerySource::default() })
        };
        assert_eq!(near_to("", "127.0.0.1"), Near::Nowhere);
        assert_eq!(near_to("n1", ""), Near::Node("n1".into()));
        assert_eq!(near_to("_ip", "10.0.0.1"), Near::Address([10, 0, 0, 1].into()));
        assert_eq!(near_to("_ip", "nowhere"), Near::Nowhere);
    }
}
