//! The tasks of the door, from the first to the last.

use std::future::Future;
use std::sync::Arc;

use proconsul_base::limit;
use proconsul_base::rand::Rng;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::config::DnsConfig;
use crate::desk::Desk;
use crate::listen::Listener;
use crate::source::Source;
use crate::{tcp, udp};

/// Answers questions on these listeners until the shutdown. The generator orders answers and numbers questions to recursors.
pub async fn serve<S: Source>(
    listeners: Vec<Listener>,
    source: Arc<S>,
    config: DnsConfig,
    mut rng: Rng,
    shutdown: impl Future<Output = ()> + Send,
) {
    let receivers = config.receivers.max(1);
    let desk = Arc::new(Desk::new(source, config));
    let waiting = Arc::new(Semaphore::new(limit::DNS_QUESTIONS));
    let connections = Arc::new(Semaphore::new(limit::DNS_CONNECTIONS));
    let mut tasks = JoinSet::new();
    for Listener { udp, tcp, .. } in listeners {
        for _ in 0..receivers {
            tasks.spawn(udp::receive(Arc::clone(&udp), Arc::clone(&desk), Arc::clone(&waiting), rng.fork()));
        }
        tasks.spawn(tcp::accept(tcp, Arc::clone(&desk), Arc::clone(&connections), rng.fork()));
    }
    shutdown.await;
    // Clients of DNS ask again, elsewhere: nothing is waited for.
    tasks.shutdown().await;
}

#[cfg(test)]
mod tests;
