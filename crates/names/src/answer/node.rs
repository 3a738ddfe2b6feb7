//! A node: its address, and its metadata as text.

use super::Asking;
use crate::address::{self, Address};
use crate::lookup::{Found, has_node_records};
use crate::message::{Code, Message, Record, kind};
use crate::meta;
use crate::name::Name;

/// Answers a question for a node. For types that no node has there is nothing, whether the node exists or not.
pub(super) fn answer(asking: &Asking<'_>, found: &Found<'_>, message: &mut Message) {
    let question = asking.question();
    if !has_node_records(question.kind) {
        return;
    }
    let node = match found {
        Found::Node(node) => node,
        Found::Failed => {
            message.code = Code::ServerFailure;
            return;
        }
        _ => return asking.no_such_name(message),
    };
    let ttl = asking.settings.node_ttl;
    if question.kind != kind::TXT {
        message.answers = addresses(asking, address::of_node(node, question.kind));
    }
    if asking.wants_meta_as_answer() {
        message.answers.extend(meta::records(node, &question.name, ttl));
    } else if asking.settings.node_meta_txt {
        message.additionals.extend(meta::records(node, &question.name, ttl));
    }
}

/// The address, when it is of the family that is asked for; or the name it is known by and what that leads to.
fn addresses(asking: &Asking<'_>, address: Option<&str>) -> Vec<Record> {
    let (question, ttl) = (asking.question(), asking.settings.node_ttl);
    match address.map(address::read) {
        Some(Address::Ip(address)) if address::is_wanted(address, question.kind) => vec![asking.record(ttl, address)],
        Some(Address::Name(target)) => match Name::from_text(target) {
            Ok(target) => {
                let mut records = vec![asking.alias(&question.name, ttl, &target)];
                records.extend_from_slice(asking.chased.of(&target));
                records
            }
            Err(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}
