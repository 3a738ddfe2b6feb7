//! What is asked of the systems: two suites of workloads, what each needs beforehand, and what each tells.

use std::net::Ipv4Addr;

use anyhow::{Context, Result, bail};

use super::http::Client;
use super::load::Outcome;
use super::system::{Roles, System};

const KEYS: usize = 10_000;
const VALUE_BYTES: usize = 256;

/// Nodes that services are registered on under load.
const NODES: usize = 1000;

/// Instances of the service that is read.
const INSTANCES: usize = 100;

/// Instances of the service that is watched, and of the one that DNS is asked for.
const FEW: usize = 3;

/// Connections that load at once.
const LOADERS: usize = 16;

/// Workloads that run one after another on the same servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// Keys and values.
    Kv,
    /// Catalog, health, watchers and DNS.
    Services,
}

/// What is asked of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Workload {
    PutLeader,
    PutFollower,
    PutOne,
    GetDefault,
    GetStale,
    GetConsistent,
    Register,
    HealthDefault,
    HealthStale,
    DnsA,
    DnsSrv,
    WatchThousand,
    WatchTenThousand,
}

/// What a row of the table says of an outcome.
pub(super) type Figure = (&'static str, fn(&Outcome) -> f64);

const PER_SECOND: Figure = ("per second", |outcome| outcome.per_second);
const P50: Figure = ("p50, µs", |outcome| outcome.p50_us);
const P99: Figure = ("p99, µs", |outcome| outcome.p99_us);
const PROCESSOR: Figure = ("processor per request, µs", |outcome| outcome.processor_us);
const ALL: Figure = ("all have the new answer, ms", |outcome| outcome.all_us / 1000.0);
const BYTES: Figure = ("resident bytes per watcher", |outcome| outcome.watcher_bytes);

impl Suite {
    /// As the table's heading says it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kv => "KV",
            Self::Services => "Services",
        }
    }

    /// Who can run it, in the order of the table.
    pub(super) const fn systems(self) -> &'static [System] {
        match self {
            Self::Kv => &[System::Ours, System::Consul, System::Etcd],
            Self::Services => &[System::Ours, System::Consul],
        }
    }

    /// In the order in which they run.
    pub(super) const fn workloads(self) -> &'static [Workload] {
        use Workload::{
            DnsA, DnsSrv, GetConsistent, GetDefault, GetStale, HealthDefault, HealthStale, PutFollower, PutLeader,
            PutOne, Register, WatchTenThousand, WatchThousand,
        };
        match self {
            Self::Kv => &[PutLeader, PutFollower, PutOne, GetDefault, GetStale, GetConsistent],
            Self::Services => &[Register, HealthDefault, HealthStale, DnsA, DnsSrv, WatchThousand, WatchTenThousand],
        }
    }

    /// What the table says was there before.
    pub(super) const fn preloaded(self) -> &'static str {
        match self {
            Self::Kv => "10,000 keys loaded before, values of 256 bytes, keys chosen at random",
            Self::Services => "a service with 100 instances, two with 3 and 1,000 nodes registered before",
        }
    }

    /// Writes what the workloads need.
    pub(super) fn preload(self, system: System, leader: Ipv4Addr) -> Result<()> {
        let count = match self {
            Self::Kv => KEYS,
            Self::Services => NODES + INSTANCES,
        };
        let load = |part: usize| -> Result<()> {
            let mut client = Client::connect(leader, system.port())?;
            for number in (part..count).step_by(LOADERS) {
                let (method, path, body) = self.request(system, number);
                client.send(method, &path, &body).context("cannot load what is asked for")?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let loaders: Vec<_> = (0..LOADERS).map(|part| scope.spawn(move || load(part))).collect();
            loaders.into_iter().try_for_each(|loader| loader.join().unwrap_or_else(|_| bail!("a loader panicked")))
        })
    }

    fn request(self, system: System, number: usize) -> (&'static str, String, String) {
        match self {
            Self::Kv => system.put(&format!("bench/key-{number:05}"), &"v".repeat(VALUE_BYTES)),
            Self::Services if number < NODES => {
                let body =
                    format!(r#"{{"Node":"bench-{number:03}","Address":"10.1.{}.{}"}}"#, number / 250, number % 250 + 1);
                ("PUT", String::from("/v1/catalog/register"), body)
            }
            Self::Services => {
                let number = number - NODES;
                let mut services = vec!["hundred"];
                services.extend((number < FEW).then_some(["few", "watched"]).into_iter().flatten());
                let check = format!(
                    r#"{{"Check":{{"Verb":"set","Check":{{"Node":"instance-{number}","CheckID":"alive","Name":"alive","Status":"passing"}}}}}}"#
                );
                let service = |name: &&str| {
                    format!(
                        r#"{{"Service":{{"Verb":"set","Node":"instance-{number}","Service":{{"ID":"{name}","Service":"{name}","Tags":["v1"],"Port":8080}}}}}}"#
                    )
                };
                let node = format!(
                    r#"{{"Node":{{"Verb":"set","Node":{{"Node":"instance-{number}","Address":"10.2.0.{}"}}}}}}"#,
                    number + 1
                );
                let operations: Vec<String> =
                    [node].into_iter().chain(services.iter().map(service)).chain([check]).collect();
                ("PUT", String::from("/v1/txn"), format!("[{}]", operations.join(",")))
            }
        }
    }
}

