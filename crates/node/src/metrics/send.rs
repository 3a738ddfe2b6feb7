//! Sinks that are told of each event. What they do not take is lost: metrics never hold the agent up.

use std::time::Duration;

use proconsul_agent::config::TelemetryConfig;
use proconsul_telemetry::registry;
use proconsul_telemetry::text::statsd::{self, Dialect};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How often events are sent, as go-metrics does.
const PERIOD: Duration = Duration::from_millis(100);

/// The largest datagram: one that is not cut into pieces on the way.
const PACKET_BYTES: usize = 1400;

/// How long a sink may take to be reached or to take what is sent.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many periods pass before a sink that was lost is tried again.
const RETRY_PERIODS: u32 = 50;

/// All sinks of an agent.
pub(super) struct Sinks(Vec<Sink>);

struct Sink {
    address: String,
    tags: Option<Vec<String>>,
    by: By,
    connection: Option<Connection>,
    /// Periods until it is tried again.
    waits: u32,
}

#[derive(Clone, Copy)]
enum By {
    Datagrams,
    Stream,
}

enum Connection {
    Datagrams(UdpSocket),
    Stream(TcpStream),
}

impl Sinks {
    pub(super) fn of(telemetry: &TelemetryConfig) -> Self {
        let sink = |address: &Option<String>, tags, by| {
            address.clone().map(|address| Sink { address, tags, by, connection: None, waits: 0 })
        };
        let all = [
            sink(&telemetry.statsd, None, By::Datagrams),
            sink(&telemetry.statsite, None, By::Stream),
            sink(&telemetry.dogstatsd, Some(telemetry.dogstatsd_tags.clone()), By::Datagrams),
        ];
        Self(all.into_iter().flatten().collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sends until the agent stops.
    pub(super) async fn send(mut self) {
        let mut periods = interval(PERIOD);
        periods.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            periods.tick().await;
            let ((events, lost), view) = (registry::take_events(), registry::view());
            if lost > 0 {
                tracing::warn!(target: "agent", lost, "events of metrics were not sent: there were too many at once");
            }
            for sink in &mut self.0 {
                let mut text = String::new();
                let dialect = sink.tags.as_deref().map_or(Dialect::Plain, Dialect::Tagged);
                events.iter().for_each(|event| statsd::push(&mut text, event, &view, dialect));
                sink.take(&text).await;
            }
        }
    }
}

impl Sink {
    async fn take(&mut self, text: &str) {
        if self.waits > 0 {
            self.waits -= 1;
            return;
        }
        if text.is_empty() {
            return;
        }
        let connection = match self.connection.take() {
            Some(connection) => Ok(connection),
            None => within(connect(self.by, &self.address)).await,
        };
        let sent = match connection {
            Ok(connection) => within(tell(connection, text)).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(connection) => self.connection = Some(connection),
            Err(error) => {
                tracing::warn!(target: "agent", address = self.address, %error, "Error connecting to the sink of metrics, will retry");
                self.waits = RETRY_PERIODS;
            }
        }
    }
}

async fn within<T>(work: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
}

async fn connect(by: By, address: &str) -> std::io::Result<Connection> {
    match by {
        By::Stream => TcpStream::connect(address).await.map(Connection::Stream),
        By::Datagrams => {
            let mut refused = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
            for to in tokio::net::lookup_host(address).await? {
                let from = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
                let socket = UdpSocket::bind(from).await?;
                match socket.connect(to).await {
                    Ok(()) => return Ok(Connection::Datagrams(socket)),
                    Err(error) => refused = error,
                }
            }
            Err(refused)
        }
    }
}

/// Gives the connection back, unless it is broken.
async fn tell(connection: Connection, text: &str) -> std::io::Result<Connection> {
    match connection {
        Connection::Stream(mut stream) => {
            stream.write_all(text.as_bytes()).await?;
            Ok(Connection::Stream(stream))
        }
        Connection::Datagrams(socket) => {
            for packet in packets(text) {
                // Nobody listens yet, perhaps: the next is sent all the same.
                let _unheard = socket.send(packet.as_bytes()).await;
            }
            Ok(Connection::Datagrams(socket))
        }
    }
}

/// Whole lines, as many as fit into one datagram each.
fn packets(text: &str) -> Vec<&str> {
    let (mut packets, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let fitting = rest.len().min(PACKET_BYTES);
        let end = rest.as_bytes()[..fitting].iter().rposition(|&byte| byte == b'\n');
        // A line that is longer than a datagram goes alone.
        let end = end.or_else(|| rest.find('\n')).map_or(rest.len(), |end| end + 1);
        let (packet, behind) = rest.split_at(end);
        packets.push(packet);
        rest = behind;
    }
    packets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_holds_whole_lines() {
        let line = format!("{}\n", "x".repeat(499));
        let text = line.repeat(5) + &"y".repeat(2000) + "\nz\n";
        let sizes: Vec<usize> = packets(&text).iter().map(|packet| packet.len()).collect();
        assert_eq!(sizes, [1000, 1000, 500, 2001, 2]);
        assert!(packets("").is_empty());
    }
}
