//! Asks a container whether it is well: an HTTP request or a TCP connection, from this machine to the pod's address.

use std::io;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, HTTPGetAction, Probe};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use proconsul_plan::probe::Kind;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The longest status line that is read, in bytes.
const STATUS_LINE_BYTES: u64 = 1024;

/// Why a probe failed, in the kubelet's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure(pub(super) String);

/// The probe of a kind that a container has.
pub(super) fn of(container: &Container, kind: Kind) -> Option<&Probe> {
    match kind {
        Kind::Startup => container.startup_probe.as_ref(),
        Kind::Readiness => container.readiness_probe.as_ref(),
        Kind::Liveness => container.liveness_probe.as_ref(),
    }
}

/// Runs a probe once.
pub(super) async fn run(container: &Container, probe: &Probe, pod_address: &str) -> Result<(), Failure> {
    let seconds = probe.timeout_seconds.and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(1).max(1);
    let wait = Duration::from_secs(seconds);
    if let Some(get) = &probe.http_get {
        let host = get.host.as_deref().unwrap_or(pod_address);
        return match port(container, &get.port) {
            Some(port) => http(host, port, get, wait).await,
            None => Err(unknown_port(&get.port)),
        };
    }
    if let Some(socket) = &probe.tcp_socket {
        let host = socket.host.as_deref().unwrap_or(pod_address);
        return match port(container, &socket.port) {
            Some(port) => tcp(host, port, wait).await.map(drop),
            None => Err(unknown_port(&socket.port)),
        };
    }
    Err(Failure("this runtime runs httpGet and tcpSocket probes only".to_owned()))
}

async fn tcp(host: &str, port: u16, wait: Duration) -> Result<TcpStream, Failure> {
    match timeout(wait, TcpStream::connect((host, port))).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(Failure(format!("dial tcp {host}:{port}: connect: {}", plain(&error)))),
        Err(_) => Err(Failure(format!("dial tcp {host}:{port}: i/o timeout"))),
    }
}

async fn http(host: &str, port: u16, get: &HTTPGetAction, wait: Duration) -> Result<(), Failure> {
    let path = get.path.as_deref().unwrap_or("/");
    let url = format!("http://{host}:{port}{path}");
    let headers: String =
        get.http_headers.iter().flatten().map(|header| format!("{}: {}\r\n", header.name, header.value)).collect();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: kube-probe/1.36\r\nAccept: */*\r\nConnection: close\r\n{headers}\r\n"
    );
    let stream = tcp(host, port, wait).await.map_err(|Failure(why)| Failure(format!("Get \"{url}\": {why}")))?;
    match timeout(wait, status(stream, &request)).await {
        Ok(Ok(code)) if (200..400).contains(&code) => Ok(()),
        Ok(Ok(code)) => Err(Failure(format!("HTTP probe failed with statuscode: {code}"))),
        Ok(Err(error)) => Err(Failure(format!("Get \"{url}\": {}", plain(&error)))),
        Err(_) => Err(Failure(format!(
            "Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        ))),
    }
}

async fn status(mut stream: TcpStream, request: &str) -> io::Result<u16> {
    stream.write_all(request.as_bytes()).await?;
    let mut line = String::new();
    let limited = tokio::io::AsyncReadExt::take(stream, STATUS_LINE_BYTES);
    BufReader::new(limited).read_line(&mut line).await?;
    let code = line.split_whitespace().nth(1).and_then(|code| code.parse().ok());
    code.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("malformed HTTP response {line:?}")))
}

fn port(container: &Container, port: &IntOrString) -> Option<u16> {
    let number = match port {
        IntOrString::Int(number) => *number,
        IntOrString::String(name) => {
            container.ports.iter().flatten().find(|port| port.name.as_ref() == Some(name))?.container_port
        }
    };
    u16::try_from(number).ok()
}

fn unknown_port(port: &IntOrString) -> Failure {
    match port {
        IntOrString::Int(number) => Failure(format!("invalid port number: {number}")),
        IntOrString::String(name) => Failure(format!("couldn't find port: {name}")),
    }
}

/// The system's reason without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;

    async fn answering(reply: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.28.201:0").await.expect("binds");
        let port = listener.local_addr().expect("bound").port();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                client.write_all(reply.as_bytes()).await.expect("writes");
            }
        });
        port
    }

    async fn probe(port: u16) -> Result<(), Failure> {
        let container = serde_json::from_value(json!({"name": "c", "ports": [{"name": "web", "containerPort": port}]}))
            .expect("fits");
        let probe = serde_json::from_value(json!({"httpGet": {"path": "/ready", "port": "web"}})).expect("fits");
        run(&container, &probe, "127.0.28.201").await
    }

    #[tokio::test]
    async fn a_status_from_200_to_399_passes() {
        assert_eq!(probe(answering("HTTP/1.1 301 Moved Permanently\r\n\r\n").await).await, Ok(()));
        let failed = probe(answering("HTTP/1.1 503 Service Unavailable\r\n\r\n").await).await;
        assert_eq!(failed, Err(Failure("HTTP probe failed with statuscode: 503".to_owned())));
    }

    #[tokio::test]
    async fn a_refused_connection_is_told_in_the_kubelets_words() {
        let port = TcpListener::bind("127.0.28.201:0").await.expect("binds").local_addr().expect("bound").port();
        let Err(Failure(why)) = probe(port).await else { panic!("nobody listens") };
        assert_eq!(
            why,
            format!(
                "Get \"http://127.0.28.201:{port}/ready\": dial tcp 127.0.28.201:{port}: connect: connection refused"
            )
        );
    }
}
