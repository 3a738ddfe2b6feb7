//! The tasks of the door, from the first to the last.

use std::future::Future;
use std::sync::Arc;

use proconsul_base::limit;
use proconsul_base::rand::Rng;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::config::DnsConfig;
use crate::desk::Desk;
use crate::listen::Listener;
use crate::source::Source;
use crate::{tcp, udp};

/// Answers questions on these listeners until the shutdown, as the newest configuration says. The generator orders answers and numbers questions to recursors.
pub async fn serve<S: Source>(
    listeners: Vec<Listener>,
    source: Arc<S>,
    mut config: watch::Receiver<DnsConfig>,
    mut rng: Rng,
    shutdown: impl Future<Output = ()> + Send,
) {
    let now = config.borrow_and_update().clone();
    let receivers = now.receivers.max(1);
    let (newest, desk) = watch::channel(Arc::new(Desk::new(Arc::clone(&source), now)));
    let waiting = Arc::new(Semaphore::new(limit::DNS_QUESTIONS));
    let connections = Arc::new(Semaphore::new(limit::DNS_CONNECTIONS));
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while config.changed().await.is_ok() {
            let now = config.borrow_and_update().clone();
            newest.send_replace(Arc::new(Desk::new(Arc::clone(&source), now)));
        }
    });
    for Listener { udp, tcp, .. } in listeners {
        for _ in 0..receivers {
            tasks.spawn(udp::receive(Arc::clone(&udp), desk.clone(), Arc::clone(&waiting), rng.fork()));
        }
        tasks.spawn(tcp::accept(tcp, desk.clone(), Arc::clone(&connections), rng.fork()));
    }
    shutdown.await;
    // Clients of DNS ask again, elsewhere: nothing is waited for.
    tasks.shutdown().await;
}

#[cfg(test)]
mod tests;
