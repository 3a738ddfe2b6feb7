//! Levels that are looked at: the process as the kernel sees it, the log, the queues of gossip.

use std::fmt::Write;
use std::fs;

use proconsul_telemetry::names::{agent, gossip, raft};

use crate::local::Node;

/// Bytes of a page of memory, on all machines that this is built for.
const PAGE_BYTES: u64 = 4096;

/// Tells the registry how things stand.
pub(super) fn look(node: &Node) {
    agent::RUNTIME_NUM_GOROUTINES.set(tokio::runtime::Handle::current().metrics().num_alive_tasks() as f32);
    if let Some(memory) = Memory::read() {
        agent::RUNTIME_ALLOC_BYTES.set(memory.own_bytes as f32);
        agent::RUNTIME_SYS_BYTES.set(memory.resident_bytes as f32);
    }
    if let Some((applied, last)) = node.role.log_indexes() {
        raft::APPLIED_INDEX.set(applied.0 as f32);
        raft::LAST_INDEX.set(last.0 as f32);
    }
    let stats = node.gossip_stats();
    gossip::SERF_QUEUE_EVENT.add(stats.serf.event_queue as f32);
    gossip::SERF_QUEUE_INTENT.add(stats.serf.intent_queue as f32);
    gossip::SERF_QUEUE_QUERY.add(stats.serf.query_queue as f32);
    gossip::HEALTH_SCORE.set(stats.serf.health_score as f32);
}

/// The memory of this process.
struct Memory {
    virtual_bytes: u64,
    resident_bytes: u64,
    /// Without what is shared with files and other processes.
    own_bytes: u64,
}

impl Memory {
    fn read() -> Option<Self> {
        let text = fs::read_to_string("/proc/self/statm").ok()?;
        let mut pages = text.split_whitespace().map_while(|pages| pages.parse::<u64>().ok());
        let (virtual_pages, resident, shared) = (pages.next()?, pages.next()?, pages.next()?);
        Some(Self {
            virtual_bytes: virtual_pages * PAGE_BYTES,
            resident_bytes: resident * PAGE_BYTES,
            own_bytes: resident.saturating_sub(shared) * PAGE_BYTES,
        })
    }
}

/// What Prometheus' own clients tell about their process, in its text form.
pub(super) fn process() -> String {
    let mut text = String::new();
    let mut tell = |name: &str, help: &str, kind: &str, value: f64| {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    };
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        tell("process_open_fds", "Number of open file descriptors.", "gauge", files.count() as f64);
    }
    if let Some(memory) = Memory::read() {
        let resident = memory.resident_bytes as f64;
        tell("process_resident_memory_bytes", "Resident memory size in bytes.", "gauge", resident);
        tell("process_virtual_memory_bytes", "Virtual memory size in bytes.", "gauge", memory.virtual_bytes as f64);
    }
    text
}
