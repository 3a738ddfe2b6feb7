//! What a user registered, understood: which kind of check it is, how often, how long, and with what.

use std::sync::Arc;
use std::time::Duration;

use proconsul_types::registration::CheckRegistration;

use crate::alias::Alias;
use crate::docker::{Docker, Engine};
use crate::grpc::{Grpc, H2};
use crate::h2ping::H2Ping;
use crate::http::Http;
use crate::network::Network;
use crate::os_service::OsService;
use crate::probe::Probe;
use crate::script::Script;
use crate::tcp::Tcp;
use crate::thresholds::Thresholds;
use crate::tls::{Tls, TlsClient, TlsError, TlsSettings};
use crate::udp::Udp;

/// Checks are not carried out more often, so that nobody bombs a machine by a typing mistake: Consul's `MinInterval`.
const INTERVAL_MIN: Duration = Duration::from_secs(1);

/// How long an attempt may take that does not say.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a program may take that does not say.
const SCRIPT_TIMEOUT: Duration = Duration::from_secs(30);

/// What checks are carried out with; the same for all of an agent.
#[derive(Clone, Debug)]
pub struct Means {
    /// How others are reached.
    pub network: Network,
    /// How TLS is spoken.
    pub tls: Arc<Tls>,
    /// Where containers are.
    pub engine: Engine,
    /// How much of an output is kept, in bytes (`check_output_max_size`).
    pub output_max: usize,
}

/// What kind of check it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Somebody tells how it is.
    Ttl,
    /// An HTTP request.
    Http,
    /// A TCP connection.
    Tcp,
    /// A datagram.
    Udp,
    /// The health service of gRPC.
    Grpc,
    /// A ping of HTTP/2.
    H2Ping,
    /// A unit of the service manager.
    OsService,
    /// A program in a container.
    Docker,
    /// A program.
    Script,
    /// The health of others.
    Alias,
}

impl Kind {
    /// The kind that follows from what is filled in; `None` when nothing says how it is carried out.
    pub(crate) fn of(check: &CheckRegistration) -> Option<Self> {
        let repeated = check.interval > 0;
        let with = |text: &str| repeated && !text.is_empty();
        Some(match check {
            _ if !check.alias_node.is_empty() || !check.alias_service.is_empty() => Self::Alias,
            _ if check.ttl > 0 => Self::Ttl,
            _ if with(&check.http) => Self::Http,
            _ if with(&check.tcp) => Self::Tcp,
            _ if with(&check.udp) => Self::Udp,
            _ if with(&check.grpc) => Self::Grpc,
            _ if with(&check.h2ping) => Self::H2Ping,
            _ if with(&check.os_service) => Self::OsService,
            _ if repeated && !check.script_args.is_empty() && !check.docker_container_id.is_empty() => Self::Docker,
            _ if repeated && !check.script_args.is_empty() => Self::Script,
            _ => return None,
        })
    }
}

/// How a check is carried out.
#[derive(Debug)]
pub enum Plan {
    /// By asking again and again.
    Repeated(Repeated),
    /// By waiting for somebody to tell, this long.
    Ttl(Duration),
    /// By following other checks.
    Alias(Alias),
}

/// A probe, how often it is carried out, and how many attempts must agree.
#[derive(Debug)]
pub struct Repeated {
    pub(crate) probe: Probe,
    pub(crate) interval: Duration,
    pub(crate) thresholds: Thresholds,
}

/// Why a check cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Nothing says how.
    #[error("Check type is not valid")]
    NoKind,
    /// Its settings of TLS are unusable.
    #[error("Failed to set up TLS: {0}")]
    Tls(#[from] TlsError),
}

