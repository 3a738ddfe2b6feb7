//! What `?filter=` leaves of a list. Knows no record: a family brings the shape of its own.

use proconsul_filter::{Filter, FilterError, Shape};
use serde::Serialize;

use crate::query::Query;

/// The records that a request wants; all without a filter.
#[derive(Debug)]
pub(crate) struct Selection(Option<Filter>);

impl Selection {
    /// Reads the filter of a query.
    pub(crate) fn of(query: &Query<'_>, shape: &'static Shape) -> Result<Self, FilterError> {
        query.filled("filter").map(|expression| Filter::new(expression, shape)).transpose().map(Self)
    }

    /// Whether a record is wanted, in the form in which it is shown.
    pub(crate) fn has(&self, shown: &impl Serialize) -> bool {
        let Some(filter) = &self.0 else { return true };
        serde_json::to_value(shown).is_ok_and(|record| filter.matches(&record))
    }

    /// Whether every record is wanted.
    pub(crate) fn takes_all(&self) -> bool {
        self.0.is_none()
    }

    /// Whether a record is wanted that `write` appends as it is shown.
    pub(crate) fn has_written(&self, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let Some(filter) = &self.0 else { return true };
        let mut shown = Vec::new();
        write(&mut shown);
        serde_json::from_slice(&shown).is_ok_and(|record| filter.matches(&record))
    }

    /// The wanted records of a list, in its order.
    pub(crate) fn from<T: Serialize>(&self, mut list: Vec<T>) -> Vec<T> {
        if self.0.is_some() {
            list.retain(|shown| self.has(shown));
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    static NODE: Shape = Shape::Record(&[("Node", Shape::Text)]);

    fn selected(query: &str) -> Result<usize, FilterError> {
        let list = vec![json!({"Node": "a"}), json!({"Node": "b"})];
        Selection::of(&Query::parse(Some(query)).unwrap(), &NODE).map(|selection| selection.from(list).len())
    }

    #[test]
    fn a_list_is_cut_down_by_its_filter_only() {
        assert_eq!(selected(""), Ok(2));
        assert_eq!(selected("filter="), Ok(2));
        assert_eq!(selected("filter=Node==a"), Ok(1));
        assert_eq!(selected("filter=Node==c"), Ok(0));
        assert_eq!(selected("filter=Name==a"), Err(FilterError::Selector("Name".to_owned())));
    }
}
