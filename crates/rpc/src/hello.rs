//! The handshake: each connection names its cluster and both ends before anything else.
//!
//! ```text
//! asker    -> service u8 (0x10 raft, 0x11 calls, 0x12 snapshot)
//!             version u8 = 1, cluster 16 bytes (zero: none yet), from u64 LE, to u64 LE (zero: whoever answers)
//! answerer -> verdict u8 (0 welcome, 1 another cluster, 2 another peer, 3 unknown version, 4 not served now),
//!             cluster 16 bytes, its Raft id u64 LE
//! ```
//!
//! A mismatch closes the connection: an address that now belongs to another server is noticed before the first message
//! (design: Raft identity). The first byte shares port 8300 with Consul's own protocols, which use 0 to 9; whoever
//! listens reads it.

use proconsul_base::id::{ClusterId, RaftId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The only version of the handshake.
const VERSION: u8 = 1;

/// What a connection is for; the number is its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Service {
    /// Raft messages, one way.
    Raft = 0x10,
    /// Calls and their answers, many at a time.
    Calls = 0x11,
    /// One snapshot, one way, then one byte back.
    Snapshot = 0x12,
}

impl Service {
    fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x10 => Some(Self::Raft),
            0x11 => Some(Self::Calls),
            0x12 => Some(Self::Snapshot),
            _ => None,
        }
    }
}

/// Who a server is on this port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its cluster; `None` until it has one.
    pub cluster: Option<ClusterId>,
    /// Its Raft identity.
    pub raft_id: RaftId,
}

/// What an accepted connection said of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// What it wants.
    pub service: Service,
    /// Who asks.
    pub from: Identity,
    /// Whom it means to reach; `None` for whoever listens here.
    pub to: Option<RaftId>,
}

/// How the answering end took a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// Go on.
    Welcome = 0,
    /// The two ends belong to different clusters.
    OtherCluster = 1,
    /// The address belongs to another server than the one meant.
    OtherPeer = 2,
    /// The asker speaks a version the answerer does not know.
    UnknownVersion = 3,
    /// The answerer does not serve this now.
    NotServed = 4,
}

/// Why a handshake failed.
#[derive(Debug, thiserror::Error)]
pub enum HelloError {
    /// The connection broke.
    #[error("the connection broke during the handshake")]
    Io(#[from] std::io::Error),
    /// The first byte selects a protocol this program does not speak.
    #[error("first byte {0:#04x} selects {protocol}, which is not served on this port", protocol = absent(*.0))]
    UnknownService(u8),
    /// Another version of the handshake.
    #[error("handshake version {0} is not known here; expected {VERSION}")]
    UnknownVersion(u8),
    /// An id of zero where one is needed.
    #[error("the handshake carries no Raft id")]
    NoIdentity,
    /// The other end refused.
    #[error("refused: the server there is {there:?} ({verdict:?})")]
    Refused {
        /// Its reason.
        verdict: Verdict,
        /// Who it is.
        there: Identity,
    },
}

/// Says who asks for what, and reads the verdict; the answerer's identity on success.
pub async fn ask<S>(stream: &mut S, hello: Hello) -> Result<Identity, HelloError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut bytes = Vec::with_capacity(34);
    bytes.extend([hello.service as u8, VERSION]);
    put_identity(&mut bytes, hello.from);
    bytes.extend(hello.to.map_or(0, RaftId::get).to_le_bytes());
    stream.write_all(&bytes).await?;
    let mut reply = [0; 25];
    stream.read_exact(&mut reply).await?;
    let there = take_identity(&reply[1..])?;
    let verdict = match reply[0] {
        0 => return Ok(there),
        1 => Verdict::OtherCluster,
        2 => Verdict::OtherPeer,
        3 => Verdict::UnknownVersion,
        _ => Verdict::NotServed,
    };
    Err(HelloError::Refused { verdict, there })
}

/// Reads what an accepted connection says of itself after its first byte. The caller judges it and answers with [`answer`].
pub async fn hear<S>(first: u8, stream: &mut S) -> Result<Hello, HelloError>
where
    S: AsyncRead + Unpin,
{
    let service = Service::from_byte(first).ok_or(HelloError::UnknownService(first))?;
    let version = stream.read_u8().await?;
    if version != VERSION {
        return Err(HelloError::UnknownVersion(version));
    }
    let mut rest = [0; 32];
    stream.read_exact(&mut rest).await?;
    Ok(Hello { service, from: take_identity(&rest[..24])?, to: RaftId::new(u64_at(&rest, 24)) })
}

/// Answers a handshake.
pub async fn answer<S>(stream: &mut S, verdict: Verdict, me: Identity) -> std::io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    let mut bytes = Vec::with_capacity(25);
    bytes.push(verdict as u8);
    put_identity(&mut bytes, me);
    stream.write_all(&bytes).await
}

/// What Consul means by a first byte that is not served.
fn absent(first: u8) -> &'static str {
    match first {
        1 | 9 => "Raft between Consul's servers",
        2 => "a multiplexer of Consul before 0.4",
        3 | 7 | 22 => "TLS",
        6 => "gossip through mesh gateways",
        8 => "gRPC between Consul's servers",
        _ => "no protocol of Consul's",
    }
}

fn put_identity(bytes: &mut Vec<u8>, identity: Identity) {
    bytes.extend(identity.cluster.map_or([0; 16], |cluster| *cluster.as_bytes()));
    bytes.extend(identity.raft_id.get().to_le_bytes());
}

fn take_identity(bytes: &[u8]) -> Result<Identity, HelloError> {
    let mut cluster = [0; 16];
    cluster.copy_from_slice(&bytes[..16]);
    let raft_id = RaftId::new(u64_at(bytes, 16)).ok_or(HelloError::NoIdentity)?;
    Ok(Identity { cluster: (cluster != [0; 16]).then(|| ClusterId::from_bytes(cluster)), raft_id })
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}

#[cfg(test)]
mod tests;
