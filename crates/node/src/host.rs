//! What the machine is, as the kernel tells it: read when somebody asks.

mod processor;
mod system;

use std::fs;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use nix::sys::statfs::{FsType, statfs};
use proconsul_calls::agent::HostCalls;
use proconsul_types::host::{Disk, HostInfo, Memory};
use tokio::task::spawn_blocking;

use crate::local::Node;

/// Where the file system is looked at, as Consul does.
const ROOT: &str = "/";

impl HostCalls for Node {
    async fn host(&self) -> HostInfo {
        spawn_blocking(look).await.unwrap_or_default()
    }
}

fn look() -> HostInfo {
    let mut errors = Vec::new();
    let mut or_told = |error: io::Error, what: &str| errors.push(format!("{what}: {error}"));
    let memory = read("meminfo").map(|text| memory(&text)).unwrap_or_else(|error| {
        or_told(error, "memory");
        Memory::default()
    });
    let cpu = read("cpuinfo").map(|text| processor::all(&text)).unwrap_or_else(|error| {
        or_told(error, "processors");
        Vec::new()
    });
    let disk = disk().unwrap_or_else(|error| {
        or_told(error, "disk");
        Disk::default()
    });
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    HostInfo {
        memory,
        cpu,
        host: system::look(),
        disk,
        collection_time: u64::try_from(now.as_nanos()).unwrap_or(u64::MAX),
        errors: Some(errors).filter(|errors| !errors.is_empty()),
    }
}

fn read(name: &str) -> io::Result<String> {
    fs::read_to_string(format!("/proc/{name}"))
}

fn memory(text: &str) -> Memory {
    let get = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let mut words = value.split_whitespace();
        let number: u64 = words.next()?.parse().ok()?;
        Some(if words.next() == Some("kB") { number * 1024 } else { number })
    };
    let get = |name| get(name).unwrap_or_default();
    let (total, free, buffers, reclaimable) = (get("MemTotal"), get("MemFree"), get("Buffers"), get("SReclaimable"));
    // As `free` counts: what the kernel would give back at once is a cache.
    let cached = get("Cached") + reclaimable;
    let used = total.saturating_sub(free + buffers + cached);
    Memory {
        total,
        available: get("MemAvailable"),
        used,
        used_percent: percent(used, total),
        free,
        active: get("Active"),
        inactive: get("Inactive"),
        wired: 0,
        laundry: 0,
        buffers,
        cached,
        writeback: get("Writeback"),
        dirty: get("Dirty"),
        writebacktmp: get("WritebackTmp"),
        shared: get("Shmem"),
        slab: get("Slab"),
        sreclaimable: reclaimable,
        sunreclaim: get("SUnreclaim"),
        pagetables: get("PageTables"),
        swapcached: get("SwapCached"),
        commitlimit: get("CommitLimit"),
        committedas: get("Committed_AS"),
        hightotal: get("HighTotal"),
        highfree: get("HighFree"),
        lowtotal: get("LowTotal"),
        lowfree: get("LowFree"),
        swaptotal: get("SwapTotal"),
        swapfree: get("SwapFree"),
        mapped: get("Mapped"),
        vmalloctotal: get("VmallocTotal"),
        vmallocused: get("VmallocUsed"),
        vmallocchunk: get("VmallocChunk"),
        hugepagestotal: get("HugePages_Total"),
        hugepagesfree: get("HugePages_Free"),
        hugepagesize: get("Hugepagesize"),
    }
}

fn disk() -> io::Result<Disk> {
    let found = statfs(ROOT)?;
    let block = u64::try_from(found.block_size()).unwrap_or_default();
    let (total, free) = (found.blocks() * block, found.blocks_available() * block);
    let used = total.saturating_sub(found.blocks_free() * block);
    let inodes_used = found.files().saturating_sub(found.files_free());
    Ok(Disk {
        path: ROOT.to_owned(),
        fstype: kind(found.filesystem_type()).to_owned(),
        total,
        free,
        used,
        used_percent: percent(used, used + free),
        inodes_total: found.files(),
        inodes_used,
        inodes_free: found.files_free(),
        inodes_used_percent: percent(inodes_used, found.files()),
    })
}

/// gopsutil's names of what machines boot from.
fn kind(magic: FsType) -> &'static str {
    match magic.0 {
        0xEF53 => "ext2/ext3",
        0x5846_5342 => "xfs",
        0x9123_683E => "btrfs",
        0x2FC1_2FC1 => "zfs",
        0x794C_7630 => "overlayfs",
        0x0102_1994 => "tmpfs",
        0x6969 => "nfs",
        0x7371_7368 => "squashfs",
        0xF2F5_2010 => "f2fs",
        _ => "",
    }
}

fn percent(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 * 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_counted_as_free_counts_it() {
        let text = "MemTotal:       1000 kB\nMemFree:         300 kB\nMemAvailable:    600 kB\nBuffers:          50 kB\n\
                    Cached:          200 kB\nSReclaimable:     50 kB\nHugePages_Total:       7\n";
        let memory = memory(text);
        assert_eq!((memory.total, memory.available, memory.used), (1_024_000, 614_400, 409_600));
        assert_eq!((memory.cached, memory.used_percent, memory.hugepagestotal), (256_000, 40.0, 7));
    }

    #[test]
    fn this_machine_has_memory_processors_and_a_disk() {
        let found = look();
        assert!(found.memory.total > 0 && !found.cpu.is_empty() && found.disk.total > 0, "{found:?}");
        assert_eq!(found.errors, None);
    }
}
