//! Who holds a port of this machine, read from `/proc`: so that a clash is told with the name of the process.

use std::fmt;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Which ports are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP listeners.
    Tcp,
    /// UDP sockets.
    Udp,
}

/// A socket that holds a port, and its process where it may be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortHolder {
    /// Where the socket is bound.
    pub bound: SocketAddr,
    /// Process id and name; `None` when the process belongs to another user.
    pub process: Option<(u32, String)>,
}

impl fmt::Display for PortHolder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.process {
            Some((pid, name)) => write!(out, "{name} (process {pid}) holds {}", self.bound),
            None => write!(out, "a process of another user holds {}", self.bound),
        }
    }
}

/// Who keeps others from binding this address and port: bound to the same, or to all addresses. `None` when it is free.
pub fn holder(address: SocketAddr, transport: Transport) -> Option<PortHolder> {
    let clashes = |bound: &Bound| {
        bound.address.port() == address.port()
            && (bound.address.ip() == address.ip() || bound.address.ip().is_unspecified())
    };
    let bound = bound_sockets(transport).into_iter().find(clashes)?;
    Some(PortHolder { bound: bound.address, process: process_of(bound.inode) })
}

/// The IPv4 addresses on which anything is bound, the wildcard among them.
pub(super) fn bound_addresses() -> Vec<Ipv4Addr> {
    let all = [Transport::Tcp, Transport::Udp].into_iter().flat_map(bound_sockets);
    all.filter_map(|bound| match bound.address.ip() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    })
    .collect()
}

struct Bound {
    address: SocketAddr,
    inode: u64,
}

fn bound_sockets(transport: Transport) -> Vec<Bound> {
    let files = match transport {
        Transport::Tcp => ["/proc/net/tcp", "/proc/net/tcp6"],
        Transport::Udp => ["/proc/net/udp", "/proc/net/udp6"],
    };
    let texts = files.into_iter().filter_map(|file| fs::read_to_string(file).ok());
    texts
        .flat_map(|text| text.lines().skip(1).filter_map(|line| read_line(line, transport)).collect::<Vec<_>>())
        .collect()
}

/// One line of `/proc/net/{tcp,udp}[6]`: local address, remote address, state (0A listens, 07 is unconnected UDP), …, inode.
fn read_line(line: &str, transport: Transport) -> Option<Bound> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let state = if transport == Transport::Tcp { "0A" } else { "07" };
    if *fields.get(3)? != state {
        return None;
    }
    let (ip, port) = fields.get(1)?.split_once(':')?;
    let address = SocketAddr::new(read_ip(ip)?, u16::from_str_radix(port, 16).ok()?);
    Some(Bound { address, inode: fields.get(9)?.parse().ok()? })
}

/// Four bytes in host order, or four such words.
fn read_ip(text: &str) -> Option<IpAddr> {
    let word = |at: usize| u32::from_str_radix(text.get(at..at + 8)?, 16).ok().map(u32::to_ne_bytes);
    if text.len() == 8 {
        return word(0).map(IpAddr::from);
    }
    let mut octets = [0; 16];
    for (place, four) in octets.chunks_mut(4).enumerate() {
        four.copy_from_slice(&word(place * 8)?);
    }
    let address = Ipv6Addr::from(octets);
    Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4))
}

/// The process that has the socket of this inode open.
fn process_of(inode: u64) -> Option<(u32, String)> {
    let wanted = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let pid = pids.find(|pid| {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        open.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|link| link.as_os_str() == wanted.as_str())
    })?;
    Some((pid, name_of(pid)?))
}

/// What the process calls itself; for one without arguments, what the kernel calls it. The kernel's name alone would be `exe`
/// for a program that was started through `/proc/self/exe`.
fn name_of(pid: u32) -> Option<String> {
    let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let first = line.split(['\0', ' ']).next().and_then(|word| word.rsplit('/').next());
    match first.filter(|name| !name.is_empty()) {
        Some(name) => Some(name.to_owned()),
        None => Some(fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim_end().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, UdpSocket};

    use super::*;

    #[test]
    fn a_port_is_told_with_the_process_that_holds_it() {
        let listener = TcpListener::bind("127.0.27.1:0").unwrap();
        let holder_of = |address| holder(address, Transport::Tcp);
        let address = listener.local_addr().unwrap();
        let found = holder_of(address).unwrap();
        assert_eq!((found.bound, found.process.unwrap().0), (address, std::process::id()));
        assert_eq!(holder_of(SocketAddr::new([127, 0, 27, 2].into(), address.port())), None);
    }

    #[test]
    fn a_process_has_the_name_it_was_started_by() {
        let program = std::env::current_exe().unwrap();
        let name = program.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(name_of(std::process::id()), Some(name));
    }

    #[test]
    fn a_wildcard_socket_holds_the_port_of_every_address() {
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        let address = SocketAddr::new([127, 0, 27, 3].into(), socket.local_addr().unwrap().port());
        let told = holder(address, Transport::Udp).unwrap().to_string();
        assert!(told.ends_with(&format!("holds 0.0.0.0:{}", address.port())), "{told}");
    }

    #[test]
    fn addresses_of_the_process_table_are_read() {
        assert_eq!(read_ip("0B1B007F"), Some(IpAddr::from([127, 0, 27, 11])));
        assert_eq!(read_ip("0000000000000000FFFF00000100007F"), Some(IpAddr::from([127, 0, 0, 1])));
        assert_eq!(read_ip("00000000000000000000000000000000"), Some(IpAddr::from([0; 16])));
        assert_eq!(read_ip("xyz"), None);
    }
}
