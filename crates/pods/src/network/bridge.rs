//! The network of the namespaces form: one bridge for a state directory, one veth pair for a pod. Speaks netlink itself.

use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsRawFd;

use rtnetlink::{Handle, LinkBridge, LinkUnspec, LinkVeth, RouteMessageBuilder, new_connection};

use super::Cidr;

/// The pod's own name of its interface.
const POD_LINK: &str = "eth0";

/// What failed on the way to a pod's network.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// No netlink socket.
    #[error("cannot speak with the kernel's network configuration")]
    Socket(#[source] io::Error),
    /// The kernel refused a step.
    #[error("cannot {attempt}")]
    Refused {
        /// The step.
        attempt: String,
        /// The kernel's answer.
        source: Box<rtnetlink::Error>,
    },
    /// An interface is not there.
    #[error("network interface {name} is missing")]
    Missing {
        /// Its name.
        name: String,
    },
    /// Every range has a route already.
    #[error("no free address range was found for pods: name one with --pod-cidr")]
    NoneFree,
    /// The range that was asked for is in use.
    #[error("address range {range} overlaps {other} of this machine: name another one with --pod-cidr")]
    Overlap {
        /// The range.
        range: Cidr,
        /// The one in the way.
        other: Cidr,
    },
}

/// The bridge of one state directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bridge {
    /// At most 15 characters.
    pub(crate) name: String,
    pub(crate) range: Cidr,
}

impl Bridge {
    /// The bridge's own address: the pods' way out, and where cluster DNS answers.
    pub(crate) fn gateway(&self) -> Ipv4Addr {
        self.range.at(1)
    }

    /// Makes the bridge with its address, unless it is there already.
    pub(crate) async fn raise(&self) -> Result<(), BridgeError> {
        let handle = netlink()?;
        if index(&self.name).is_err() {
            let made = handle.link().add(LinkBridge::new(&self.name).build()).execute().await;
            made.map_err(|source| refused(format!("create bridge {}", self.name), source))?;
        }
        let added = handle.address().add(index(&self.name)?, IpAddr::V4(self.gateway()), self.range.prefix());
        let added = added.replace().execute().await;
        added.map_err(|source| refused(format!("give {} to bridge {}", self.gateway(), self.name), source))?;
        set_up(&handle, &self.name).await
    }

    /// Removes the bridge; that it is gone already is no error.
    pub(crate) async fn remove(&self) -> Result<(), BridgeError> {
        let Ok(index) = index(&self.name) else {
            return Ok(());
        };
        let removed = netlink()?.link().del(index).execute().await;
        removed.map_err(|source| refused(format!("remove bridge {}", self.name), source))
    }
}

/// A way back into the machine's own network, opened before a shim leaves it.
pub(crate) struct Outside {
    handle: Handle,
    namespace: File,
    bridge: u32,
}

impl Outside {
    /// Opens the way; the calling thread must still be in the machine's network.
    pub(crate) fn open(bridge: &Bridge) -> Result<Self, BridgeError> {
        let namespace = File::open("/proc/self/ns/net").map_err(BridgeError::Socket)?;
        Ok(Self { handle: netlink()?, namespace, bridge: index(&bridge.name)? })
    }

    /// Inside the pod's new network: makes its interface with this address and joins the other end to the bridge.
    pub(crate) async fn connect(self, bridge: &Bridge, address: IpAddr, outside_name: &str) -> Result<(), BridgeError> {
        let inside = netlink()?;
        set_up(&inside, "lo").await?;
        let pair = LinkVeth::new(POD_LINK, outside_name).address(hardware_address(address)).build();
        let pair = inside.link().add(pair).execute().await;
        pair.map_err(|source| refused(format!("create the pair {POD_LINK}, {outside_name}"), source))?;
        let leave = LinkUnspec::new_with_name(outside_name).setns_by_fd(self.namespace.as_raw_fd()).build();
        let left = inside.link().set(leave).execute().await;
        left.map_err(|source| refused(format!("hand {outside_name} to the machine's network"), source))?;
        let join = LinkUnspec::new_with_name(outside_name).controller(self.bridge).up().build();
        let joined = self.handle.link().set(join).execute().await;
        joined.map_err(|source| refused(format!("join {outside_name} to bridge {}", bridge.name), source))?;
        let given = inside.address().add(index(POD_LINK)?, address, bridge.range.prefix()).execute().await;
        given.map_err(|source| refused(format!("give {address} to {POD_LINK}"), source))?;
        set_up(&inside, POD_LINK).await?;
        let route = RouteMessageBuilder::<Ipv4Addr>::new().gateway(bridge.gateway()).build();
        let routed = inside.route().add(route).execute().await;
        routed.map_err(|source| refused(format!("route through {}", bridge.gateway()), source))
    }
}

/// A hardware address of the pod's own address, so that neighbours which knew the address before need not learn it anew.
fn hardware_address(address: IpAddr) -> Vec<u8> {
    let last = match address {
        IpAddr::V4(address) => address.to_bits(),
        IpAddr::V6(address) => address.to_bits() as u32,
    };
    [&[0x02, 0x42], last.to_be_bytes().as_slice()].concat()
}

/// The /16s of the private ranges that no interface and no route of this machine touches.
pub(crate) fn free_ranges() -> impl Iterator<Item = Cidr> {
    let used = used_ranges();
    let tens = (88..=250).map(|octet| Ipv4Addr::new(10, octet, 0, 0));
    let others = (16..=31).map(|octet| Ipv4Addr::new(172, octet, 0, 0));
    let choices = tens.chain(others).map(|first| Cidr::around(first, 16));
    choices.filter(move |range| !used.iter().any(|other| range.overlaps(*other)))
}

/// Checks that a range which was asked for is free.
pub(crate) fn check_range(range: Cidr) -> Result<(), BridgeError> {
    match used_ranges().into_iter().find(|other| range.overlaps(*other)) {
        Some(other) => Err(BridgeError::Overlap { range, other }),
        None => Ok(()),
    }
}

/// The destinations of this machine's routes, the default route aside. `/proc/net/route` has destination and mask in its
/// second and eighth field, as hexadecimal words in host order.
fn used_ranges() -> Vec<Cidr> {
    let text = fs::read_to_string("/proc/net/route").unwrap_or_default();
    let read = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let word = |place: usize| u32::from_str_radix(fields.get(place)?, 16).ok().map(u32::from_be);
        let (destination, mask) = (word(1)?, word(7)?);
        let prefix = u8::try_from(mask.count_ones()).ok().filter(|prefix| *prefix > 0)?;
        Some(Cidr::around(Ipv4Addr::from_bits(destination), prefix))
    };
    text.lines().skip(1).filter_map(read).collect()
}

/// A connection in the calling thread's network namespace, driven by a task of the current runtime.
fn netlink() -> Result<Handle, BridgeError> {
    let (connection, handle, _) = new_connection().map_err(BridgeError::Socket)?;
    tokio::spawn(connection);
    Ok(handle)
}

async fn set_up(handle: &Handle, name: &str) -> Result<(), BridgeError> {
    let up = handle.link().set(LinkUnspec::new_with_index(index(name)?).up().build()).execute().await;
    up.map_err(|source| refused(format!("bring {name} up"), source))
}

/// An interface's number in the calling thread's network namespace.
fn index(name: &str) -> Result<u32, BridgeError> {
    nix::net::if_::if_nametoindex(name).map_err(|_| BridgeError::Missing { name: name.to_owned() })
}

fn refused(attempt: String, source: rtnetlink::Error) -> BridgeError {
    BridgeError::Refused { attempt, source: Box::new(source) }
}
