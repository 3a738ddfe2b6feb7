//! A door on real sockets before a catalog in memory, asked as clients ask.

mod catalog;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_calls::read::Consistency;
use proconsul_names::message::{Data, Message, Record, kind};
use proconsul_names::name::Name;
use proconsul_names::settings::Settings;
use proconsul_names::wire::{reply, request, write};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use self::catalog::Catalog;
use crate::config::{DnsConfig, RecursorConfig, RecursorStrategy};
use crate::listen::Listener;
use crate::serve::serve;
use crate::tcp;

/// How long an answer may take before the test is given up.
const PATIENCE: Duration = Duration::from_secs(20);
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn name(text: &str) -> Name {
    Name::from_text(text).expect("a name")
}

struct Door {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Door {
    async fn open(catalog: Catalog, servers: Vec<SocketAddr>) -> Self {
        Self::open_at(LOCAL, catalog, servers).await
    }

    async fn open_at(ip: IpAddr, catalog: Catalog, servers: Vec<SocketAddr>) -> Self {
        let listener = Listener::bind(SocketAddr::new(ip, 0)).await.expect("a free port");
        let address = listener.address();
        let config = DnsConfig {
            node_name: "here".to_owned(),
            settings: Settings::new("dc1", name("consul")),
            consistency: Consistency::Stale { at_most: None },
            recursors: RecursorConfig {
                servers,
                strategy: RecursorStrategy::Sequential,
                timeout: Duration::from_millis(200),
                source: Some(LOCAL),
            },
            receivers: 2,
            unix_seconds: || 99,
        };
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let serving =
            tokio::spawn(serve(vec![listener], Arc::new(catalog), watch::channel(config).1, Rng::seeded(3), shutdown));
        Self { address, stop, serving }
    }

    async fn exchange(&self, packet: &[u8]) -> Vec<u8> {
        let socket = UdpSocket::bind(SocketAddr::new(LOCAL, 0)).await.expect("a socket");
        socket.connect(self.address).await.expect("an address");
        socket.send(packet).await.expect("sent");
        let mut buffer = vec![0; 65535];
        let length = timeout(PATIENCE, socket.recv(&mut buffer)).await.expect("an answer in time").expect("an answer");
        buffer.truncate(length);
        buffer
    }

    async fn ask(&self, text: &str, kind: u16) -> (u8, Vec<Record>) {
        let packet = self.exchange(&write::question(&name(text), kind)).await;
        (reply::head(&packet).expect("a head").code, reply::answers(&packet).expect("records"))
    }

    /// The addresses that a name leads to.
    async fn addresses(&self, text: &str) -> Vec<String> {
        let address = |record: Record| match record.data {
            Data::A(address) => address.to_string(),
            other => format!("{other:?}"),
        };
        self.ask(text, kind::A).await.1.into_iter().map(address).collect()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }
}

async fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    timeout(PATIENCE, tcp::read(stream)).await.expect("in time").ok().flatten()
}

/// Another server: `failing.` fails, `silent.` is not answered, `strange.` under another number; others are 9.9.9.`last`.
async fn recursor(last: u8) -> SocketAddr {
    let tcp = TcpListener::bind(SocketAddr::new(LOCAL, 0)).await.expect("a free port");
    let address = tcp.local_addr().expect("an address");
    let udp = UdpSocket::bind(address).await.expect("the same port");
    let reply = move |packet: &[u8]| -> Option<Vec<u8>> {
        let request::Received::Asked(request) = request::read(packet) else { return None };
        let owner = request.question.name.clone();
        let data = Data::A(Ipv4Addr::new(9, 9, 9, last));
        let mut message = Message { id: request.id, question: Some(request.question), ..Message::default() };
        match owner.labels().next() {
            Some(b"silent") => return None,
            Some(b"failing") => message.code = proconsul_names::message::Code::ServerFailure,
            Some(b"strange") => message.id ^= 1,
            _ => message.answers.push(Record { name: owner.clone(), ttl: 300, data }),
        }
        Some(write::packet(&message, true))
    };
    tokio::spawn(async move {
        let mut buffer = vec![0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut buffer).await {
            if let Some(packet) = reply(&buffer[..length]) {
                udp.send_to(&packet, client).await.expect("sent");
            }
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            while let Ok(Some(packet)) = tcp::read(&mut stream).await {
                if let Some(packet) = reply(&packet) {
                    tcp::send(&mut stream, &packet).await.expect("sent");
                }
            }
        }
    });
    address
}

fn catalog() -> Catalog {
    Catalog::default()
        .with("foo", "10.1.0.1", "web", "")
        .with("slow", "10.1.0.2", "db", "10.3.0.2")
        .with("bar", "10.1.0.3", "alias", "foo.node.consul")
        .with("ext", "10.1.0.4", "outside", "db.example.com")
        .with("loop", "loop.node.consul", "looping", "looping.service.dc1.consul")
}

#[tokio::test]
async fn nodes_services_and_queries_are_found() {
    let door = Door::open(catalog(), Vec::new()).await;
    assert_eq!(door.addresses("foo.node.consul").await, ["10.1.0.1"]);
    assert_eq!(door.addresses("slow.node.consul").await, ["10.1.0.2"], "also what is not found at once");
    assert_eq!(door.addresses("db.service.dc1.consul").await, ["10.3.0.2"]);
    assert_eq!(door.ask("db.service.dc2.consul", kind::A).await.0, 3);
    let (code, records) = door.ask("web.query.consul", kind::A).await;
    assert_eq!((code, records[0].ttl), (0, 7));
    assert_eq!(door.ask("none.query.consul", kind::A).await.0, 3);
}

