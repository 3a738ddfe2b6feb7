//! A UDP socket whose answers leave from the address that was asked, also when it is bound to all addresses of the machine.
//!
//! Clients drop an answer from any other address, and the kernel would choose by the way back.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;

use nix::libc::{in_addr, in_pktinfo, in6_addr, in6_pktinfo};
use nix::sys::socket::sockopt::{Ipv4PacketInfo, Ipv6RecvPacketInfo};
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, sendmsg, setsockopt};
use proconsul_base::limit;
use socket2::SockRef;
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// The socket.
#[derive(Debug)]
pub(crate) struct Datagrams {
    socket: UdpSocket,
    /// Whether it is bound to all addresses.
    is_everywhere: bool,
}

/// Who asked, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) client: SocketAddr,
    /// The address that was asked, where the socket has several.
    asked: Option<IpAddr>,
}

impl Datagrams {
    pub(crate) async fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address).await?;
        // The kernel grants as much of it as the machine allows.
        SockRef::from(&socket).set_recv_buffer_size(limit::DNS_RECEIVE_BYTES)?;
        let is_everywhere = address.ip().is_unspecified();
        if is_everywhere && address.is_ipv4() {
            setsockopt(&socket, Ipv4PacketInfo, &true)?;
        } else if is_everywhere {
            setsockopt(&socket, Ipv6RecvPacketInfo, &true)?;
        }
        Ok(Self { socket, is_everywhere })
    }

    /// The next datagram, as much of it as there is room for.
    pub(crate) async fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, Caller)> {
        if self.is_everywhere {
            return self.socket.async_io(Interest::READABLE, || self.receive_now(buffer)).await;
        }
        let (length, client) = self.socket.recv_from(buffer).await?;
        Ok((length, Caller { client, asked: None }))
    }

    /// Sends an answer back, from where it was asked.
    pub(crate) async fn answer(&self, packet: &[u8], caller: Caller) -> io::Result<()> {
        let sent = match caller.asked {
            Some(asked) => {
                self.socket.async_io(Interest::WRITABLE, || self.send_now(packet, asked, caller.client)).await?
            }
            None => match self.socket.try_send_to(packet, caller.client) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.socket.send_to(packet, caller.client).await?
                }
                sent => sent?,
            },
        };
        debug_assert_eq!(sent, packet.len(), "a datagram is sent whole");
        Ok(())
    }

    fn receive_now(&self, buffer: &mut [u8]) -> io::Result<(usize, Caller)> {
        let mut space = nix::cmsg_space!(in_pktinfo, in6_pktinfo);
        let mut parts = [IoSliceMut::new(buffer)];
        let flags = MsgFlags::empty();
        let received = recvmsg::<SockaddrStorage>(self.socket.as_raw_fd(), &mut parts, Some(&mut space), flags)?;
        let client = received.address.as_ref().and_then(address_of).ok_or(io::ErrorKind::InvalidData)?;
        let asked = received.cmsgs()?.find_map(|message| match message {
            ControlMessageOwned::Ipv4PacketInfo(info) => {
                Some(Ipv4Addr::from(info.ipi_spec_dst.s_addr.to_ne_bytes()).into())
            }
            ControlMessageOwned::Ipv6PacketInfo(info) => Some(IpAddr::from(info.ipi6_addr.s6_addr)),
            _ => None,
        });
        Ok((received.bytes, Caller { client, asked }))
    }

    fn send_now(&self, packet: &[u8], asked: IpAddr, client: SocketAddr) -> io::Result<usize> {
        let any = in_addr { s_addr: 0 };
        let (v4, v6);
        let from = match asked {
            IpAddr::V4(asked) => {
                let own = in_addr { s_addr: u32::from_ne_bytes(asked.octets()) };
                v4 = in_pktinfo { ipi_ifindex: 0, ipi_spec_dst: own, ipi_addr: any };
                ControlMessage::Ipv4PacketInfo(&v4)
            }
            IpAddr::V6(asked) => {
                v6 = in6_pktinfo { ipi6_addr: in6_addr { s6_addr: asked.octets() }, ipi6_ifindex: 0 };
                ControlMessage::Ipv6PacketInfo(&v6)
            }
        };
        let client = SockaddrStorage::from(client);
        let parts = [IoSlice::new(packet)];
        Ok(sendmsg(self.socket.as_raw_fd(), &parts, &[from], MsgFlags::empty(), Some(&client))?)
    }
}

fn address_of(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage.as_sockaddr_in().map(|address| SocketAddr::V4(SocketAddrV4::from(*address)));
    v4.or_else(|| storage.as_sockaddr_in6().map(|address| SocketAddr::V6(SocketAddrV6::from(*address))))
}
