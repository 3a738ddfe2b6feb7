//! Servers for tests: on loopback, each good or bad in one way; certificates of all kinds.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::tls::{Tls, TlsClient, TlsOptions, TlsSettings};

/// Longer than any attempt takes that is not held up on purpose.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// Short enough to be waited for.
pub(crate) const SHORT: Duration = Duration::from_millis(100);

/// A server that lives as long as this.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    _task: JoinSet<()>,
}

impl Peer {
    /// Does this with each connection.
    pub(crate) async fn new<F>(mut serve: impl FnMut(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut serving = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                serving.spawn(serve(stream));
            }
        });
        Self { address, _task: task }
    }

    /// Reads the head of a request and answers with these bytes.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer: Arc<[u8]> = answer.into().into();
        Self::new(move |mut stream| {
            let answer = Arc::clone(&answer);
            async move {
                head(&mut stream).await;
                stream.write_all(&answer).await.unwrap_or_default();
            }
        })
        .await
    }

    /// The same over TLS.
    pub(crate) async fn answering_over_tls(config: ServerConfig, answer: &'static str) -> Self {
        Self::over_tls(config, move |mut stream| async move {
            head(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap_or_default();
            stream.shutdown().await.unwrap_or_default();
        })
        .await
    }

    /// Does this with each connection that shook hands.
    pub(crate) async fn over_tls<F>(
        config: ServerConfig,
        serve: impl FnMut(tokio_rustls::server::TlsStream<TcpStream>) -> F + Clone + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::new(move |stream| {
            let (acceptor, mut serve) = (acceptor.clone(), serve.clone());
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream).await;
                }
            }
        })
        .await
    }

    pub(crate) fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://{}{path}", self.address)
    }
}

/// Reads to the empty line that ends the head of a request.
pub(crate) async fn head(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// A whole answer.
pub(crate) fn answer(status: &str, more_header: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{more_header}\r\n{body}", body.len())
}

/// An authority that signs certificates.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A client that trusts this authority alone.
    pub(crate) fn client(&self, server_name: &str, protocol: &'static [u8]) -> TlsClient {
        let tls = Tls::load(&TlsOptions { ca_file: Some(self.ca_file()), ..TlsOptions::default() }).unwrap();
        let settings = TlsSettings { skip_verify: false, server_name: server_name.to_owned() };
        tls.client(&settings, protocol).unwrap()
    }

    /// A server with a certificate for these names.
    pub(crate) fn server(&self, names: &[&str]) -> ServerConfig {
        self.signed(CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap())
    }

    /// A server whose certificate is over.
    pub(crate) fn expired_server(&self) -> ServerConfig {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.signed(params)
    }

    /// A server that shows the authority's own certificate.
    pub(crate) fn own_server(&self) -> ServerConfig {
        showing(self.issuer.der().clone(), self.issuer.key())
    }

    fn signed(&self, params: CertificateParams) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        showing(certificate.der().clone(), &key)
    }
}

fn showing(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

/// A client that looks at no certificate.
pub(crate) fn trusting(protocol: &'static [u8]) -> TlsClient {
    let settings = TlsSettings { skip_verify: true, server_name: String::new() };
    Tls::load(&TlsOptions::default()).unwrap().client(&settings, protocol).unwrap()
}