#[tokio::test]
async fn owners_of_addresses_are_found() {
    let door = Door::open(catalog(), Vec::new()).await;
    let pointer = |text: &str| Data::Ptr(name(text));
    let (_, node) = door.ask("1.0.1.10.in-addr.arpa", kind::PTR).await;
    assert_eq!(node[0].data, pointer("foo.node.dc1.consul"));
    let (_, service) = door.ask("2.0.3.10.in-addr.arpa", kind::PTR).await;
    assert_eq!(service[0].data, pointer("db.service.dc1.consul"));
    assert_eq!(door.ask("9.9.9.9.in-addr.arpa", kind::PTR).await.0, 2);
}

#[tokio::test]
async fn names_are_followed_but_not_for_ever() {
    let door = Door::open(catalog(), vec![recursor(1).await]).await;
    let alias = |target: &str| format!("Cname({target})");
    assert_eq!(door.addresses("alias.service.consul").await, [alias("foo.node.consul."), "10.1.0.1".to_owned()]);
    assert_eq!(door.addresses("outside.service.consul").await, [alias("db.example.com."), "9.9.9.1".to_owned()]);
    // As deep as Consul goes.
    let looping = door.addresses("loop.node.consul").await;
    assert_eq!(looping, vec![alias("loop.node.consul."); 4]);
    door.addresses("looping.service.consul").await;
}

#[tokio::test]
async fn other_zones_are_asked_of_the_first_recursor_that_answers() {
    let nobody = Door::open(catalog(), Vec::new()).await;
    assert_eq!(nobody.ask("www.example.com", kind::A).await.0, 5);
    let (first, second) = (recursor(1).await, recursor(2).await);
    let door = Door::open(catalog(), vec![first, second]).await;
    assert_eq!(door.addresses("www.example.com").await, ["9.9.9.1"]);
    for lost in ["silent", "failing", "strange"] {
        assert_eq!(door.ask(&format!("{lost}.example.com"), kind::A).await.0, 2, "{lost}");
    }
    let mut packet = write::question(&name("www.example.com"), kind::A);
    packet[..2].copy_from_slice(&[0xab, 0xcd]);
    assert_eq!(reply::head(&door.exchange(&packet).await).expect("a head").id, 0xabcd);
    let mut stream = door.connect().await;
    tcp::send(&mut stream, &packet).await.expect("sent");
    assert_eq!(reply::answers(&read(&mut stream).await.expect("an answer")).expect("records").len(), 1);
}

#[tokio::test]
async fn a_connection_carries_questions_one_after_the_other() {
    let door = Door::open(catalog(), Vec::new()).await;
    let mut stream = door.connect().await;
    for _ in 0..3 {
        tcp::send(&mut stream, &write::question(&name("foo.node.consul"), kind::A)).await.expect("sent");
        let packet = read(&mut stream).await.expect("an answer");
        assert_eq!(reply::answers(&packet).expect("records").len(), 1);
    }
    // What is no question ends it.
    stream.write_all(b"\x00\x03abc").await.expect("sent");
    assert_eq!(read(&mut stream).await, None);
}

#[tokio::test]
async fn a_connection_has_a_bounded_number_of_questions() {
    let door = Door::open(catalog(), Vec::new()).await;
    let mut stream = door.connect().await;
    let question = write::question(&name("foo.node.consul"), kind::A);
    for _ in 0..proconsul_base::limit::DNS_CONNECTION_QUESTIONS {
        tcp::send(&mut stream, &question).await.expect("sent");
        read(&mut stream).await.expect("an answer");
    }
    assert_eq!(read(&mut stream).await, None);
}

#[tokio::test]
async fn any_packet_leaves_the_door_open() {
    let door = Door::open(catalog(), Vec::new()).await;
    let socket = UdpSocket::bind(SocketAddr::new(LOCAL, 0)).await.expect("a socket");
    let mut rng = Rng::seeded(5);
    let question = write::question(&name("web.service.consul"), kind::ANY);
    for _ in 0..2000 {
        let mut packet = question.clone();
        for _ in 0..rng.below(6) {
            let place = rng.place(packet.len());
            packet[place] = rng.u64() as u8;
        }
        packet.truncate(rng.place(packet.len() + 1));
        socket.send_to(&packet, door.address).await.expect("sent");
    }
    assert_eq!(door.addresses("foo.node.consul").await, ["10.1.0.1"]);
}

#[tokio::test]
async fn an_answer_leaves_from_the_address_that_was_asked() {
    let mut door = Door::open_at(Ipv4Addr::UNSPECIFIED.into(), catalog(), Vec::new()).await;
    for asked in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 77)] {
        door.address.set_ip(asked.into());
        assert_eq!(door.addresses("foo.node.consul").await, ["10.1.0.1"], "{asked}");
    }
}

#[tokio::test]
async fn a_stopped_door_frees_its_port() {
    let door = Door::open(catalog(), Vec::new()).await;
    let idle = door.connect().await;
    door.stop.send(()).expect("it runs");
    timeout(PATIENCE, door.serving).await.expect("in time").expect("without a panic");
    drop(idle);
    UdpSocket::bind(door.address).await.expect("a free port");
}
