//! TLS as checks ask for it: whom to trust, what to show, which name a certificate must have.

mod unverified;
mod words;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::client::WantsClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::unverified::Unverified;
pub(crate) use self::words::{handshake_reason, is_plain};

/// What all checks of an agent have in common; nothing for what the system trusts and no certificate of our own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsOptions {
    /// Certificates to trust, in PEM, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// The certificate to show, with those that lead to its root, in PEM.
    pub cert_file: Option<PathBuf>,
    /// Its key, in PEM.
    pub key_file: Option<PathBuf>,
}

/// Why TLS cannot be used as it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file does not hold what it should.
    #[error("failed to read {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// Only one of certificate and key was given.
    #[error("a certificate needs its key and a key its certificate; only {0} was given")]
    Half(PathBuf),
    /// Certificate, key or root are unusable.
    #[error("unusable certificate or key")]
    Unusable(#[from] rustls::Error),
    /// The name that certificates must have is none.
    #[error("{0:?} is no name that a certificate can have")]
    Name(String, #[source] InvalidDnsNameError),
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// What TLS connections are made of; read once for all checks of an agent.
#[derive(Debug)]
pub struct Tls {
    /// The given roots, else the system's, which are read when they are first needed.
    roots: OnceLock<Arc<RootCertStore>>,
    identity: Option<Identity>,
    provider: Arc<CryptoProvider>,
}

impl Tls {
    /// Reads the files.
    pub fn load(options: &TlsOptions) -> Result<Self, TlsError> {
        let roots = OnceLock::new();
        if let Some(path) = &options.ca_file {
            let mut store = RootCertStore::empty();
            for certificate in certificates(path)? {
                store.add(certificate)?;
            }
            roots.get_or_init(|| Arc::new(store));
        }
        let identity = match (&options.cert_file, &options.key_file) {
            (Some(certificate), Some(key)) => Some((
                certificates(certificate)?,
                PrivateKeyDer::from_pem_file(key).map_err(|source| file(key, source))?,
            )),
            (None, None) => None,
            (Some(only), None) | (None, Some(only)) => return Err(TlsError::Half(only.clone())),
        };
        Ok(Self { roots, identity, provider: Arc::new(rustls::crypto::ring::default_provider()) })
    }

    /// A client for one check. `protocol` is what is to be spoken inside.
    pub(crate) fn client(&self, settings: &TlsSettings, protocol: &'static [u8]) -> Result<TlsClient, TlsError> {
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&self.provider)).with_safe_default_protocol_versions()?;
        let builder = if settings.skip_verify {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(Arc::clone(&self.provider))))
        } else {
            builder.with_root_certificates(Arc::clone(self.roots.get_or_init(|| Arc::new(system_roots()))))
        };
        let mut config = self.show_identity(builder)?;
        config.alpn_protocols = vec![protocol.to_vec()];
        let name = match settings.server_name.as_str() {
            "" => None,
            name => Some(server_name(name).map_err(|error| TlsError::Name(name.to_owned(), error))?),
        };
        Ok(TlsClient { config: Arc::new(config), name })
    }

    fn show_identity(&self, builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> Result<ClientConfig, TlsError> {
        Ok(match &self.identity {
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.clone_key())?,
            None => builder.with_no_client_auth(),
        })
    }
}

/// What one check asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    /// Whether certificates are not looked at.
    pub(crate) skip_verify: bool,
    /// The name that certificates must have; empty for the host that is asked.
    pub(crate) server_name: String,
}

/// Makes TLS connections for one check.
#[derive(Clone, Debug)]
pub(crate) struct TlsClient {
    config: Arc<ClientConfig>,
    name: Option<ServerName<'static>>,
}

impl TlsClient {
    /// Shakes hands over this connection to `host`.
    pub(crate) async fn connect(&self, host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => server_name(host).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?,
        };
        TlsConnector::from(Arc::clone(&self.config)).connect(name, stream).await
    }
}

fn server_name(name: &str) -> Result<ServerName<'static>, InvalidDnsNameError> {
    // An empty host is this one.
    ServerName::try_from(if name.is_empty() { "localhost" } else { name }.to_owned())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    read.map_err(|source| file(path, source))
}

fn file(path: &Path, source: pem::Error) -> TlsError {
    TlsError::File { path: path.to_owned(), source }
}

fn system_roots() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in found.errors {
        tracing::warn!(target: "agent", %error, "a certificate that the system trusts could not be read");
    }
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(found.certs);
    store
}

#[cfg(test)]
mod tests;
