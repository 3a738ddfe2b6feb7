//! Stopping containers: first asked, then killed.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use tokio::time::timeout;

use super::pod::Pod;
use crate::protocol::Refusal;
use crate::status::PodProcesses;

impl Pod {
    /// SIGTERM to one container or to all, SIGKILL to what is left after the grace; returns when they are gone.
    pub(super) async fn stop(&self, container: Option<&str>, grace_ms: u64) -> Result<(), Refusal> {
        self.send(container, Signal::SIGTERM);
        if timeout(Duration::from_millis(grace_ms), self.stopped(container)).await.is_err() {
            for running in self.chosen(container, |running| running.family.clone()) {
                running.kill_all();
            }
            self.send(container, Signal::SIGKILL);
            self.stopped(container).await;
        }
        Ok(())
    }

    fn send(&self, container: Option<&str>, signal: Signal) {
        for pid in self.chosen(container, |running| running.pid) {
            // One that just ended is where it should be.
            let _ = kill(pid, signal);
        }
    }

    fn chosen<T>(&self, container: Option<&str>, take: impl Fn(&super::pod::Running) -> T) -> Vec<T> {
        let running = self.running.borrow();
        let is_chosen = |name: &str| container.is_none_or(|chosen| chosen == name);
        running.iter().filter(|(name, _)| is_chosen(name)).map(|(_, running)| take(running)).collect()
    }

    async fn stopped(&self, container: Option<&str>) {
        let is_stopped = |status: &PodProcesses| match container {
            None => !status.is_running(),
            Some(name) => status.container(name).is_none_or(|container| !container.is_running()),
        };
        // The sender lives as long as this pod, so the wait ends with the condition only.
        let _ = self.status().wait_for(is_stopped).await;
    }
}
