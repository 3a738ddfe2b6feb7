//! Which fields of a body are meant by which fields of a record.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::decode::Json;

/// The fields of one object, sorted out.
#[derive(Debug, Default)]
pub(super) struct Fields<'j> {
    /// What was found: the record's own spelling, and the value. `null` says nothing and is left out.
    pub(super) found: Vec<(&'static str, &'j Json<'j>)>,
    /// What no field is called, or what a field was called a second time.
    pub(super) unknown: Vec<String>,
}

impl<'j> Fields<'j> {
    /// Sorts an object's fields out. A record knows each field by its own name, in Consul's spelling, and perhaps by one in snake case;
    /// what may stand `beside` is passed over.
    pub(super) fn new(
        object: &'j [(Cow<'j, str>, Json<'j>)],
        known: &'static [&'static str],
        beside: &'static [&'static str],
    ) -> Self {
        let mut fields = Self::default();
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        // A field's own name counts most, then the same in letters of another case, then the one in snake case.
        let rank = |name: &str| match name.contains('_') {
            true => 2,
            false => usize::from(!known.contains(&name) && !beside.contains(&name)),
        };
        let mut ordered: Vec<_> = object.iter().collect();
        ordered.sort_by_key(|(name, _)| rank(name));
        for (name, json) in ordered {
            let joined = name.replace('_', "").to_lowercase();
            let is_beside = beside.iter().any(|other| other.eq_ignore_ascii_case(name));
            let is_known = is_beside || known.iter().any(|other| other.eq_ignore_ascii_case(name));
            if !is_known {
                fields.unknown.push(name.to_string());
            } else if taken.contains_key(&joined) {
                fields.unknown.push(if name.contains('_') { joined } else { name.to_string() });
            } else {
                taken.insert(joined.clone(), name);
                let shown = known.iter().copied().find(|other| !other.contains('_') && other.to_lowercase() == joined);
                fields.found.extend(shown.filter(|_| *json != Json::Null).map(|shown| (shown, json)));
            }
        }
        fields
    }
}
