//! The systems that are compared: how three servers of each are started on loopback addresses, and who leads them.

use std::fs::{self, File};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::http::Client;
use super::suite::Suite;
use crate::{peers, repository};

/// How long a cluster may take until it has a leader.
const START: Duration = Duration::from_secs(60);

/// Consul's own advice for production, which its default leaves out.
const CONSUL_SETTINGS: &str = "performance { raft_multiplier = 1 }\ndisable_update_check = true\n";

/// All watchers come from one address.
const MANY_CLIENTS: &str = "limits { http_max_conns_per_client = 12000 }\n";

/// A system under load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Ours,
    Consul,
    Etcd,
}

/// Where requests go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles {
    pub(super) leader: Ipv4Addr,
    pub(super) follower: Ipv4Addr,
}

impl System {
    /// As the table says it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "proconsul",
            Self::Consul => "Consul",
            Self::Etcd => "etcd",
        }
    }

    /// From the command line.
    pub(super) fn from_name(name: &str) -> Result<Self> {
        match name {
            "ours" | "proconsul" => Ok(Self::Ours),
            "consul" => Ok(Self::Consul),
            "etcd" => Ok(Self::Etcd),
            _ => bail!("unknown system {name}; there are ours, consul and etcd"),
        }
    }

    /// Whose scripts make the load.
    pub(super) const fn protocol(self) -> &'static str {
        if matches!(self, Self::Etcd) { "etcd" } else { "consul" }
    }

    /// Where clients connect.
    pub(super) const fn port(self) -> u16 {
        if matches!(self, Self::Etcd) { 2379 } else { 8500 }
    }

    /// Three addresses for each, so that nothing one left behind meets the next.
    const fn hosts(self) -> [Ipv4Addr; 3] {
        let first = match self {
            Self::Ours => 1,
            Self::Consul => 11,
            Self::Etcd => 21,
        };
        [Ipv4Addr::new(127, 0, 21, first), Ipv4Addr::new(127, 0, 21, first + 1), Ipv4Addr::new(127, 0, 21, first + 2)]
    }

    /// Builds or looks for what will run; `binary` is ours when it is built already.
    pub(super) fn program(self, binary: Option<&Path>) -> Result<PathBuf> {
        match (self, binary) {
            (Self::Ours, Some(path)) => {
                Ok(fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))?)
            }
            (Self::Ours, None) => build(),
            (Self::Consul, _) => peers::program("consul"),
            (Self::Etcd, _) => peers::program("etcd"),
        }
    }

    /// The request that puts a key.
    pub(super) fn put(self, key: &str, value: &str) -> (&'static str, String, String) {
        match self {
            Self::Ours | Self::Consul => ("PUT", format!("/v1/kv/{key}"), value.to_owned()),
            Self::Etcd => {
                let body = format!(r#"{{"key":"{}","value":"{}"}}"#, base64(key), base64(value));
                ("POST", String::from("/v3/kv/put"), body)
            }
        }
    }

    fn command(self, suite: Suite, program: &Path, place: usize, folder: &Path) -> Result<Command> {
        let mut command = Command::new(program);
        if self == Self::Etcd {
            command.args(self.etcd_arguments(place, folder));
            return Ok(command);
        }
        command.args(self.agent_arguments(place, folder));
        let mut settings = if self == Self::Consul { CONSUL_SETTINGS.to_owned() } else { String::new() };
        if suite == Suite::Services {
            settings += MANY_CLIENTS;
        }
        let file = folder.join("settings.hcl");
        fs::write(&file, settings)?;
        command.arg(format!("-config-file={}", file.display()));
        if self == Self::Consul {
            command.arg("-raft-protocol=3");
        }
        Ok(command)
    }

    fn agent_arguments(self, place: usize, folder: &Path) -> Vec<String> {
        let hosts = self.hosts();
        let own = hosts[place];
        let mut arguments = vec![
            String::from("agent"),
            String::from("-server"),
            String::from("-bootstrap-expect=3"),
            format!("-data-dir={}", folder.join("data").display()),
            format!("-bind={own}"),
            format!("-client={own}"),
            format!("-advertise={own}"),
            format!("-node=bench-{place}"),
        ];
        arguments.extend(hosts.iter().map(|host| format!("-retry-join={host}")));
        arguments
    }

    fn etcd_arguments(self, place: usize, folder: &Path) -> Vec<String> {
        let hosts = self.hosts();
        let own = hosts[place];
        let members: Vec<String> =
            hosts.iter().enumerate().map(|(place, host)| format!("bench-{place}=http://{host}:2380")).collect();
        vec![
            format!("--name=bench-{place}"),
            format!("--data-dir={}", folder.join("data").display()),
            format!("--listen-client-urls=http://{own}:2379"),
            format!("--advertise-client-urls=http://{own}:2379"),
            format!("--listen-peer-urls=http://{own}:2380"),
            format!("--initial-advertise-peer-urls=http://{own}:2380"),
            format!("--initial-cluster={}", members.join(",")),
            String::from("--initial-cluster-state=new"),
            String::from("--log-level=error"),
        ]
    }

    /// Whether this server leads, as far as it can tell.
    fn leads(self, host: Ipv4Addr) -> Result<bool> {
        let mut client = Client::connect(host, self.port())?;
        if self == Self::Etcd {
            let status = client.send("POST", "/v3/maintenance/status", "{}")?;
            let field =
                |name: &str| status.split(&format!("\"{name}\":\"")).nth(1)?.split('"').next().map(str::to_owned);
            return Ok(field("leader").is_some() && field("leader") == field("member_id"));
        }
        let leader = client.send("GET", "/v1/status/leader", "")?;
        Ok(leader.trim().trim_matches('"') == format!("{host}:8300"))
    }
}

