//! The kinds of records, by Consul's numbers.

use std::collections::BTreeMap;
use std::fmt;

pub(super) const REGISTER: u8 = 0;
pub(super) const KEY: u8 = 2;
pub(super) const SESSION: u8 = 3;
pub(super) const TOMBSTONE: u8 = 5;
pub(super) const COORDINATES: u8 = 6;
pub(super) const QUERY: u8 = 7;
pub(super) const AUTOPILOT: u8 = 9;
pub(super) const INTENTION: u8 = 12;
pub(super) const INDEX: u8 = 16;
pub(super) const CONFIG_ENTRY: u8 = 22;
pub(super) const CHUNKING: u8 = 29;

/// Set in a kind that may be passed over by who does not know it.
const SAFE_TO_SKIP: u8 = 0x80;

/// The kinds that have no place here, and what they are: access control and certificates, what other datacenters tell, what
/// later versions derive from other records or keep for features that are not here.
const WITHOUT_PLACE: [(u8, &str); 24] = [
    (4, "legacy ACLs"),
    (10, "network areas"),
    (13, "certificate authority roots"),
    (14, "certificate authority state"),
    (15, "certificate authority configuration"),
    (17, "ACL tokens"),
    (19, "ACL policies"),
    (23, "ACL roles"),
    (25, "ACL binding rules"),
    (27, "ACL auth methods"),
    (CHUNKING, "parts of large writes"),
    (30, "federation states"),
    (31, "system metadata"),
    (32, "virtual addresses"),
    (33, "virtual addresses"),
    (34, "names of services by kind"),
    (35, "peerings"),
    (36, "peerings"),
    (38, "peering trust bundles"),
    (39, "peering trust bundles"),
    (40, "peering secrets"),
    (41, "log verification"),
    (42, "resources"),
    (43, "virtual addresses"),
];

/// What a kind is that has no place here; `None` for one that nobody knows and that must not be passed over.
pub(super) fn without_place(kind: u8) -> Option<&'static str> {
    let known = WITHOUT_PLACE.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name);
    known.or_else(|| (kind & SAFE_TO_SKIP != 0).then_some("records of later versions"))
}

/// How many records were passed over, by what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<&'static str, u64>);

impl Skipped {
    /// One more of these.
    pub(super) fn add(&mut self, what: &'static str) {
        // Written by every server that holds no part of a large write: nothing is missing.
        if what != "parts of large writes" {
            *self.0.entry(what).or_default() += 1;
        }
    }

    /// What they are, and how many.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(what, count)| (*what, *count))
    }
}

impl fmt::Display for Skipped {
    /// `2 ACL tokens, 1 federation states`, or `nothing`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (place, (what, count)) in self.iter().enumerate() {
            write!(f, "{}{count} {what}", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
