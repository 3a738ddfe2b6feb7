//! A server's Raft identity on disk. Knows its text, not how it is chosen.

use std::fmt::Write as _;

use bytes::Bytes;
use proconsul_base::id::{ClusterId, NodeId, RaftId};

const TITLE: &str = "proconsul identity 1";

/// Who a server is in Raft: made together with its log, kept beside it. As text:
///
/// ```text
/// proconsul identity 1
/// raft-id 0123456789abcdef
/// node-id 6e5d25d3-3b4c-4c5f-9d0b-1f2e3d4c5b6a
/// node-name consul-0
/// cluster-id 01234567-89ab-cdef-0123-456789abcdef     or "none"
/// promise 00ff                                        hexadecimal, may be empty
/// crc32c 12345678                                     of all lines above
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The peer in Raft.
    pub raft_id: RaftId,
    /// The node it belongs to.
    pub node_id: NodeId,
    /// The node's name when the identity was last written, for messages.
    pub node_name: String,
    /// The cluster, once it is known.
    pub cluster_id: Option<ClusterId>,
    /// What was promised during bootstrap, in the caller's own encoding; empty when nothing was.
    pub promise: Bytes,
}

/// What is wrong with an identity's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityDamage {
    /// The first line is another.
    #[error("it does not begin with {TITLE:?}")]
    Title,
    /// The checksum is missing or wrong.
    #[error("its checksum is wrong")]
    Checksum,
    /// A line is missing, or its value cannot be read.
    #[error("the line {0:?} is missing or cannot be read")]
    Line(&'static str),
}

impl Identity {
    /// The text with its checksum.
    pub(super) fn to_text(&self) -> String {
        assert!(!self.node_name.contains('\n'), "a node name is one line");
        let mut text =
            format!("{TITLE}\nraft-id {}\nnode-id {}\nnode-name {}\n", self.raft_id, self.node_id, self.node_name);
        match self.cluster_id {
            Some(id) => text.push_str(&format!("cluster-id {id}\n")),
            None => text.push_str("cluster-id none\n"),
        }
        text.push_str("promise ");
        for byte in &self.promise {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
        let sum = crc32c::crc32c(text.as_bytes());
        text.push_str(&format!("crc32c {sum:08x}\n"));
        text
    }

    /// From the text with its checksum.
    pub(super) fn from_text(bytes: &[u8]) -> Result<Self, IdentityDamage> {
        let text = std::str::from_utf8(bytes).map_err(|_| IdentityDamage::Checksum)?;
        if !text.starts_with(TITLE) {
            return Err(IdentityDamage::Title);
        }
        let body = text.rfind("crc32c ").map(|at| text.split_at(at)).ok_or(IdentityDamage::Checksum)?;
        if body.1 != format!("crc32c {:08x}\n", crc32c::crc32c(body.0.as_bytes())) {
            return Err(IdentityDamage::Checksum);
        }
        let line = |key: &'static str| {
            let found = body.0.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
            found.ok_or(IdentityDamage::Line(key))
        };
        Ok(Self {
            raft_id: line("raft-id")?.parse().map_err(|_| IdentityDamage::Line("raft-id"))?,
            node_id: line("node-id")?.parse().map_err(|_| IdentityDamage::Line("node-id"))?,
            node_name: line("node-name")?.to_owned(),
            cluster_id: match line("cluster-id")? {
                "none" => None,
                id => Some(id.parse().map_err(|_| IdentityDamage::Line("cluster-id"))?),
            },
            promise: from_hexadecimal(line("promise")?).ok_or(IdentityDamage::Line("promise"))?,
        })
    }
}

fn from_hexadecimal(text: &str) -> Option<Bytes> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| digit.to_digit(16).map(|value| value as u8)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