impl Workload {
    /// As the table says it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PutLeader => "PUT, 64 clients, leader",
            Self::PutFollower => "PUT, 64 clients, follower",
            Self::PutOne => "PUT, 1 client, leader",
            Self::GetDefault => "GET default, 64 clients, leader",
            Self::GetStale => "GET stale, 64 clients, follower",
            Self::GetConsistent => "GET consistent, 64 clients, leader",
            Self::Register => "catalog/register, 64 clients, leader",
            Self::HealthDefault => "health/service, 100 instances, default, 64 clients, leader",
            Self::HealthStale => "health/service, 100 instances, stale, 64 clients, follower",
            Self::DnsA => "DNS A, 3 instances",
            Self::DnsSrv => "DNS SRV, 3 instances",
            Self::WatchThousand => "1,000 watchers of one service",
            Self::WatchTenThousand => "10,000 watchers of one service",
        }
    }

    /// Rows of the table.
    pub(super) const fn figures(self) -> &'static [Figure] {
        match self {
            Self::PutOne => &[P50, P99, PROCESSOR],
            Self::DnsA | Self::DnsSrv => &[PER_SECOND, PROCESSOR],
            Self::WatchThousand | Self::WatchTenThousand => &[ALL, P50, BYTES],
            _ => &[PER_SECOND, P50, P99, PROCESSOR],
        }
    }

    /// Connections under load.
    pub(super) const fn clients(self) -> u32 {
        if matches!(self, Self::PutOne) { 1 } else { 64 }
    }

    /// How many wait for a service to change, where that is what is measured.
    pub(super) const fn watchers(self) -> Option<usize> {
        match self {
            Self::WatchThousand => Some(1000),
            Self::WatchTenThousand => Some(10_000),
            _ => None,
        }
    }

    /// Whether it is asked over DNS.
    pub(super) const fn is_dns(self) -> bool {
        matches!(self, Self::DnsA | Self::DnsSrv)
    }

    /// The script's name without the system's.
    pub(super) const fn script(self) -> &'static str {
        match self {
            Self::PutLeader | Self::PutFollower | Self::PutOne => "put",
            Self::Register => "register",
            Self::HealthDefault | Self::HealthStale => "health",
            _ => "get",
        }
    }

    /// The script's argument that asks for this kind of read.
    pub(super) const fn argument(self, system: System) -> &'static str {
        match (self, system) {
            (Self::GetStale, System::Etcd) => "serializable",
            (Self::GetStale | Self::HealthStale, _) => "?stale",
            (Self::GetConsistent, System::Ours | System::Consul) => "?consistent",
            _ => "",
        }
    }

    /// Who is asked.
    pub(super) const fn host(self, roles: Roles) -> Ipv4Addr {
        let follower = matches!(self, Self::PutFollower | Self::GetStale | Self::HealthStale);
        if follower { roles.follower } else { roles.leader }
    }
}
