//! One way to find out how something is, carried out once.

use crate::docker::Docker;
use crate::grpc::Grpc;
use crate::h2ping::H2Ping;
use crate::http::Http;
use crate::os_service::OsService;
use crate::outcome::Outcome;
use crate::script::Script;
use crate::tcp::Tcp;
use crate::udp::Udp;

/// One way to find out how something is.
#[derive(Debug)]
pub(crate) enum Probe {
    /// An HTTP request.
    Http(Box<Http>),
    /// A TCP connection.
    Tcp(Tcp),
    /// A datagram.
    Udp(Udp),
    /// A call of the health service of gRPC.
    Grpc(Grpc),
    /// A ping of HTTP/2.
    H2Ping(H2Ping),
    /// A program.
    Script(Script),
    /// A program in a container.
    Docker(Docker),
    /// A unit of the service manager.
    OsService(OsService),
}

impl Probe {
    /// Asks once. Ends within the probe's timeout, and leaves nothing behind when it is dropped earlier.
    pub(crate) async fn run(&self) -> Outcome {
        match self {
            Self::Http(http) => http.run().await,
            Self::Tcp(tcp) => tcp.run().await,
            Self::Udp(udp) => udp.run().await,
            Self::Grpc(grpc) => grpc.run().await,
            Self::H2Ping(ping) => ping.run().await,
            Self::Script(script) => script.run().await,
            Self::Docker(docker) => docker.run().await,
            Self::OsService(service) => service.run().await,
        }
    }
}
