//! Nodes, services and checks in a snapshot.
//!
//! ```text
//! nodes     head: the table's last change u64; record: created u64, changed u64, node
//! services  head: the table's last change u64, the last end of a name u64
//!           record: created u64, changed u64, the last change seen by readers of its name u64, and by those who
//!           reach another service through it u64 (0 for none), node text, service
//! checks    head: the table's last change u64
//!           record: created u64, changed u64, node text, check
//! ```
//!
//! The records have the forms of [`crate::record`].

use std::io;

use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::node::{Node, Text};
use proconsul_types::service::Service;

use super::section::{Records, Section};
use crate::record;
use crate::table::checks::Checks;
use crate::table::nodes::Nodes;
use crate::table::services::Services;
use crate::wire::{Body, put_text};

impl Section for Nodes {
    const KIND: u16 = 0x0020;

    fn head(&self, to: &mut Vec<u8>) {
        put_indexes(to, [self.changed()]);
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|node| {
            records.put(|to| {
                put_indexes(to, [node.create_index, node.modify_index]);
                record::node::append(to, node);
            })
        })
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        Some(Self::restored(index(&mut head)?))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        let mut body = Body(record);
        let (create_index, modify_index) = (index(&mut body)?, index(&mut body)?);
        let node = record::node::read(&mut body)?;
        self.restore(Node { create_index, modify_index, ..node });
        body.end()
    }
}

impl Section for Services {
    const KIND: u16 = 0x0021;

    fn head(&self, to: &mut Vec<u8>) {
        put_indexes(to, [self.changed(), self.extinct()]);
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|service| {
            records.put(|to| {
                put_indexes(to, [service.create_index, service.modify_index]);
                put_indexes(to, self.seen(service));
                put_text(to, &service.node);
                record::service::append(to, service);
            })
        })
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        Some(Self::restored(index(&mut head)?, index(&mut head)?))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        let mut body = Body(record);
        let (create_index, modify_index) = (index(&mut body)?, index(&mut body)?);
        let seen = [index(&mut body)?, index(&mut body)?];
        let node = Text::from(body.text()?);
        let service = record::service::read(&mut body, node)?;
        self.restore(Service { create_index, modify_index, ..service }, seen);
        body.end()
    }
}

impl Section for Checks {
    const KIND: u16 = 0x0022;

    fn head(&self, to: &mut Vec<u8>) {
        put_indexes(to, [self.changed()]);
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|check| {
            records.put(|to| {
                put_indexes(to, [check.create_index, check.modify_index]);
                put_text(to, &check.node);
                record::check::append(to, check);
            })
        })
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        Some(Self::restored(index(&mut head)?))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        let mut body = Body(record);
        let (create_index, modify_index) = (index(&mut body)?, index(&mut body)?);
        let node = Text::from(body.text()?);
        let check = record::check::read(&mut body, node)?;
        self.restore(Check { create_index, modify_index, ..check });
        body.end()
    }
}

fn put_indexes<const N: usize>(to: &mut Vec<u8>, indexes: [Index; N]) {
    indexes.iter().for_each(|index| to.extend_from_slice(&index.0.to_le_bytes()));
}

fn index(body: &mut Body<'_>) -> Option<Index> {
    body.u64().map(Index)
}

#[cfg(test)]
mod tests;
