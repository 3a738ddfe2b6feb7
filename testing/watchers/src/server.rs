//! A server alone, with its state in memory, on an address of its own.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use proconsul_agent::config::environment::{Environment, Files, Found};
use proconsul_agent::config::{self, FLAGS};
use proconsul_agent::flag;
use proconsul_base::id::NodeId;
use proconsul_base::rand::Rng;
use proconsul_calls::door::Door;
use proconsul_node::Handle;

/// The address is this process's own: 127.192.0.0/10 and its number.
fn address() -> IpAddr {
    let number = std::process::id();
    IpAddr::from([127, 192 + (number >> 16) as u8 % 64, (number >> 8) as u8, number as u8 | 1])
}

/// Starts a server without HTTP and DNS: it, and what its doors call.
pub(crate) async fn start() -> Result<(Handle, Arc<impl Door>)> {
    let address = address().to_string();
    let words =
        ["-dev", "-node", "watched", "-bind", &address, "-client", &address, "-http-port", "-1", "-dns-port", "-1"];
    let words: Vec<String> = words.map(str::to_owned).to_vec();
    let given = flag::parse(&[&FLAGS], &words).map_err(|mistakes| anyhow!("{mistakes}"))?;
    let environment = Environment {
        hostname: "watched".to_owned(),
        interfaces: Vec::new(),
        fresh_node_id: NodeId::random(&mut Rng::seeded(u64::from(std::process::id()))),
        pod: None,
        files: &NoFiles,
    };
    let config = config::load(&given, &environment).map_err(|mistakes| anyhow!("{mistakes}"))?;
    let again = config.clone();
    let reread = Arc::new(move || Ok(again.clone()));
    proconsul_node::start_server(config, reread).await.context("the server does not start")
}

/// A machine without files.
struct NoFiles;

impl Files for NoFiles {
    fn look(&self, _: &Path) -> io::Result<Found> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn read(&self, _: &Path) -> io::Result<String> {
        Err(io::ErrorKind::NotFound.into())
    }
}
