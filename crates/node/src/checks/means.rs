//! What checks are carried out with on this machine: its address, its resolver, its container engine.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use proconsul_agent::Config;
use proconsul_checks::{Engine, EngineError, Lookup, Means, Names, Network, Tls, TlsError, TlsOptions};

use crate::resolve::Resolver;

/// The variable in which Docker's own programs are told where it is.
const ENGINE: &str = "DOCKER_HOST";

/// Why checks cannot be carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum MeansError {
    /// TLS.
    #[error("failed to set up TLS for checks")]
    Tls(#[from] TlsError),
    /// The container engine.
    #[error("{ENGINE} is of no use")]
    Engine(#[from] EngineError),
}

/// With what the checks of this agent are carried out.
pub(crate) fn means(config: &Config, source: Option<IpAddr>, resolver: &Arc<Resolver>) -> Result<Means, MeansError> {
    let network = Network { source, names: Arc::new(ByResolver(Arc::clone(resolver))) };
    let host = std::env::var(ENGINE).unwrap_or_default();
    Ok(Means {
        tls: Arc::new(Tls::load(&TlsOptions::default())?),
        engine: Engine::at(&host, network.clone())?,
        network,
        output_max: config.checks.output_bytes_max,
    })
}

/// The node's resolver, which in a pod is the pod's.
struct ByResolver(Arc<Resolver>);

impl Names for ByResolver {
    fn addresses<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        Box::pin(async move {
            let found: io::Result<Vec<_>> = self.0.resolve(name, 0).await;
            Ok(found?.into_iter().map(|address| address.ip()).collect())
        })
    }
}
