//! The agents that are asked: Consul or ours, one server or three, from nothing, on addresses of their own. Both take the same arguments.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::client;
use crate::range::Range;
use crate::scenario::{Family, Request};
use crate::wait;

/// What every agent is told besides the family's own settings. The multiplier only makes it start faster.
const SETTINGS: &str = "performance { raft_multiplier = 1 }\ndisable_update_check = true\n";

/// How much of a log is told when an agent does not start.
const LOG_LINES_TOLD: usize = 15;

/// Why there is nobody to ask.
#[derive(Debug, thiserror::Error)]
pub enum Unready {
    /// A folder, an address or the program itself.
    #[error("cannot start {program}")]
    Start {
        /// Its path.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// It runs, but it does not answer as a server with a leader does.
    #[error("{program} is not ready: {seen}\n{log}")]
    Late {
        /// Its path.
        program: String,
        /// What was last seen.
        seen: String,
        /// The end of its log.
        log: String,
    },
}

/// Which agents there are, and which of them is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// One server.
    Alone,
    /// Three servers, asked through a follower.
    Cluster,
    /// One server, asked through a client agent.
    Client,
}

impl Setup {
    const fn servers(self) -> u8 {
        match self {
            Self::Alone | Self::Client => 1,
            Self::Cluster => 3,
        }
    }

    const fn agents(self) -> u8 {
        match self {
            Self::Alone => 1,
            Self::Client => 2,
            Self::Cluster => 3,
        }
    }
}

/// Running agents; dropping them ends them.
#[derive(Debug)]
pub struct Agents {
    children: Vec<Child>,
    folder: TempDir,
    range: Range,
    program: PathBuf,
    /// The one that is asked.
    asked: u8,
    /// The last Raft index that belongs to the start.
    started: u64,
}

impl Agents {
    /// Starts agents from nothing, and waits until they are one cluster that knows itself.
    ///
    /// # Errors
    /// They do not start, or do not become ready.
    pub fn start(program: &Path, family: &Family, setup: Setup) -> Result<Self, Unready> {
        Self::behind(program, program, family, setup)
    }

    /// The same with servers of another program than that of the client agent, which is the one that is asked.
    ///
    /// # Errors
    /// They do not start, or do not become ready.
    pub fn behind(program: &Path, servers: &Path, family: &Family, setup: Setup) -> Result<Self, Unready> {
        let name = || program.display().to_string();
        let start = |source| Unready::Start { program: name(), source };
        let folder = tempfile::tempdir().map_err(start)?;
        let range = Range::claim().map_err(start)?;
        let program_path = program.to_owned();
        let mut agents = Self { children: Vec::new(), folder, range, program: program_path, asked: 1, started: 0 };
        for number in 1..=setup.agents() {
            let program = if number <= setup.servers() { servers } else { program };
            let child = agents.spawn(program, family, number, setup).map_err(start)?;
            agents.children.push(child);
        }
        match wait::until(|| agents.look(setup)) {
            Ok((asked, started)) => (agents.asked, agents.started) = (asked, started),
            Err(seen) => return Err(Unready::Late { program: name(), seen, log: agents.log() }),
        }
        Ok(agents)
    }

