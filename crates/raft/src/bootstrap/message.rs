//! What servers say to each other before there is a cluster, and its bytes:
//!
//! ```text
//! u8 version (1)  u8 kind
//! 0 ask        16 bytes cluster id, u32 length, membership       1 promised   16 bytes cluster id
//! 2 refused    u8 is_member                                      3 release    16 bytes cluster id
//! ```

use bytes::Bytes;
use proconsul_base::id::ClusterId;

use crate::codec::{Malformed, Put, Reader};
use crate::membership::Membership;

const VERSION: u8 = 1;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BootstrapMessage {
    /// Will you belong to this cluster, and to no other?
    Ask {
        /// The cluster to be.
        cluster: ClusterId,
        /// Its first members.
        members: Membership,
    },
    /// I will, and I shall remember.
    Promised {
        /// Which cluster.
        cluster: ClusterId,
    },
    /// I cannot.
    Refused {
        /// Because there is a cluster already.
        is_member: bool,
    },
    /// The attempt is given up.
    Release {
        /// Which.
        cluster: ClusterId,
    },
}

impl BootstrapMessage {
    /// Appends the message's bytes.
    pub fn encode_into(&self, to: &mut Vec<u8>) {
        to.put_u8(VERSION);
        match self {
            Self::Ask { cluster, members } => {
                to.put_u8(0);
                to.put(cluster.as_bytes());
                to.put_bytes(&members.encode());
            }
            Self::Promised { cluster } => {
                to.put_u8(1);
                to.put(cluster.as_bytes());
            }
            Self::Refused { is_member } => {
                to.put_u8(2);
                to.put_bool(*is_member);
            }
            Self::Release { cluster } => {
                to.put_u8(3);
                to.put(cluster.as_bytes());
            }
        }
    }

    /// From its bytes.
    pub fn decode(bytes: &Bytes) -> Result<Self, Malformed> {
        let mut from = Reader::new(bytes);
        from.version(VERSION)?;
        let message = match from.u8("the kind of a message")? {
            0 => Self::Ask { cluster: cluster(&mut from)?, members: Membership::decode(&from.bytes("the members")?)? },
            1 => Self::Promised { cluster: cluster(&mut from)? },
            2 => Self::Refused { is_member: from.bool("is_member")? },
            3 => Self::Release { cluster: cluster(&mut from)? },
            _ => return Err(Malformed::Value("the kind of a message")),
        };
        from.end()?;
        Ok(message)
    }
}

fn cluster(from: &mut Reader<'_>) -> Result<ClusterId, Malformed> {
    from.uuid("a cluster id").map(ClusterId::from_bytes)
}