/// Builds ours as users run it.
fn build() -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    let status = cargo.args(["build", "--release", "--bin", "proconsul"]).current_dir(repository::root()).status();
    ensure!(status.context("cannot run cargo")?.success(), "the release build failed");
    Ok(repository::built("release/proconsul"))
}

/// Three running servers; dropping them ends them.
pub(super) struct Cluster {
    system: System,
    servers: Vec<Child>,
    folder: PathBuf,
}

impl Cluster {
    /// Starts three servers from nothing.
    pub(super) fn start(system: System, suite: Suite, program: &Path) -> Result<Self> {
        let folder = repository::target("bench").join(system.name());
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        let mut cluster = Self { system, servers: Vec::new(), folder };
        for place in 0..system.hosts().len() {
            let own = cluster.folder.join(format!("server-{place}"));
            fs::create_dir_all(&own)?;
            let log = File::create(own.join("log"))?;
            let mut command = system.command(suite, program, place, &own)?;
            command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
            cluster.servers.push(command.spawn().with_context(|| format!("cannot start {}", system.name()))?);
        }
        Ok(cluster)
    }

    /// The servers' process ids.
    pub(super) fn processes(&self) -> Vec<u32> {
        self.servers.iter().map(Child::id).collect()
    }

    /// The process id of the server at this address.
    pub(super) fn process_at(&self, host: Ipv4Addr) -> Result<u32> {
        let place = self.system.hosts().into_iter().position(|own| own == host);
        place.and_then(|place| Some(self.servers.get(place)?.id())).context("no server has this address")
    }

    /// Waits until one server leads and accepts a write.
    pub(super) fn wait_for_leader(&self) -> Result<Roles> {
        let begun = Instant::now();
        while begun.elapsed() < START {
            let hosts = self.system.hosts();
            let leader = hosts.into_iter().find(|&host| self.system.leads(host).unwrap_or(false));
            if let Some(leader) = leader
                && self.accepts_a_write(leader)
            {
                let follower = hosts.into_iter().find(|&host| host != leader);
                return Ok(Roles { leader, follower: follower.unwrap_or(leader) });
            }
            pause(Duration::from_millis(100));
        }
        bail!("no leader within {} s; look at the logs in {}", START.as_secs(), self.folder.display())
    }

    fn accepts_a_write(&self, leader: Ipv4Addr) -> bool {
        let (method, path, body) = self.system.put("bench/ready", "yes");
        let sent = Client::connect(leader, self.system.port()).and_then(|mut client| client.send(method, &path, &body));
        sent.is_ok()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // It may have ended by itself, which the measurement has noticed then.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a foreign program tells nobody when it has a leader; one can only ask again"
)]
fn pause(duration: Duration) {
    std::thread::sleep(duration);
}

/// RFC 4648, section 4.
fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or_default());
        let number = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = ALPHABET[(number >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_encoded_as_the_gateway_wants_them() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text), encoded);
        }
    }
}