    /// The program that they run.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// An empty folder for one call of the program.
    pub(crate) fn fresh_folder(&self) -> io::Result<PathBuf> {
        let folder = self.folder.path().join("call");
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(&folder)?,
        }
        Ok(folder)
    }

    /// Where the agent that is asked takes requests.
    pub(crate) fn http(&self) -> SocketAddr {
        (self.address(), 8500).into()
    }

    /// Where it takes DNS questions.
    pub(crate) fn dns(&self) -> SocketAddr {
        (self.address(), 8600).into()
    }

    /// The last Raft index that was written before the first question.
    pub(crate) const fn started(&self) -> u64 {
        self.started
    }

    /// The variables that every scenario may use.
    pub(crate) fn given(&self) -> BTreeMap<String, String> {
        let node = ("node".to_owned(), format!("n{}", self.asked));
        let forms = forms(self.address()).map(|(name, value)| (name.to_owned(), value));
        forms.into_iter().chain([node]).collect()
    }

    /// What differs from agent to agent, and the word for it.
    pub(crate) fn words(&self) -> Vec<(String, String)> {
        let addresses = (1..).zip(&self.children).flat_map(|(number, _)| forms(self.range.address(number)));
        let addresses = addresses.map(|(name, value)| (value, format!("«{name}»")));
        let node = format!("n{}", self.asked);
        let names = [("\"", "\""), ("", ".node.")];
        let names = names.map(|(before, after)| (format!("{before}{node}{after}"), format!("{before}«node»{after}")));
        addresses.chain(names).collect()
    }

    const fn address(&self) -> Ipv4Addr {
        self.range.address(self.asked)
    }

    fn spawn(&self, program: &Path, family: &Family, number: u8, setup: Setup) -> io::Result<Child> {
        let place = self.folder.path().join(format!("n{number}"));
        fs::create_dir_all(place.join("data"))?;
        let settings = place.join("settings.hcl");
        fs::write(&settings, format!("{SETTINGS}{}", family.settings))?;
        let own = self.range.address(number);
        let mut command = Command::new(program);
        command.arg("agent").args([
            format!("-data-dir={}", place.join("data").display()),
            format!("-config-file={}", settings.display()),
            format!("-bind={own}"),
            format!("-client={own}"),
            format!("-node=n{number}"),
            format!("-node-id=0000000{number}-aaaa-bbbb-cccc-dddddddddddd"),
        ]);
        if number <= setup.servers() {
            command.args(["-server".to_owned(), format!("-bootstrap-expect={}", setup.servers())]);
        }
        if setup != Setup::Alone {
            command.args((1..=setup.servers()).map(|peer| format!("-retry-join={}", self.range.address(peer))));
        }
        let log = File::create(place.join("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()
    }

    /// The number of the agent to ask, once all is there: of several servers a follower. And the index of what was written last.
    fn look(&self, setup: Setup) -> Result<(u8, u64), String> {
        let mut leaders = (1..=setup.agents()).map(|number| self.get(number, "/v1/status/leader"));
        let leader = leaders.next().unwrap_or_else(|| Err("no server".to_owned()))?;
        for other in leaders {
            let other = other?;
            if other != leader {
                return Err(format!("one says {leader} leads, another {other}"));
            }
        }
        let leads = |number: &u8| leader == format!("\"{}:8300\"", self.range.address(*number));
        let leading = (1..=setup.servers()).find(leads).ok_or_else(|| format!("{leader} leads"))?;
        let asked = (1..=setup.agents()).find(|number| *number != leading).unwrap_or(leading);
        for number in 1..=setup.agents() {
            let node = self.get(asked, &format!("/v1/catalog/node/n{number}"))?;
            let checks = self.get(asked, &format!("/v1/health/node/n{number}"))?;
            // What the agent knows of itself arrives after what the leader knows of it.
            if !node.contains("consul-network-segment") || !checks.contains("passing") {
                return Err(format!("n{number} is not registered: {node} {checks}"));
            }
        }
        let started = ["/v1/catalog/nodes", "/v1/health/state/any"].map(|path| self.index(asked, path));
        Ok((asked, started.into_iter().max().unwrap_or_default()))
    }

    fn index(&self, number: u8, path: &str) -> u64 {
        let answer = client::ask((self.range.address(number), 8500).into(), &Request::get(path));
        answer.ok().and_then(|answer| answer.header("x-consul-index")?.parse().ok()).unwrap_or_default()
    }

    fn get(&self, number: u8, path: &str) -> Result<String, String> {
        let server = (self.range.address(number), 8500).into();
        let answer = client::ask(server, &Request::get(path)).map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    fn log(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("n1/log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES_TOLD)..].join("\n")
    }
}

/// An address as text, as Consul writes it in names of addresses, and as the zone of names for addresses has it.
fn forms(address: Ipv4Addr) -> [(&'static str, String); 3] {
    let [a, b, c, d] = address.octets();
    [
        ("address", format!("{a}.{b}.{c}.{d}")),
        ("hex", format!("{a:02x}{b:02x}{c:02x}{d:02x}")),
        ("reversed", format!("{d}.{c}.{b}.{a}")),
    ]
}

impl Drop for Agents {
    fn drop(&mut self) {
        for child in &mut self.children {
            // It may be over already, which is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