impl Plan {
    /// Understands a check that has been validated.
    pub fn of(check: &CheckRegistration, means: &Means) -> Result<Self, PlanError> {
        let planning = Planning { check, means };
        let probe = match Kind::of(check).ok_or(PlanError::NoKind)? {
            Kind::Alias => {
                let (node, service) = (check.alias_node.clone(), check.alias_service.clone());
                return Ok(Self::Alias(Alias { node, service }));
            }
            Kind::Ttl => return Ok(Self::Ttl(length(check.ttl))),
            Kind::Http => Probe::Http(Box::new(planning.http()?)),
            Kind::Tcp => Probe::Tcp(planning.tcp()),
            Kind::Udp => Probe::Udp(planning.udp()),
            Kind::Grpc => Probe::Grpc(planning.grpc()?),
            Kind::H2Ping => Probe::H2Ping(planning.h2ping()?),
            Kind::OsService => Probe::OsService(planning.os_service()),
            Kind::Docker => Probe::Docker(planning.docker()),
            Kind::Script => Probe::Script(planning.script()),
        };
        let thresholds = Thresholds::new(
            check.success_before_passing,
            check.failures_before_warning,
            check.failures_before_critical,
        );
        Ok(Self::Repeated(Repeated { probe, interval: length(check.interval).max(INTERVAL_MIN), thresholds }))
    }
}

/// A check and what it is to be carried out with.
struct Planning<'a> {
    check: &'a CheckRegistration,
    means: &'a Means,
}

impl Planning<'_> {
    fn timeout(&self, default: Duration) -> Duration {
        if self.check.timeout > 0 { length(self.check.timeout) } else { default }
    }

    /// The check's own bound, unless the agent's is lower.
    fn output_max(&self) -> usize {
        match usize::try_from(self.check.output_max_size) {
            Ok(own @ 1..) => own.min(self.means.output_max),
            _ => self.means.output_max,
        }
    }

    fn network(&self) -> Network {
        self.means.network.clone()
    }

    fn tls(&self, protocol: &'static [u8]) -> Result<TlsClient, TlsError> {
        let (skip_verify, server_name) = (self.check.tls_skip_verify, self.check.tls_server_name.clone());
        self.means.tls.client(&TlsSettings { skip_verify, server_name }, protocol)
    }

    fn http(&self) -> Result<Http, TlsError> {
        Ok(Http {
            url: self.check.http.clone(),
            method: self.check.method.clone(),
            header: self.check.header.clone(),
            body: self.check.body.clone(),
            disable_redirects: self.check.disable_redirects,
            timeout: self.timeout(TIMEOUT),
            output_max: self.output_max(),
            network: self.network(),
            tls: self.tls(b"http/1.1")?,
        })
    }

    fn tcp(&self) -> Tcp {
        Tcp { target: self.check.tcp.clone(), timeout: self.timeout(TIMEOUT), network: self.network() }
    }

    fn udp(&self) -> Udp {
        Udp { target: self.check.udp.clone(), timeout: self.timeout(TIMEOUT), network: self.network() }
    }

    fn grpc(&self) -> Result<Grpc, TlsError> {
        let tls = if self.check.grpc_use_tls { Some(self.tls(H2)?) } else { None };
        Ok(Grpc { target: self.check.grpc.clone(), timeout: self.timeout(TIMEOUT), network: self.network(), tls })
    }

    fn h2ping(&self) -> Result<H2Ping, TlsError> {
        let tls = if self.check.h2ping_use_tls.unwrap_or(true) { Some(self.tls(H2)?) } else { None };
        Ok(H2Ping { target: self.check.h2ping.clone(), timeout: self.timeout(TIMEOUT), network: self.network(), tls })
    }

    fn os_service(&self) -> OsService {
        let (unit, timeout) = (self.check.os_service.clone(), self.timeout(TIMEOUT));
        OsService { unit, timeout, program: "systemctl".to_owned() }
    }

    fn docker(&self) -> Docker {
        Docker {
            container: self.check.docker_container_id.clone(),
            args: self.check.script_args.clone(),
            timeout: self.timeout(SCRIPT_TIMEOUT),
            output_max: self.output_max(),
            engine: self.means.engine.clone(),
        }
    }

    fn script(&self) -> Script {
        let (args, timeout) = (self.check.script_args.clone(), self.timeout(SCRIPT_TIMEOUT));
        Script { args, timeout, output_max: self.output_max() }
    }
}

fn length(nanos: i64) -> Duration {
    Duration::from_nanos(u64::try_from(nanos).unwrap_or_default())
}

#[cfg(test)]
mod tests;
