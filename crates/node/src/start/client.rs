//! Starting a client agent, in the order in which each part needs the one before.

use std::sync::Arc;

use proconsul_agent::Config;
use proconsul_client::endpoint::{Client, Settings};
use proconsul_client::forward::Forward;
use proconsul_client::rate::Rate;

use super::Starting;
use crate::error::StartError;
use crate::handle::Handle;
use crate::rejoin::Memory;
use crate::role::{AsClient, Role};
use crate::{identity, local_state, pool, position, servers, tags};

/// Starts the client agent that `starting` describes.
pub(super) async fn run(mut starting: Starting) -> Result<Handle, StartError> {
    let config = Arc::clone(&starting.config);
    // All ports before anything is written: a second agent on this machine fails before it touches the data.
    let sockets = starting.sockets().await?;
    let memory = match &config.data_dir {
        Some(place) => {
            let kept = identity::keep(place.real(), config.node_id);
            kept.map_err(|source| StartError::NodeId { data_dir: place.shown().to_owned(), source })?;
            Some(Memory::new(place.real(), config.join.rejoin_after_leave))
        }
        None if config.dev => None,
        None => return Err(StartError::NoDataDir),
    };
    let gossip = starting.gossip(tags::of_client(&config)).await?;
    let transport = proconsul_client::wire::Wire::new(starting.source);
    let forward = Arc::new(Forward::new(transport, rate(&config), config.rpc_hold_timeout, starting.rng.fork()));
    let role = Role::Client(AsClient { known: forward.known(), memory: memory.clone() });
    let node = starting.node(&gossip, role)?;
    let settings = Settings {
        datacenter: config.datacenter.clone(),
        node_name: config.node_name.as_str().into(),
        mesh: config.mesh,
    };
    let door = Arc::new(Client::new(Arc::clone(&forward), Arc::clone(&node), settings, starting.rng.fork()));
    let http = starting.serve(sockets, &door);

    let members = gossip.clone();
    let mut rng = starting.rng.fork();
    let tasks = &mut starting.tasks;
    tasks.spawn(servers::follow(gossip.clone(), config.datacenter.clone(), Arc::clone(&forward)));
    let turning = Arc::clone(&forward);
    tasks.spawn(async move { turning.keep_turning(|| pool::alive(&members)).await });
    // What the catalog knows, only a server could say: it is told each time.
    tasks.spawn(position::tell(Arc::clone(&door), Arc::clone(&node), |_| false, rng.fork()));
    local_state::begin(tasks, &node, door, forward.known(), rng.fork());
    if let Some(memory) = memory {
        let gossip = gossip.clone();
        tasks.spawn(async move {
            memory.rejoin(&gossip, rng).await;
            memory.follow(gossip).await;
        });
    }
    starting.join(&gossip, forward.known()).await?;
    Ok(starting.handle(node, http, || {}))
}

fn rate(config: &Config) -> Rate {
    let per_second = config.limits.rpc_per_1000_s.map_or(f64::INFINITY, |number| number as f64 / 1000.0);
    Rate { per_second, burst: f64::from(config.limits.rpc_burst_max) }
}
